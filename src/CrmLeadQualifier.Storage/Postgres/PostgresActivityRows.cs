using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Texts;
using Npgsql;

namespace CrmLeadQualifier.Storage.Postgres;

/// <summary>
/// Activities are read from the index <c>activity_by_lead</c> alone, which holds all that scoring reads, packed: a lead's activities lie side by side there in whatever order they
/// arrived, and the table itself, which lies in that order, is not looked at.
/// </summary>
internal sealed class PostgresActivityRows(PostgresSession session, SharedTexts shared) : IActivityRows
{
    /// <summary>Rows for one statement.</summary>
    private const int BatchSize = 5000;

    /// <summary>Of an address that several leads hold.</summary>
    private const long Several = -1;

    private static readonly Columns<Saved> Activities = new(
        "activity",
        Column<Saved>.Number("lead_id", saved => saved.Lead),
        Column<Saved>.Instant("at", saved => saved.Row.At),
        Column<Saved>.Number("connection_id", saved => saved.Row.ConnectionId),
        Column<Saved>.Text("external_id", saved => saved.Row.ExternalId),
        Column<Saved>.Text("record_id", saved => saved.Row.RecordId),
        Column<Saved>.Text("kind", saved => saved.Row.Kind),
        Column<Saved>.Text("attributes_json", saved => saved.Attributes),
        Column<Saved>.Text("email", saved => saved.Row.Email),
        Column<Saved>.Text("user_id", saved => saved.Row.UserId),
        Column<Saved>.Flag("is_approximate", saved => saved.Row.IsApproximate),
        Column<Saved>.Flag("is_day_only", saved => saved.Row.IsDayOnly),
        Column<Saved>.Text("copy_of", saved => saved.Row.CopyOf),
        Column<Saved>.Flag("is_withdrawn", saved => saved.Row.IsWithdrawn),
        Column<Saved>.Instant("seen_at", saved => saved.Row.SeenAt),
        Column<Saved>.Bytes("packed", saved => saved.Packed));

    private const string Columns =
        "lead_id, at, connection_id, external_id, record_id, kind, attributes_json, email, user_id, is_approximate, is_day_only, copy_of, seen_at";

    private const string Contents =
        "lead_id, at, kind, attributes_json, email, user_id, is_approximate, is_day_only, copy_of, is_withdrawn";

    private static readonly string Insert = $"{Activities.Insert} ON CONFLICT DO NOTHING RETURNING lead_id";

    private static readonly string Replace =
        $"""
        UPDATE activity SET ({Contents}, seen_at, packed) = ROW ({Prefixed("changed")}, changed.seen_at, changed.packed)
        FROM (
            SELECT given.*, old.lead_id AS old_lead_id
            FROM {Activities.Given("given")} JOIN activity old USING (connection_id, record_id, external_id)
            WHERE ({Prefixed("old")}) IS DISTINCT FROM ({Prefixed("given")})
        ) AS changed
        WHERE activity.connection_id = changed.connection_id AND activity.record_id = changed.record_id AND activity.external_id = changed.external_id
        RETURNING changed.old_lead_id, activity.lead_id
        """;

    // Without any column that the index lacks, or the table would be read. A row for each lead: taking in twenty costs more than all that is in them.
    private const string OfLeads =
        """
        SELECT given.lead_id, (SELECT string_agg(packed, '') FROM activity a WHERE a.lead_id = given.lead_id AND a.lead_id <> 0 AND NOT a.is_withdrawn)
        FROM unnest($1::bigint[]) AS given (lead_id)
        """;

    private static readonly string OfLeadsElsewhere =
        $"SELECT {Columns} FROM activity WHERE lead_id <> 0 AND lead_id = ANY ($1) AND NOT is_withdrawn AND packed = '\\x01'";

    private const string OfRecords =
        """
        SELECT a.lead_id, a.connection_id, a.record_id, a.external_id, a.email
        FROM record r JOIN activity a ON a.connection_id = r.connection_id AND a.record_id = r.external_id
        WHERE r.id = ANY ($1)
        UNION
        SELECT a.lead_id, a.connection_id, a.record_id, a.external_id, a.email
        FROM identity i JOIN record r ON r.id = i.record_id
        JOIN activity a ON a.connection_id = r.connection_id AND md5(a.email) = md5(i.value) AND a.email = i.value
        WHERE i.record_id = ANY ($1) AND i.kind = 'email'
        """;

