using System.Globalization;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Texts;
using Npgsql;

namespace CrmLeadQualifier.Storage.Postgres;

internal sealed class PostgresRecordRows(PostgresSession session) : IRecordRows
{
    private static readonly Columns<RecordRow> Records = new(
        "record",
        Column<RecordRow>.Number("id", row => row.Id),
        Column<RecordRow>.Number("connection_id", row => row.ConnectionId),
        Column<RecordRow>.Text("object", row => row.Object),
        Column<RecordRow>.Text("external_id", row => row.ExternalId),
        Column<RecordRow>.Number("lead_id", row => row.LeadId),
        Column<RecordRow>.Instant("stamp", row => row.Stamp),
        Column<RecordRow>.Flag("is_gone", row => row.IsGone),
        Column<RecordRow>.Text("owner_id", row => row.OwnerId),
        Column<RecordRow>.Text("company_id", row => row.CompanyId),
        Column<RecordRow>.Text("lifecycle", row => row.Lifecycle),
        Column<RecordRow>.Text("lifecycle_due", row => row.LifecycleDue),
        Column<RecordRow>.Integer("hand_over_due", row => row.HandOverDue),
        Column<RecordRow>.Flag("push_due", row => row.IsPushDue),
        Column<RecordRow>.Instant("push_not_before", row => row.PushNotBefore),
        Column<RecordRow>.Flag("link_due", row => row.IsLinkDue),
        Column<RecordRow>.Flag("history_due", row => row.IsHistoryDue),
        Column<RecordRow>.Flag("has_overrides", row => row.Overrides.Count > 0),
        Column<RecordRow>.Flag("is_baseline", row => row.IsBaseline),
        Column<RecordRow>.Text("parked", row => row.Parked),
        Column<RecordRow>.Text("attributes_json", row => LedgerJson.Write(row.Attributes)),
        Column<RecordRow>.Text("known_json", row => LedgerJson.Write(row.Known)),
        Column<RecordRow>.Text("desired_json", row => row.Desired is null ? null : LedgerJson.Write(row.Desired)),
        Column<RecordRow>.Text("sales_due_json", row => LedgerJson.Write(row.SalesDue)),
        Column<RecordRow>.Text("overrides_json", row => LedgerJson.Write(row.Overrides)),
        Column<RecordRow>.Text("foreign_json", row => LedgerJson.Write(row.Foreign)),
        Column<RecordRow>.Text("counters_json", row => LedgerJson.Write(row.Counters)));

    private static readonly Columns<RecordRow> Decided = new(
        "record",
        Column<RecordRow>.Number("id", row => row.Id),
        Column<RecordRow>.Text("lifecycle_due", row => row.LifecycleDue),
        Column<RecordRow>.Integer("hand_over_due", row => row.HandOverDue),
        Column<RecordRow>.Flag("push_due", row => row.IsPushDue),
        Column<RecordRow>.Instant("push_not_before", row => row.PushNotBefore),
        Column<RecordRow>.Text("desired_json", row => row.Desired is null ? null : LedgerJson.Write(row.Desired)),
        Column<RecordRow>.Text("sales_due_json", row => LedgerJson.Write(row.SalesDue)));

    private static readonly Columns<CompanyRow> Companies = new(
        "company",
        Column<CompanyRow>.Number("connection_id", row => row.ConnectionId),
        Column<CompanyRow>.Text("external_id", row => row.ExternalId),
        Column<CompanyRow>.Text("attributes_json", row => LedgerJson.Write(row.Attributes)));

    private static readonly Columns<OwnerRow> Owners = new(
        "owner",
        Column<OwnerRow>.Number("connection_id", row => row.ConnectionId),
        Column<OwnerRow>.Text("external_id", row => row.ExternalId),
        Column<OwnerRow>.Text("user_id", row => row.UserId),
        Column<OwnerRow>.Text("email", row => row.Email),
        Column<OwnerRow>.Text("name", row => row.Name),
        Column<OwnerRow>.Flag("is_active", row => row.IsActive));

    private static readonly string Select = $"SELECT {Records.Names} FROM record";
    private static readonly string Insert = Records.Insert;
    private static readonly string Update = Records.Update;
    private static readonly string UpdateDecided = Decided.Update;
    private static readonly string UpsertCompanies = Companies.Upsert("connection_id, external_id");
    private static readonly string UpsertOwners = Owners.Upsert("connection_id, external_id");

    private const string PushDue = "connection_id = $1 AND push_due AND (push_not_before IS NULL OR push_not_before <= $2)";

    public Task<IReadOnlyList<RecordRow>> GetAsync(long connectionId, string personObject, IReadOnlyCollection<string> externalIds) =>
        ManyAsync($"{Select} WHERE connection_id = $1 AND object = $2 AND external_id = ANY ($3) ORDER BY id{session.Lock}", connectionId, personObject, externalIds.ToArray());

