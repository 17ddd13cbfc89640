using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Texts;
using Microsoft.Data.Sqlite;

namespace CrmLeadQualifier.Storage.Sqlite;

internal sealed class SqliteLeadRows(SqliteSession session) : ILeadRows
{
    private const string Columns =
        "stage, is_held, is_released, is_due, next_due_at, scoring_fingerprint, status, total, scored_at, version, hand_over_record_id, state_json, score_json, notes_json";

    private const string Select = $"SELECT {Columns}, id FROM lead";
    private const string HasRecord = "EXISTS (SELECT 1 FROM record r WHERE r.lead_id = lead.id)";

    private const string TransitionColumns =
        "lead_id, from_stage, to_stage, at, cause, seen_at, agreement_fingerprint, scoring_fingerprint, profile, behaviour, intent, grade, source, owner_id, run";

    private static readonly string Insert = Sql.Insert("lead", Columns) + " RETURNING id";
    private static readonly string Update = Sql.Update("lead", Columns);
    private static readonly string InsertTransition = Sql.Insert("transition", TransitionColumns);

    public Task<IReadOnlyList<long>> CreateAsync(int count)
    {
        var values = Values(new LeadRow(0));
        var ids = new long[count];
        for (var i = 0; i < count; i++)
        {
            ids[i] = session.Number(Insert, values)!.Value;
        }

        return Task.FromResult<IReadOnlyList<long>>(ids);
    }

    public Task<IReadOnlyList<LeadRow>> GetAsync(IReadOnlyCollection<long> leadIds) => Many($"{Select} WHERE id IN (SELECT value FROM json_each(?1))", Sql.List(leadIds));

    public Task<IReadOnlyList<LeadRow>> ListAsync(long afterId, int limit) => Many($"{Select} WHERE id > ?1 AND {HasRecord} ORDER BY id LIMIT ?2", afterId, limit);

    // Each reason has an index in its order, and each lead belongs to its first reason: a walk meets it once, and a batch costs what it holds. The writing transaction is alone in the
    // file: nobody else takes these leads meanwhile.
    public Task<IReadOnlyList<LeadRow>> TakeDueAsync(DueWalk walk, int limit) => walk.TakeAsync(
        limit,
        wanted => Task.FromResult(walk.Reason switch
        {
            DueReason.Fact => session.Query($"{Select} WHERE is_due = 1 AND id > ?1 AND {HasRecord} ORDER BY id LIMIT ?2", Read, walk.AfterId, wanted),
            DueReason.Release => session.Query($"{Select} WHERE is_released = 1 AND is_due = 0 AND id > ?1 AND {HasRecord} ORDER BY id LIMIT ?2", Read, walk.AfterId, wanted),
            DueReason.Time => session.Query(
                $"""
                {Select} INDEXED BY lead_next_due
                WHERE next_due_at IS NOT NULL AND next_due_at <= ?3 AND (next_due_at, id) > (?4, ?1) AND is_due = 0 AND is_released = 0 AND {HasRecord}
                ORDER BY next_due_at, id LIMIT ?2
                """,
                Read, walk.AfterId, wanted, walk.At, walk.AfterInstant),
            _ => session.Query(
                $"""
                {Select}
                WHERE scoring_fingerprint = ?4 AND id > ?1 AND is_due = 0 AND is_released = 0 AND (next_due_at IS NULL OR next_due_at > ?3) AND {HasRecord}
                ORDER BY id LIMIT ?2
                """,
                Read, walk.AfterId, wanted, walk.At, walk.OtherFingerprint),
        }),
        leads => Task.FromResult(leads.Select(lead => lead with { Score = null })),
        () => Task.FromResult(Fingerprints()));

