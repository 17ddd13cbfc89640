using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Texts;
using Microsoft.Data.Sqlite;

namespace CrmLeadQualifier.Storage.Sqlite;

internal sealed class SqliteRecordRows(SqliteSession session) : IRecordRows
{
    // What queries look for comes before the JSON, which may be long: a scan then need not read it.
    private const string Columns =
        "connection_id, object, external_id, lead_id, stamp, is_gone, owner_id, company_id, lifecycle, lifecycle_due, hand_over_due, push_due, push_not_before, link_due, history_due, "
        + "has_overrides, is_baseline, parked, attributes_json, known_json, desired_json, sales_due_json, overrides_json, foreign_json, counters_json";

    private const string Select = $"SELECT {Columns}, id FROM record";
    private const string PushDue = "connection_id = ?1 AND push_due = 1 AND (push_not_before IS NULL OR push_not_before <= ?2)";

    private static readonly string Insert = Sql.Insert("record", Columns) + " RETURNING id";
    private static readonly string Update = Sql.Update("record", Columns) + " RETURNING id";
    private static readonly string UpdateDecided = Sql.Update("record", "lifecycle_due, hand_over_due, push_due, push_not_before, desired_json, sales_due_json") + " RETURNING id";

    public Task<IReadOnlyList<RecordRow>> GetAsync(long connectionId, string personObject, IReadOnlyCollection<string> externalIds)
    {
        var rows = new List<RecordRow>(externalIds.Count);
        foreach (var externalId in externalIds.Distinct())
        {
            if (session.First($"{Select} WHERE connection_id = ?1 AND external_id = ?2 AND object = ?3", Read, connectionId, externalId, personObject) is { } row)
            {
                rows.Add(row);
            }
        }

        return Task.FromResult<IReadOnlyList<RecordRow>>(rows);
    }

    public Task<IReadOnlyList<RecordRow>> GetAsync(IReadOnlyCollection<long> recordIds) =>
        Many($"{Select} WHERE id IN (SELECT value FROM json_each(?1))", Sql.List(recordIds));

    public Task<IReadOnlyList<RecordRow>> OfLeadsAsync(IReadOnlyCollection<long> leadIds) =>
        Many($"{Select} WHERE lead_id <> 0 AND lead_id IN (SELECT value FROM json_each(?1))", Sql.List(leadIds));

    public Task<IReadOnlyList<long>> SaveAsync(IReadOnlyList<RecordRow> rows)
    {
        var ids = new long[rows.Count];
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            object?[] values =
            [
                row.ConnectionId, row.Object, row.ExternalId, row.LeadId, row.Stamp, row.IsGone, row.OwnerId, row.CompanyId, row.Lifecycle, row.LifecycleDue, row.HandOverDue, row.IsPushDue,
                row.PushNotBefore, row.IsLinkDue, row.IsHistoryDue, row.Overrides.Count > 0, row.IsBaseline, row.Parked, LedgerJson.Write(row.Attributes), LedgerJson.Write(row.Known),
                row.Desired is null ? null : LedgerJson.Write(row.Desired), LedgerJson.Write(row.SalesDue), LedgerJson.Write(row.Overrides), LedgerJson.Write(row.Foreign),
                LedgerJson.Write(row.Counters),
            ];
            var id = row.Id == 0 ? session.Number(Insert, values) : session.Number(Update, [.. values, row.Id]);
            ids[i] = id ?? throw new InvalidOperationException($"The ledger has no record {row.Id} ({row.Object} {row.ExternalId}) to update.");
        }

