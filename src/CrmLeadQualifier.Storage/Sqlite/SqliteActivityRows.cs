using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Texts;
using Microsoft.Data.Sqlite;

namespace CrmLeadQualifier.Storage.Sqlite;

internal sealed class SqliteActivityRows(SqliteSession session, SharedAttributes shared) : IActivityRows
{
    private const string Columns =
        "lead_id, at, connection_id, external_id, record_id, kind, attributes_json, email, user_id, is_approximate, is_day_only, copy_of, is_withdrawn, seen_at";

    private const string Select = $"SELECT {Columns} FROM activity";
    private const string Key = "connection_id = ?1 AND record_id = ?2 AND external_id = ?3";

    private static readonly string Insert = Sql.Insert("activity", Columns);

    // Within one transaction a page's activities come back to the same few people again and again.
    private readonly Dictionary<(long Connection, string Record), long> leadsByRecord = [];
    private readonly Dictionary<(long Connection, string Email), long> leadsByEmail = [];

    public Task<int> SaveAsync(IReadOnlyList<ActivityRow> rows)
    {
        ForgetLeads();
        var changes = 0;
        var due = new HashSet<long>();
        foreach (var row in rows)
        {
            var attributes = LedgerJson.Write(row.Attributes);
            var lead = LeadOf(row.ConnectionId, row.RecordId, row.Email);
            var before = session.First($"{Select} WHERE {Key}", found => Read(found, LedgerJson.Texts), row.ConnectionId, row.RecordId, row.ExternalId);
            if (before.Row is { } old)
            {
                if (attributes == before.Attributes && old with { SeenAt = row.SeenAt, Attributes = row.Attributes } == row with { LeadId = lead })
                {
                    continue;
                }

                session.Execute($"DELETE FROM activity WHERE {Key}", row.ConnectionId, row.RecordId, row.ExternalId);
                due.Add(old.LeadId);
            }

            session.Execute(
                Insert,
                lead, row.At, row.ConnectionId, row.ExternalId, row.RecordId, row.Kind, attributes, row.Email, row.UserId, row.IsApproximate, row.IsDayOnly, row.CopyOf, row.IsWithdrawn,
                row.SeenAt);
            due.Add(lead);
            changes++;
        }

        MarkDue(due);
        return Task.FromResult(changes);
    }

    public Task<int> KeepOnlyAsync(long connectionId, IReadOnlyCollection<KeyValuePair<string, IReadOnlyList<string>>> recordsByActivity)
    {
        var kept = recordsByActivity.ToDictionary();
        var others = session.Query(
                "SELECT external_id, record_id, lead_id FROM activity WHERE connection_id = ?1 AND record_id <> '' AND is_withdrawn = 0 AND external_id IN (SELECT value FROM json_each(?2))",
                row => (Activity: row.GetString(0), Record: row.GetString(1), Lead: row.GetInt64(2)), connectionId, LedgerJson.Write((IReadOnlyList<string>)[.. kept.Keys]))
            .Where(row => !kept[row.Activity].Contains(row.Record))
            .ToList();
        foreach (var (activity, record, _) in others)
        {
            session.Execute($"UPDATE activity SET is_withdrawn = 1 WHERE {Key}", connectionId, record, activity);
        }

        MarkDue([.. others.Select(row => row.Lead)]);
        return Task.FromResult(others.Count);
    }

    public Task<int> SupersedeAsync(long connectionId, ReadActivities read)
    {
        var leads = session.Query(
            "SELECT DISTINCT lead_id FROM record WHERE connection_id = ?1 AND lead_id <> 0 AND external_id IN (SELECT value FROM json_each(?2))",
            row => row.GetInt64(0), connectionId, LedgerJson.Write(read.RecordIds));
        var superseded = leads
            .SelectMany(lead => session.Query($"{Select} WHERE lead_id = ?1 AND connection_id = ?2 AND is_withdrawn = 0 AND record_id <> ''", row => Read(row, shared.Of).Row!, lead, connectionId))
            .Where(read.Supersede)
            .ToList();
        foreach (var row in superseded)
        {
            session.Execute($"UPDATE activity SET is_withdrawn = 1 WHERE {Key}", connectionId, row.RecordId, row.ExternalId);
        }

        MarkDue([.. superseded.Select(row => row.LeadId)]);
        return Task.FromResult(superseded.Count);
    }

    public Task<int> EndRelationsAsync(long connectionId, IReadOnlyCollection<string> relationIds)
    {
        var leads = session.Query(
            """
            UPDATE activity SET is_withdrawn = 1
            WHERE connection_id = ?1 AND is_withdrawn = 0 AND instr(external_id, '#') > 0
                AND substr(external_id, instr(external_id, '#') + 1) IN (SELECT value FROM json_each(?2)) RETURNING lead_id
            """,
            row => row.GetInt64(0), connectionId, LedgerJson.Write((IReadOnlyList<string>)[.. relationIds]));
        MarkDue([.. leads]);
        return Task.FromResult(leads.Count);
    }