    public Task<int> CountDueAsync(Instant at, string scoringFingerprint) => Task.FromResult((int)session.Number(
        $"""
        SELECT count(*) FROM (
            SELECT id FROM lead WHERE is_due = 1
            UNION SELECT id FROM lead WHERE is_released = 1
            UNION SELECT id FROM lead WHERE next_due_at <= ?1
            UNION SELECT id FROM lead WHERE scoring_fingerprint < ?2
            UNION SELECT id FROM lead WHERE scoring_fingerprint > ?2) AS lead
        WHERE {HasRecord}
        """,
        at, scoringFingerprint)!.Value);

    public Task SaveAsync(IReadOnlyList<LeadRow> rows)
    {
        foreach (var row in rows)
        {
            if (session.Execute(Update, [.. Values(row), row.Id]) == 0)
            {
                throw new InvalidOperationException($"The ledger has no lead {row.Id} to update.");
            }
        }

        return Task.CompletedTask;
    }

    public Task MarkDueAsync(IReadOnlyCollection<long> leadIds)
    {
        session.Execute("UPDATE lead SET is_due = 1 WHERE is_due = 0 AND id IN (SELECT value FROM json_each(?1))", Sql.List(leadIds));
        return Task.CompletedTask;
    }

    public Task JoinAsync(long from, long to)
    {
        session.Execute("UPDATE transition SET lead_id = ?2 WHERE lead_id = ?1", from, to);
        session.Execute("UPDATE hand_over SET lead_id = ?2 WHERE lead_id = ?1", from, to);
        session.Execute("UPDATE report_name SET lead_id = ?2 WHERE lead_id = ?1", from, to);
        session.Execute("UPDATE activity SET lead_id = ?2 WHERE lead_id = ?1", from, to);
        session.Execute("DELETE FROM standing WHERE lead_id = ?1", from);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<LeadRow>> HeldAsync(int limit, bool byRecency)
    {
        const string LastActivity = "(SELECT a.at FROM activity a WHERE a.lead_id = lead.id AND a.is_withdrawn = 0 ORDER BY a.at DESC LIMIT 1) DESC NULLS LAST, ";
        return Many($"{Select} WHERE is_held = 1 AND is_released = 0 AND status = 'qualified' AND {HasRecord} ORDER BY {(byRecency ? LastActivity : "")}total DESC NULLS LAST, id LIMIT ?1", limit);
    }

    public Task<LeadCounts> CountAsync()
    {
        var found = session.Query(
            $"SELECT stage, count(*), sum(is_held) FROM lead WHERE {HasRecord} GROUP BY stage",
            row => (Stage: Words.Read<Stage>(row.GetString(0)), Count: row.GetInt32(1), Held: row.GetInt32(2)));
        var byStage = Enum.GetValues<Stage>().ToDictionary(stage => stage, stage => found.Where(f => f.Stage == stage).Sum(f => f.Count));
        return Task.FromResult(new LeadCounts(found.Sum(f => f.Count), found.Sum(f => f.Held), byStage));
    }

    public Task<int> CountTransitionsAsync(string cause, Instant since) =>
        Task.FromResult((int)(session.Number("SELECT count(*) FROM transition WHERE cause = ?1 AND seen_at >= ?2", cause, since) ?? 0));

    public Task AddTransitionsAsync(IReadOnlyList<TransitionRow> rows)
    {
        foreach (var row in rows)
        {
            session.Execute(
                InsertTransition,
                row.LeadId, Words.Of(row.Transition.From), Words.Of(row.Transition.To), row.Transition.At, row.Transition.Cause, row.SeenAt, row.AgreementFingerprint, row.ScoringFingerprint,
                row.Profile, row.Behaviour, row.Intent, row.Grade, row.Source, row.OwnerId, row.Run);
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyDictionary<long, IReadOnlyList<TransitionRow>>> TransitionsAsync(IReadOnlyCollection<long> leadIds)
    {
        var rows = session.Query($"SELECT {TransitionColumns} FROM transition WHERE lead_id IN (SELECT value FROM json_each(?1)) ORDER BY id", ReadTransition, Sql.List(leadIds));
        return Task.FromResult<IReadOnlyDictionary<long, IReadOnlyList<TransitionRow>>>(
            rows.GroupBy(row => row.LeadId).ToDictionary(group => group.Key, IReadOnlyList<TransitionRow> (group) => [.. group]));
    }

    public Task AddAttributeValuesAsync(IReadOnlyList<AttributeValueRow> rows)
    {
        foreach (var row in rows)
        {
            session.Execute(
                "INSERT OR REPLACE INTO attribute_value (record_id, since, name, value, seen_at) VALUES (?1, ?2, ?3, ?4, ?5)", row.RecordId, row.From, row.Name, row.Value, row.SeenAt);
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<AttributeValueRow>> AttributeValuesAsync(IReadOnlyCollection<long> recordIds) => Task.FromResult<IReadOnlyList<AttributeValueRow>>(session.Query(
        "SELECT record_id, name, value, since, seen_at FROM attribute_value WHERE record_id IN (SELECT value FROM json_each(?1)) ORDER BY since, record_id, name",
        row => new AttributeValueRow(row.GetInt64(0), row.GetString(1), row.GetString(2), row.Instant(3), row.Instant(4)),
        Sql.List(recordIds)));

    /// <summary>The scoring fingerprints under which there are leads: a few, found by leaping along the index from one to the next.</summary>
    private List<string> Fingerprints() => session.Query(
        """
        WITH RECURSIVE seen (fingerprint) AS (
            SELECT min(scoring_fingerprint) FROM lead WHERE scoring_fingerprint IS NOT NULL
            UNION ALL
            SELECT (SELECT min(scoring_fingerprint) FROM lead WHERE scoring_fingerprint > seen.fingerprint) FROM seen WHERE seen.fingerprint IS NOT NULL
        )
        SELECT fingerprint FROM seen WHERE fingerprint IS NOT NULL
        """,
        row => row.GetString(0));

    private Task<IReadOnlyList<LeadRow>> Many(string sql, params ReadOnlySpan<object?> values) => Task.FromResult<IReadOnlyList<LeadRow>>(session.Query(sql, Read, values));

    private static object?[] Values(LeadRow row) =>
    [
        Words.Of(row.State.Stage), row.State.IsHeld, row.IsReleased, row.IsDue, row.NextDueAt, row.State.ScoringFingerprint, row.Score is { } score ? Words.Of(score.Status) : null,
        row.Score?.Total, row.ScoredAt, row.Version, row.HandOverRecordId, LedgerJson.Write(row.State), row.Score is null ? null : LedgerJson.Write(row.Score), LedgerJson.Write(row.Notes),
    ];

    private static LeadRow Read(SqliteDataReader row) => new(row.GetInt64(14))
    {
        IsReleased = row.Flag(2),
        IsDue = row.Flag(3),
        NextDueAt = row.InstantOrNull(4),
        ScoredAt = row.InstantOrNull(8),
        Version = row.GetInt32(9),
        HandOverRecordId = row.GetInt64(10),
        State = LedgerJson.State(row.GetString(11)),
        Score = row.Text(12) is { } score ? LedgerJson.Score(score) : null,
        Notes = LedgerJson.List(row.GetString(13)),
    };

    private static TransitionRow ReadTransition(SqliteDataReader row) =>
        new(row.GetInt64(0), new Transition(Words.Read<Stage>(row.GetString(1)), Words.Read<Stage>(row.GetString(2)), row.Instant(3), row.GetString(4)))
        {
            SeenAt = row.Instant(5),
            AgreementFingerprint = row.GetString(6),
            ScoringFingerprint = row.GetString(7),
            Profile = row.GetInt32(8),
            Behaviour = row.GetInt32(9),
            Intent = row.GetInt32(10),
            Grade = row.Text(11),
            Source = row.Text(12),
            OwnerId = row.Text(13),
            Run = row.GetString(14),
        };
}