    public Task<IReadOnlyList<RecordRow>> GetAsync(IReadOnlyCollection<long> recordIds) =>
        ManyAsync($"{Select} WHERE id = ANY ($1) ORDER BY id{session.Lock}", recordIds.ToArray());

    public Task<IReadOnlyList<RecordRow>> OfLeadsAsync(IReadOnlyCollection<long> leadIds) =>
        ManyAsync($"{Select} WHERE lead_id <> 0 AND lead_id = ANY ($1) ORDER BY id{session.Lock}", leadIds.ToArray());

    public async Task<IReadOnlyList<long>> SaveAsync(IReadOnlyList<RecordRow> rows)
    {
        RecordRow[] given = [.. rows], old = [.. rows.Where(row => row.Id != 0)];
        var made = given.Length > old.Length ? await NewIds.TakeAsync(session, "record", given.Length - old.Length).ConfigureAwait(false) : [];
        for (int i = 0, next = 0; i < given.Length; i++)
        {
            if (given[i].Id == 0)
            {
                given[i] = given[i] with { Id = made[next++] };
            }
        }

        if (made.Count > 0)
        {
            var isNew = made.ToHashSet();
            await session.ExecuteAsync(Insert, Records.Values([.. given.Where(row => isNew.Contains(row.Id))])).ConfigureAwait(false);
        }

        if (old.Length > 0)
        {
            await UpdateAsync(Update, Records, old).ConfigureAwait(false);
        }

        return [.. given.Select(row => row.Id)];
    }

    public Task SaveDecidedAsync(IReadOnlyList<RecordRow> rows) => rows.Count == 0 ? Task.CompletedTask : UpdateAsync(UpdateDecided, Decided, rows);