    private const string Move =
        """
        UPDATE activity SET lead_id = moved.lead_id
        FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[]) AS moved (connection_id, record_id, external_id, lead_id)
        WHERE activity.connection_id = moved.connection_id AND activity.record_id = moved.record_id AND activity.external_id = moved.external_id
        """;

    private const string Withdraw =
        """
        UPDATE activity SET is_withdrawn = true
        WHERE connection_id = $1 AND record_id <> '' AND NOT is_withdrawn AND external_id = ANY ($2)
            AND NOT EXISTS (SELECT 1 FROM unnest($3::text[], $4::text[]) AS kept (external_id, record_id) WHERE kept.external_id = activity.external_id AND kept.record_id = activity.record_id)
        RETURNING lead_id
        """;

    public async Task<int> SaveAsync(IReadOnlyList<ActivityRow> rows)
    {
        var changes = 0;
        foreach (var batch in rows.Chunk(BatchSize))
        {
            changes += await SaveBatchAsync(batch).ConfigureAwait(false);
        }

        session.SavedActivities += changes;
        return changes;
    }

    public async Task<int> KeepOnlyAsync(long connectionId, IReadOnlyCollection<KeyValuePair<string, IReadOnlyList<string>>> recordsByActivity)
    {
        var kept = recordsByActivity.SelectMany(pair => pair.Value, (pair, record) => (Activity: pair.Key, Record: record)).ToList();
        var leads = await session.QueryAsync(
            Withdraw, row => row.GetInt64(0), connectionId, recordsByActivity.Select(pair => pair.Key).ToArray(), kept.Select(row => row.Activity).ToArray(), kept.Select(row => row.Record).ToArray())
            .ConfigureAwait(false);
        session.SavedActivities += leads.Count;
        await DueLeads.MarkAsync(session, leads.ToHashSet()).ConfigureAwait(false);
        return leads.Count;
    }

    public async Task<int> SupersedeAsync(long connectionId, ReadActivities read)
    {
        var rows = await session.QueryAsync(
            """
            SELECT a.lead_id, a.record_id, a.external_id FROM activity a
            WHERE a.connection_id = $1 AND NOT a.is_withdrawn AND a.record_id <> ''
                AND a.lead_id IN (SELECT r.lead_id FROM record r WHERE r.connection_id = $1 AND r.external_id = ANY ($2) AND r.lead_id <> 0)
            """,
            row => new ActivityRow(connectionId, row.Text(2), row.Text(1), "", default) { LeadId = row.GetInt64(0) }, connectionId, read.RecordIds.ToArray()).ConfigureAwait(false);
        var superseded = rows.Where(read.Supersede).ToList();
        if (superseded.Count > 0)
        {
            await session.ExecuteAsync(
                """
                UPDATE activity SET is_withdrawn = true FROM unnest($2::text[], $3::text[]) AS gone (record_id, external_id)
                WHERE activity.connection_id = $1 AND activity.record_id = gone.record_id AND activity.external_id = gone.external_id
                """,
                connectionId, superseded.Select(row => row.RecordId).ToArray(), superseded.Select(row => row.ExternalId).ToArray()).ConfigureAwait(false);
            session.SavedActivities += superseded.Count;
            await DueLeads.MarkAsync(session, superseded.Select(row => row.LeadId).ToHashSet()).ConfigureAwait(false);
        }

        return superseded.Count;
    }

    public async Task<int> EndRelationsAsync(long connectionId, IReadOnlyCollection<string> relationIds)
    {
        var leads = await session.QueryAsync(
            """
            UPDATE activity SET is_withdrawn = true
            WHERE connection_id = $1 AND NOT is_withdrawn AND split_part(external_id, '#', 2) = ANY ($2) RETURNING lead_id
            """,
            row => row.GetInt64(0), connectionId, relationIds.ToArray()).ConfigureAwait(false);
        session.SavedActivities += leads.Count;
        await DueLeads.MarkAsync(session, leads.ToHashSet()).ConfigureAwait(false);
        return leads.Count;
    }

    public async Task<int> WithdrawAsync(long connectionId, string idPrefix, Instant before)
    {
        var leads = await session.QueryAsync(
            """
            UPDATE activity SET is_withdrawn = true
            WHERE connection_id = $1 AND NOT is_withdrawn AND at < $3 AND starts_with(external_id, $2) RETURNING lead_id
            """,
            row => row.GetInt64(0), connectionId, idPrefix, before).ConfigureAwait(false);
        session.SavedActivities += leads.Count;
        await DueLeads.MarkAsync(session, leads.ToHashSet()).ConfigureAwait(false);
        return leads.Count;
    }