        return Task.FromResult<IReadOnlyList<long>>(ids);
    }

    public Task SaveDecidedAsync(IReadOnlyList<RecordRow> rows)
    {
        foreach (var row in rows)
        {
            _ = session.Number(
                UpdateDecided,
                row.LifecycleDue, row.HandOverDue, row.IsPushDue, row.PushNotBefore, row.Desired is null ? null : LedgerJson.Write(row.Desired), LedgerJson.Write(row.SalesDue), row.Id)
                ?? throw new InvalidOperationException($"The ledger has no record {row.Id} ({row.Object} {row.ExternalId}) to update.");
        }

        return Task.CompletedTask;
    }

    public Task SaveKeysAsync(IReadOnlyCollection<KeyValuePair<long, IReadOnlyList<IdentityKey>>> keysByRecord)
    {
        foreach (var (record, keys) in keysByRecord)
        {
            session.Execute("DELETE FROM identity WHERE record_id = ?1", record);
            foreach (var key in keys)
            {
                session.Execute("INSERT OR IGNORE INTO identity (kind, value, record_id) VALUES (?1, ?2, ?3)", key.Kind, key.Value, record);
            }
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<IdentityHolder>> HoldersAsync(IReadOnlyCollection<IdentityKey> keys)
    {
        var holders = new List<IdentityHolder>();
        foreach (var key in keys.Distinct())
        {
            holders.AddRange(session.Query(
                "SELECT r.id, r.connection_id, r.lead_id, r.is_gone FROM identity i JOIN record r ON r.id = i.record_id WHERE i.kind = ?1 AND i.value = ?2",
                row => new IdentityHolder(key, row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.Flag(3)),
                key.Kind, key.Value));
        }

        return Task.FromResult<IReadOnlyList<IdentityHolder>>(holders);
    }

    public Task<IReadOnlyDictionary<long, IReadOnlyList<IdentityKey>>> KeysAsync(IReadOnlyCollection<long> recordIds)
    {
        var keys = new Dictionary<long, IReadOnlyList<IdentityKey>>(recordIds.Count);
        foreach (var record in recordIds)
        {
            if (session.Query("SELECT kind, value FROM identity WHERE record_id = ?1", row => new IdentityKey(row.GetString(0), row.GetString(1)), record) is { Count: > 0 } ofRecord)
            {
                keys[record] = ofRecord;
            }
        }

        return Task.FromResult<IReadOnlyDictionary<long, IReadOnlyList<IdentityKey>>>(keys);
    }

    public Task<IReadOnlyList<RecordRow>> LinkDueAsync(int limit) => Many($"{Select} WHERE link_due = 1 ORDER BY id LIMIT ?1", limit);

    public Task<IReadOnlyList<RecordRow>> HistoryDueAsync(long connectionId, int limit) =>
        Many($"{Select} WHERE connection_id = ?1 AND history_due = 1 ORDER BY id LIMIT ?2", connectionId, limit);

    public Task<IReadOnlyList<RecordRow>> PushDueAsync(long connectionId, Instant at, long afterId, int limit) =>
        Many($"{Select} WHERE {PushDue} AND id > ?3 ORDER BY id LIMIT ?4", connectionId, at, afterId, limit);

    public Task<PushCounts> CountPushDueAsync(long connectionId, Instant at)
    {
        var records = session.Number("SELECT count(*) FROM record WHERE connection_id = ?1 AND is_gone = 0", connectionId) ?? 0;
        return Task.FromResult(session.First(
            $"SELECT count(*), count(lifecycle_due), count(CASE WHEN hand_over_due > 0 THEN 1 END) FROM record WHERE {PushDue}",
            row => new PushCounts((int)records, row.GetInt32(0), row.GetInt32(1), row.GetInt32(2)),
            connectionId, at));
    }

    public Task MarkSeenAsync(IReadOnlyCollection<long> recordIds, Instant at)
    {
        session.Execute("INSERT OR REPLACE INTO sighting (record_id, seen_at) SELECT value, ?2 FROM json_each(?1)", Sql.List(recordIds), at);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<RecordRow>> UnseenSinceAsync(long connectionId, string personObject, Instant since, long afterId, int limit) => Many(
        $"""
        {Select} WHERE connection_id = ?1 AND object = ?2 AND is_gone = 0 AND id > ?4
            AND NOT EXISTS (SELECT 1 FROM sighting WHERE record_id = record.id AND seen_at >= ?3)
        ORDER BY id LIMIT ?5
        """,
        connectionId, personObject, since, afterId, limit);

    public Task<IReadOnlyList<RecordRow>> GoneAsync(long connectionId, string personObject, string exceptParked, long afterId, int limit) => Many(
        $"{Select} WHERE connection_id = ?1 AND object = ?2 AND is_gone = 1 AND parked IS NOT ?3 AND id > ?4 ORDER BY id LIMIT ?5", connectionId, personObject, exceptParked, afterId, limit);

    public Task ForgetKnownAsync(long connectionId, IReadOnlyCollection<string> fields)
    {
        foreach (var field in fields)
        {
            session.Execute(
                """
                UPDATE record SET known_json = json_remove(known_json, '$.' || ?2),
                    push_due = CASE WHEN desired_json IS NOT NULL AND is_gone = 0 AND history_due = 0 AND parked IS NULL THEN 1 ELSE push_due END, push_not_before = NULL
                WHERE connection_id = ?1 AND json_extract(known_json, '$.' || ?2) IS NOT NULL
                """,
                connectionId, field);
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<RecordRow>> WithOverridesAsync(long? connectionId) =>
        Many($"{Select} WHERE has_overrides = 1 AND (?1 IS NULL OR connection_id = ?1) ORDER BY id", connectionId);

    public Task<IReadOnlyList<CompanyRow>> CompaniesAsync(long connectionId, IReadOnlyCollection<string> externalIds)
    {
        var rows = new List<CompanyRow>(externalIds.Count);
        foreach (var id in externalIds.Distinct())
        {
            if (CompanyAttributes(connectionId, id) is { } attributes)
            {
                rows.Add(new CompanyRow(connectionId, id, LedgerJson.Texts(attributes)));
            }
        }

        return Task.FromResult<IReadOnlyList<CompanyRow>>(rows);
    }

    public Task<IReadOnlyList<string>> SaveCompaniesAsync(IReadOnlyList<CompanyRow> rows)
    {
        var changed = new List<string>();
        foreach (var row in rows)
        {
            var attributes = LedgerJson.Write(row.Attributes);
            var before = CompanyAttributes(row.ConnectionId, row.ExternalId);
            if (attributes == before)
            {
                continue;
            }

            session.Execute("INSERT OR REPLACE INTO company (connection_id, external_id, attributes_json) VALUES (?1, ?2, ?3)", row.ConnectionId, row.ExternalId, attributes);
            if (attributes != (before ?? LedgerJson.NoTexts))
            {
                changed.Add(row.ExternalId);
            }
        }

        return Task.FromResult<IReadOnlyList<string>>(changed);
    }

    public Task<IReadOnlyList<OwnerRow>> OwnersAsync(long connectionId) => Task.FromResult<IReadOnlyList<OwnerRow>>(session.Query(
        "SELECT external_id, user_id, email, name, is_active FROM owner WHERE connection_id = ?1",
        row => new OwnerRow(connectionId, row.GetString(0), row.Text(1), row.Text(2), row.Text(3), row.Flag(4)),
        connectionId));

    public Task SaveOwnersAsync(IReadOnlyList<OwnerRow> rows)
    {
        foreach (var row in rows)
        {
            // Owners change so seldom that the connection's records are walked for it rather than kept in yet another order.
            if (session.First(
                "SELECT is_active = ?3 AND email IS ?4 FROM owner WHERE connection_id = ?1 AND external_id = ?2", found => found.Flag(0), row.ConnectionId, row.ExternalId, row.IsActive, row.Email) is not true)
            {
                session.Execute(
                    "UPDATE lead SET is_due = 1 WHERE is_due = 0 AND id IN (SELECT lead_id FROM record WHERE connection_id = ?1 AND owner_id = ?2)", row.ConnectionId, row.ExternalId);
            }

            session.Execute(
                "INSERT OR REPLACE INTO owner (connection_id, external_id, user_id, email, name, is_active) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                row.ConnectionId, row.ExternalId, row.UserId, row.Email, row.Name, row.IsActive);
        }

        return Task.CompletedTask;
    }

    public Task MarkDueByConnectionAsync(long connectionId)
    {
        session.Execute("UPDATE lead SET is_due = 1 WHERE is_due = 0 AND id IN (SELECT lead_id FROM record WHERE connection_id = ?1)", connectionId);
        return Task.CompletedTask;
    }

    public Task MarkDueByCompanyAsync(long connectionId, IReadOnlyCollection<string> companyIds)
    {
        foreach (var company in companyIds)
        {
            session.Execute(
                "UPDATE lead SET is_due = 1 WHERE is_due = 0 AND id IN (SELECT lead_id FROM record WHERE connection_id = ?1 AND company_id = ?2)", connectionId, company);
        }

        return Task.CompletedTask;
    }

    private string? CompanyAttributes(long connectionId, string externalId) =>
        session.First("SELECT attributes_json FROM company WHERE connection_id = ?1 AND external_id = ?2", row => row.GetString(0), connectionId, externalId);

    private Task<IReadOnlyList<RecordRow>> Many(string sql, params ReadOnlySpan<object?> values) =>
        Task.FromResult<IReadOnlyList<RecordRow>>(session.Query(sql, Read, values));

    private static RecordRow Read(SqliteDataReader row) => new(row.GetInt64(25), row.GetInt64(0), row.GetString(1), row.GetString(2))
    {
        LeadId = row.GetInt64(3),
        Stamp = row.Instant(4),
        IsGone = row.Flag(5),
        OwnerId = row.Text(6),
        CompanyId = row.Text(7),
        Lifecycle = row.Text(8),
        LifecycleDue = row.Text(9),
        HandOverDue = row.GetInt32(10),
        PushNotBefore = row.InstantOrNull(12),
        IsLinkDue = row.Flag(13),
        IsHistoryDue = row.Flag(14),
        IsBaseline = row.Flag(16),
        Parked = row.Text(17),
        Attributes = LedgerJson.Texts(row.GetString(18)),
        Known = LedgerJson.Texts(row.GetString(19)),
        Desired = row.Text(20) is { } desired ? LedgerJson.Texts(desired) : null,
        SalesDue = LedgerJson.Texts(row.GetString(21)),
        Overrides = LedgerJson.Overrides(row.GetString(22)),
        Foreign = LedgerJson.Texts(row.GetString(23)),
        Counters = LedgerJson.Texts(row.GetString(24)),
    };
}