    public async Task SaveKeysAsync(IReadOnlyCollection<KeyValuePair<long, IReadOnlyList<IdentityKey>>> keysByRecord)
    {
        if (keysByRecord.Count == 0)
        {
            return;
        }

        var keys = keysByRecord.SelectMany(pair => pair.Value, (pair, key) => (Record: pair.Key, Key: key)).ToList();
        await session.ExecuteAsync("DELETE FROM identity WHERE record_id = ANY ($1)", keysByRecord.Select(pair => pair.Key).ToArray()).ConfigureAwait(false);
        await session.ExecuteAsync(
            "INSERT INTO identity (record_id, kind, value) SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[]) ON CONFLICT DO NOTHING",
            keys.Select(k => k.Record).ToArray(), keys.Select(k => k.Key.Kind).ToArray(), keys.Select(k => k.Key.Value).ToArray()).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<IdentityHolder>> HoldersAsync(IReadOnlyCollection<IdentityKey> keys)
    {
        IdentityKey[] given = [.. keys.Distinct()];
        return await session.QueryAsync(
            """
            SELECT given.number, r.id, r.connection_id, r.lead_id, r.is_gone
            FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS given (kind, value, number)
            JOIN identity i ON md5(i.value) = md5(given.value) AND i.value = given.value AND i.kind = given.kind
            JOIN record r ON r.id = i.record_id
            """,
            row => new IdentityHolder(given[row.GetInt64(0) - 1], row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetBoolean(4)),
            given.Select(key => key.Kind).ToArray(), given.Select(key => key.Value).ToArray()).ConfigureAwait(false);
    }

    public async Task<IReadOnlyDictionary<long, IReadOnlyList<IdentityKey>>> KeysAsync(IReadOnlyCollection<long> recordIds)
    {
        var keys = await session.QueryAsync(
            "SELECT record_id, kind, value FROM identity WHERE record_id = ANY ($1) ORDER BY record_id, kind, value",
            row => (Record: row.GetInt64(0), Key: new IdentityKey(row.Text(1), row.Text(2))),
            recordIds.ToArray()).ConfigureAwait(false);
        return keys.GroupBy(key => key.Record).ToDictionary(group => group.Key, IReadOnlyList<IdentityKey> (group) => [.. group.Select(key => key.Key)]);
    }

    public Task<IReadOnlyList<RecordRow>> LinkDueAsync(int limit) => ManyAsync($"{Select} WHERE link_due ORDER BY id LIMIT $1{session.Lock}", limit);

    public Task<IReadOnlyList<RecordRow>> HistoryDueAsync(long connectionId, int limit) =>
        ManyAsync($"{Select} WHERE connection_id = $1 AND history_due ORDER BY id LIMIT $2{session.Lock}", connectionId, limit);

    public Task<IReadOnlyList<RecordRow>> PushDueAsync(long connectionId, Instant at, long afterId, int limit) =>
        ManyAsync($"{Select} WHERE {PushDue} AND id > $3 ORDER BY id LIMIT $4{session.Lock}", connectionId, at, afterId, limit);

    public async Task<PushCounts> CountPushDueAsync(long connectionId, Instant at)
    {
        var records = await session.NumberAsync("SELECT count(*) FROM record WHERE connection_id = $1 AND NOT is_gone", connectionId).ConfigureAwait(false) ?? 0;
        return await session.FirstAsync(
            $"SELECT count(*), count(lifecycle_due), count(*) FILTER (WHERE hand_over_due > 0) FROM record WHERE {PushDue}",
            row => new PushCounts((int)records, (int)row.GetInt64(0), (int)row.GetInt64(1), (int)row.GetInt64(2)),
            connectionId, at).ConfigureAwait(false);
    }

    public Task MarkSeenAsync(IReadOnlyCollection<long> recordIds, Instant at) => session.ExecuteAsync(
        "INSERT INTO sighting (record_id, seen_at) SELECT DISTINCT unnest($1::bigint[]), $2::bigint ON CONFLICT (record_id) DO UPDATE SET seen_at = excluded.seen_at",
        recordIds.ToArray(), at);

    public Task<IReadOnlyList<RecordRow>> UnseenSinceAsync(long connectionId, string personObject, Instant since, long afterId, int limit) => ManyAsync(
        $"""
        {Select} WHERE connection_id = $1 AND object = $2 AND NOT is_gone AND id > $4
            AND NOT EXISTS (SELECT 1 FROM sighting WHERE record_id = record.id AND seen_at >= $3)
        ORDER BY id LIMIT $5{session.Lock}
        """,
        connectionId, personObject, since, afterId, limit);

    public Task<IReadOnlyList<RecordRow>> GoneAsync(long connectionId, string personObject, string exceptParked, long afterId, int limit) => ManyAsync(
        $"{Select} WHERE connection_id = $1 AND object = $2 AND is_gone AND parked IS DISTINCT FROM $3 AND id > $4 ORDER BY id LIMIT $5{session.Lock}",
        connectionId, personObject, exceptParked, afterId, limit);

    public Task ForgetKnownAsync(long connectionId, IReadOnlyCollection<string> fields) => session.ExecuteAsync(
        """
        UPDATE record SET
            known_json = coalesce((
                SELECT '{' || string_agg(to_json(known.key)::text || ':' || to_json(known.value)::text, ',') || '}' FROM json_each_text(known_json::json) AS known WHERE known.key <> ALL ($2::text[])), '{}'),
            push_due = push_due OR (desired_json IS NOT NULL AND NOT is_gone AND NOT history_due AND parked IS NULL), push_not_before = NULL
        WHERE connection_id = $1 AND EXISTS (SELECT 1 FROM json_object_keys(known_json::json) AS known WHERE known = ANY ($2::text[]))
        """,
        connectionId, fields.ToArray());

    public Task<IReadOnlyList<RecordRow>> WithOverridesAsync(long? connectionId) =>
        ManyAsync($"{Select} WHERE has_overrides AND ($1::bigint IS NULL OR connection_id = $1) ORDER BY id{session.Lock}", connectionId);

    public async Task<IReadOnlyList<CompanyRow>> CompaniesAsync(long connectionId, IReadOnlyCollection<string> externalIds) =>
        [.. (await CompanyAttributesAsync([.. externalIds.Distinct().Select(id => (connectionId, id))]).ConfigureAwait(false))
            .Select(company => new CompanyRow(connectionId, company.Key.Id, LedgerJson.Texts(company.Value)))];

    public async Task<IReadOnlyList<string>> SaveCompaniesAsync(IReadOnlyList<CompanyRow> rows)
    {
        CompanyRow[] given = [.. rows.GroupBy(row => (row.ConnectionId, row.ExternalId), (_, same) => same.Last())];
        var before = await CompanyAttributesAsync([.. given.Select(row => (row.ConnectionId, row.ExternalId))]).ConfigureAwait(false);
        var changed = given.Where(row => LedgerJson.Write(row.Attributes) != before.GetValueOrDefault((row.ConnectionId, row.ExternalId))).ToList();
        if (changed.Count > 0)
        {
            await session.ExecuteAsync(UpsertCompanies, Companies.Values(changed)).ConfigureAwait(false);
        }

        return [.. changed
            .Where(row => LedgerJson.Write(row.Attributes) != before.GetValueOrDefault((row.ConnectionId, row.ExternalId), LedgerJson.NoTexts))
            .Select(row => row.ExternalId)];
    }

    public async Task<IReadOnlyList<OwnerRow>> OwnersAsync(long connectionId) => await session.QueryAsync(
        "SELECT external_id, user_id, email, name, is_active FROM owner WHERE connection_id = $1",
        row => new OwnerRow(connectionId, row.Text(0), row.TextOrNull(1), row.TextOrNull(2), row.TextOrNull(3), row.GetBoolean(4)),
        connectionId).ConfigureAwait(false);

    public async Task SaveOwnersAsync(IReadOnlyList<OwnerRow> rows)
    {
        foreach (var ofConnection in rows.GroupBy(row => row.ConnectionId))
        {
            var present = (await OwnersAsync(ofConnection.Key).ConfigureAwait(false)).ToDictionary(owner => owner.ExternalId);
            var saved = ofConnection.GroupBy(row => row.ExternalId, (_, same) => same.Last()).ToList();
            var changed = saved
                .Where(row => !present.TryGetValue(row.ExternalId, out var before) || before.IsActive != row.IsActive || before.Email != row.Email)
                .Select(row => row.ExternalId)
                .ToArray();
            if (changed.Length > 0)
            {
                await DueLeads.MarkAsync(session, "SELECT lead_id FROM record WHERE connection_id = $1 AND owner_id = ANY ($2)", ofConnection.Key, changed).ConfigureAwait(false);
            }

            await session.ExecuteAsync(UpsertOwners, Owners.Values(saved)).ConfigureAwait(false);
        }
    }

    public Task MarkDueByConnectionAsync(long connectionId) =>
        DueLeads.MarkAsync(session, "SELECT lead_id FROM record WHERE connection_id = $1", connectionId);

    public Task MarkDueByCompanyAsync(long connectionId, IReadOnlyCollection<string> companyIds) => companyIds.Count == 0
        ? Task.CompletedTask
        : DueLeads.MarkAsync(session, "SELECT lead_id FROM record WHERE connection_id = $1 AND company_id = ANY ($2)", connectionId, companyIds.ToArray());

    private async Task UpdateAsync(string update, Columns<RecordRow> columns, IReadOnlyList<RecordRow> rows)
    {
        if (await session.ExecuteAsync(update, columns.Values(rows)).ConfigureAwait(false) != rows.Count)
        {
            var there = await session.QueryAsync("SELECT id FROM record WHERE id = ANY ($1)", row => row.GetInt64(0), rows.Select(row => row.Id).ToArray()).ConfigureAwait(false);
            var missing = rows.First(row => !there.Contains(row.Id));
            throw new InvalidOperationException(
                string.Create(CultureInfo.InvariantCulture, $"The ledger has no record {missing.Id} ({missing.Object} {missing.ExternalId}) to update."));
        }
    }

    private async Task<Dictionary<(long Connection, string Id), string>> CompanyAttributesAsync((long Connection, string Id)[] keys)
    {
        var attributes = new Dictionary<(long, string), string>(keys.Length);
        if (keys.Length > 0)
        {
            await session.ReadAsync(
                """
                SELECT given.number, c.attributes_json
                FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS given (connection_id, external_id, number)
                JOIN company c ON c.connection_id = given.connection_id AND c.external_id = given.external_id
                """,
                row => attributes[keys[row.GetInt64(0) - 1]] = row.GetString(1),
                keys.Select(key => key.Connection).ToArray(), keys.Select(key => key.Id).ToArray()).ConfigureAwait(false);
        }

        return attributes;
    }

    private async Task<IReadOnlyList<RecordRow>> ManyAsync(string sql, params object?[] values) => await session.QueryAsync(sql, Read, values).ConfigureAwait(false);

    private static RecordRow Read(NpgsqlDataReader row) => new(row.GetInt64(0), row.GetInt64(1), row.Text(2), row.Text(3))
    {
        LeadId = row.GetInt64(4),
        Stamp = row.Instant(5),
        IsGone = row.GetBoolean(6),
        OwnerId = row.TextOrNull(7),
        CompanyId = row.TextOrNull(8),
        Lifecycle = row.TextOrNull(9),
        LifecycleDue = row.TextOrNull(10),
        HandOverDue = row.GetInt32(11),
        PushNotBefore = row.InstantOrNull(13),
        IsLinkDue = row.GetBoolean(14),
        IsHistoryDue = row.GetBoolean(15),
        IsBaseline = row.GetBoolean(17),
        Parked = row.TextOrNull(18),
        Attributes = LedgerJson.Texts(row.GetString(19)),
        Known = LedgerJson.Texts(row.GetString(20)),
        Desired = row.IsDBNull(21) ? null : LedgerJson.Texts(row.GetString(21)),
        SalesDue = LedgerJson.Texts(row.GetString(22)),
        Overrides = LedgerJson.Overrides(row.GetString(23)),
        Foreign = LedgerJson.Texts(row.GetString(24)),
        Counters = LedgerJson.Texts(row.GetString(25)),
    };
}