    public async Task<IReadOnlyDictionary<long, IReadOnlyList<ActivityRow>>> OfLeadsAsync(IReadOnlyCollection<long> leadIds)
    {
        var byLead = new Dictionary<long, IReadOnlyList<ActivityRow>>(leadIds.Count);
        var leadsOfElsewhere = new List<long>();
        var buffer = new byte[16_384];
        await session.ReadAsync(
            OfLeads,
            row =>
            {
                if (!row.IsDBNull(1))
                {
                    var lead = row.GetInt64(0);
                    var length = (int)row.GetBytes(1, 0, null, 0, 0);
                    if (buffer.Length < length)
                    {
                        buffer = new byte[length * 2];
                    }

                    row.GetBytes(1, 0, buffer, 0, length);
                    byLead[lead] = Read(buffer.AsSpan(0, length), lead, out var areAllHere);
                    if (!areAllHere)
                    {
                        leadsOfElsewhere.Add(lead);
                    }
                }
            },
            leadIds.ToArray()).ConfigureAwait(false);
        if (leadsOfElsewhere.Count > 0)
        {
            var elsewhere = await session.QueryAsync(OfLeadsElsewhere, Read, leadsOfElsewhere.ToArray()).ConfigureAwait(false);
            foreach (var ofLead in elsewhere.GroupBy(activity => activity.LeadId))
            {
                byLead[ofLead.Key] = InOrder([.. byLead[ofLead.Key], .. ofLead]);
            }
        }

        return byLead;
    }

    public async Task FollowRecordsAsync(IReadOnlyCollection<long> recordIds)
    {
        if (recordIds.Count == 0)
        {
            return;
        }

        var activities = await session.QueryAsync(
            OfRecords,
            row => (Lead: row.GetInt64(0), Connection: row.GetInt64(1), Record: row.Text(2), ExternalId: row.Text(3), Email: row.TextOrNull(4)),
            recordIds.ToArray()).ConfigureAwait(false);
        var leads = await LeadsOfAsync(activities.Select(a => (a.Connection, a.Record, a.Email))).ConfigureAwait(false);
        var moved = activities
            .Select(a => (a.Lead, a.Connection, a.Record, a.ExternalId, To: leads(a.Connection, a.Record, a.Email)))
            .Where(a => a.Lead != a.To)
            .OrderBy(a => a.To)
            .ToList();
        if (moved.Count > 0)
        {
            await session.ExecuteAsync(
                Move,
                moved.Select(a => a.Connection).ToArray(), moved.Select(a => a.Record).ToArray(), moved.Select(a => a.ExternalId).ToArray(), moved.Select(a => a.To).ToArray())
                .ConfigureAwait(false);
            session.SavedActivities += moved.Count;
            await DueLeads.MarkAsync(session, [.. moved.SelectMany(a => new[] { a.Lead, a.To }).Distinct()]).ConfigureAwait(false);
        }
    }

    private async Task<int> SaveBatchAsync(ActivityRow[] rows)
    {
        var leads = await LeadsOfAsync(rows.Select(row => (row.ConnectionId, row.RecordId, row.Email))).ConfigureAwait(false);
        var byKey = new Dictionary<(long, string, string), Saved>(rows.Length);
        foreach (var row in rows)
        {
            byKey[(row.ConnectionId, row.RecordId, row.ExternalId)] = new Saved(row, leads(row.ConnectionId, row.RecordId, row.Email), LedgerJson.Write(row.Attributes));
        }

        Saved[] saved = [.. byKey.Values];
        Array.Sort(saved, (a, b) => a.Lead.CompareTo(b.Lead));
        var values = Activities.Values(saved);
        var due = await session.QueryAsync(Insert, row => row.GetInt64(0), values).ConfigureAwait(false);
        var changes = due.Count;
        if (changes < saved.Length)
        {
            await session.ReadAsync(
                Replace,
                row =>
                {
                    changes++;
                    due.Add(row.GetInt64(0));
                    due.Add(row.GetInt64(1));
                },
                values).ConfigureAwait(false);
        }

        await DueLeads.MarkAsync(session, due.ToHashSet()).ConfigureAwait(false);
        return changes;
    }