    public Task<int> WithdrawAsync(long connectionId, string idPrefix, Instant before)
    {
        var leads = session.Query(
            """
            UPDATE activity SET is_withdrawn = 1
            WHERE connection_id = ?1 AND is_withdrawn = 0 AND at < ?3 AND substr(external_id, 1, length(?2)) = ?2 RETURNING lead_id
            """,
            row => row.GetInt64(0), connectionId, idPrefix, before);
        MarkDue([.. leads]);
        return Task.FromResult(leads.Count);
    }

    public Task<IReadOnlyDictionary<long, IReadOnlyList<ActivityRow>>> OfLeadsAsync(IReadOnlyCollection<long> leadIds)
    {
        var byLead = new Dictionary<long, IReadOnlyList<ActivityRow>>(leadIds.Count);
        foreach (var lead in leadIds.Where(id => id != 0))
        {
            // The order of the primary key: one walk, no sort.
            var activities = session.Query($"{Select} WHERE lead_id = ?1 AND is_withdrawn = 0 ORDER BY at DESC", row => Read(row, shared.Of).Row!, lead);
            if (activities.Count > 0)
            {
                byLead[lead] = activities;
            }
        }

        return Task.FromResult<IReadOnlyDictionary<long, IReadOnlyList<ActivityRow>>>(byLead);
    }

    public Task FollowRecordsAsync(IReadOnlyCollection<long> recordIds)
    {
        ForgetLeads();
        var due = new HashSet<long>();
        foreach (var id in recordIds)
        {
            Follow(id, due);
        }

        MarkDue(due);
        return Task.CompletedTask;
    }

    private void Follow(long recordId, HashSet<long> due)
    {
        var activities = session.Query(
            """
            SELECT a.lead_id, a.connection_id, a.record_id, a.external_id, a.email
            FROM record r CROSS JOIN activity a ON a.connection_id = r.connection_id AND a.record_id = r.external_id
            WHERE r.id = ?1
            UNION
            SELECT a.lead_id, a.connection_id, a.record_id, a.external_id, a.email
            FROM identity i CROSS JOIN record r ON r.id = i.record_id CROSS JOIN activity a ON a.connection_id = r.connection_id AND a.email = i.value
            WHERE i.record_id = ?1 AND i.kind = 'email'
            """,
            row => (Lead: row.GetInt64(0), Connection: row.GetInt64(1), Record: row.GetString(2), ExternalId: row.GetString(3), Email: row.Text(4)),
            recordId);
        foreach (var activity in activities)
        {
            var lead = LeadOf(activity.Connection, activity.Record, activity.Email);
            if (lead != activity.Lead)
            {
                session.Execute($"UPDATE activity SET lead_id = ?4 WHERE {Key}", activity.Connection, activity.Record, activity.ExternalId, lead);
                due.Add(activity.Lead);
                due.Add(lead);
            }
        }
    }

    /// <summary>By the record, else by an address that the records of exactly one lead hold; 0: nobody's yet.</summary>
    private long LeadOf(long connectionId, string recordId, string? email)
    {
        var lead = recordId.Length == 0 ? 0 : LeadOfRecord(connectionId, recordId);
        return lead == 0 && email is not null ? LeadOfEmail(connectionId, email) : lead;
    }

    private long LeadOfRecord(long connectionId, string recordId)
    {
        if (!leadsByRecord.TryGetValue((connectionId, recordId), out var lead))
        {
            lead = session.Number("SELECT max(lead_id) FROM record WHERE connection_id = ?1 AND external_id = ?2", connectionId, recordId) ?? 0;
            leadsByRecord.Add((connectionId, recordId), lead);
        }

        return lead;
    }

    private long LeadOfEmail(long connectionId, string email)
    {
        if (!leadsByEmail.TryGetValue((connectionId, email), out var lead))
        {
            lead = session.Number(
                """
                SELECT CASE WHEN count(DISTINCT r.lead_id) = 1 THEN max(r.lead_id) ELSE 0 END
                FROM identity i JOIN record r ON r.id = i.record_id
                WHERE i.kind = 'email' AND i.value = ?2 AND r.connection_id = ?1 AND r.lead_id <> 0
                """,
                connectionId, email) ?? 0;
            leadsByEmail.Add((connectionId, email), lead);
        }

        return lead;
    }

    private void ForgetLeads()
    {
        leadsByRecord.Clear();
        leadsByEmail.Clear();
    }

    private void MarkDue(HashSet<long> leads) =>
        session.Execute("UPDATE lead SET is_due = 1 WHERE is_due = 0 AND id IN (SELECT value FROM json_each(?1))", Sql.List(leads));

    private static (ActivityRow? Row, string Attributes) Read(SqliteDataReader row, Func<string, IReadOnlyDictionary<string, string>> texts)
    {
        var attributes = row.GetString(6);
        return (new ActivityRow(row.GetInt64(2), row.GetString(3), row.GetString(4), row.GetString(5), row.Instant(1))
        {
            LeadId = row.GetInt64(0),
            Attributes = texts(attributes),
            Email = row.Text(7),
            UserId = row.Text(8),
            IsApproximate = row.Flag(9),
            IsDayOnly = row.Flag(10),
            CopyOf = row.Text(11),
            IsWithdrawn = row.Flag(12),
            SeenAt = row.Instant(13),
        }, attributes);
    }
}