    /// <summary>By the record, else by an address that the records of exactly one lead hold; 0: nobody's yet.</summary>
    private async Task<Func<long, string, string?, long>> LeadsOfAsync(IEnumerable<(long Connection, string Record, string? Email)> activities)
    {
        var leadsByRecord = new Dictionary<(long, string), long>();
        var leadsByEmail = new Dictionary<(long, string), long>();
        foreach (var (connection, record, email) in activities)
        {
            if (record.Length > 0)
            {
                leadsByRecord[(connection, record)] = 0;
            }

            if (email is not null)
            {
                leadsByEmail[(connection, email)] = 0;
            }
        }

        await FindAsync(leadsByRecord, "JOIN record r ON r.connection_id = given.connection_id AND r.external_id = given.value", Math.Max).ConfigureAwait(false);
        await FindAsync(
            leadsByEmail,
            """
            JOIN identity i ON i.kind = 'email' AND md5(i.value) = md5(given.value) AND i.value = given.value
            JOIN record r ON r.id = i.record_id AND r.connection_id = given.connection_id AND r.lead_id <> 0
            """,
            (known, found) => known == 0 || known == found ? found : Several).ConfigureAwait(false);
        return (connection, record, email) =>
        {
            var lead = leadsByRecord.GetValueOrDefault((connection, record));
            return lead == 0 && email is not null && leadsByEmail[(connection, email)] is var only and not Several ? only : lead;
        };
    }

    private async Task FindAsync(Dictionary<(long Connection, string Value), long> leads, string join, Func<long, long, long> combine)
    {
        if (leads.Count == 0)
        {
            return;
        }

        // In order, so that neighbours are found on one page.
        (long Connection, string Value)[] keys = [.. leads.Keys];
        Array.Sort(keys, (a, b) => string.CompareOrdinal(a.Value, b.Value));
        await session.ReadAsync(
            $"SELECT given.number, r.lead_id FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS given (connection_id, value, number) {join}",
            row =>
            {
                var key = keys[row.GetInt64(0) - 1];
                leads[key] = combine(leads[key], row.GetInt64(1));
            },
            Array.ConvertAll(keys, key => key.Connection), Array.ConvertAll(keys, key => key.Value)).ConfigureAwait(false);
    }

    private List<ActivityRow> Read(ReadOnlySpan<byte> packed, long lead, out bool areAllHere)
    {
        var activities = new List<ActivityRow>(24);
        areAllHere = true;
        ActivityRow? before = null;
        while (packed.Length > 0)
        {
            if (PackedActivity.Read(ref packed, lead, shared, before) is { } activity)
            {
                activities.Add(activity);
                before = activity;
            }
            else
            {
                areAllHere = false;
            }
        }

        return InOrder(activities);
    }

    /// <summary>They nearly always are: the index has them so.</summary>
    private static List<ActivityRow> InOrder(List<ActivityRow> activities)
    {
        for (var i = 1; i < activities.Count; i++)
        {
            if (LatestFirst(activities[i - 1], activities[i]) > 0)
            {
                activities.Sort(LatestFirst);
                break;
            }
        }

        return activities;
    }

    /// <summary>Equal instants in a fixed order, the same on every engine.</summary>
    private static int LatestFirst(ActivityRow a, ActivityRow b)
    {
        var order = b.At.CompareTo(a.At);
        order = order != 0 ? order : a.ConnectionId.CompareTo(b.ConnectionId);
        order = order != 0 ? order : string.CompareOrdinal(a.ExternalId, b.ExternalId);
        return order != 0 ? order : string.CompareOrdinal(a.RecordId, b.RecordId);
    }

    private static ActivityRow Read(NpgsqlDataReader row) => new(row.GetInt64(2), row.Text(3), row.Text(4), row.Text(5), row.Instant(1))
    {
        LeadId = row.GetInt64(0),
        Attributes = LedgerJson.Texts(row.GetString(6)),
        Email = row.TextOrNull(7),
        UserId = row.TextOrNull(8),
        IsApproximate = row.GetBoolean(9),
        IsDayOnly = row.GetBoolean(10),
        CopyOf = row.TextOrNull(11),
        SeenAt = row.Instant(12),
    };

    private static string Prefixed(string table) => string.Join(", ", Contents.Split(", ").Select(column => $"{table}.{column}"));

    private sealed record Saved(ActivityRow Row, long Lead, string Attributes)
    {
        public byte[] Packed { get; } = PackedActivity.Write(Row, Attributes);
    }
}
