using System.Globalization;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Texts;
using Npgsql;

namespace CrmLeadQualifier.Storage.Postgres;

internal sealed class PostgresLeadRows(PostgresSession session) : ILeadRows
{
    private static readonly Columns<LeadRow> Leads = new(
        "lead",
        Column<LeadRow>.Number("id", row => row.Id),
        Column<LeadRow>.Text("stage", row => Words.Of(row.State.Stage)),
        Column<LeadRow>.Flag("is_held", row => row.State.IsHeld),
        Column<LeadRow>.Flag("is_released", row => row.IsReleased),
        Column<LeadRow>.Flag("is_due", row => row.IsDue),
        Column<LeadRow>.Instant("next_due_at", row => row.NextDueAt),
        Column<LeadRow>.Text("scoring_fingerprint", row => row.State.ScoringFingerprint),
        Column<LeadRow>.Text("status", row => row.Score is { } score ? Words.Of(score.Status) : null),
        Column<LeadRow>.Integer("total", row => row.Score?.Total),
        Column<LeadRow>.Instant("scored_at", row => row.ScoredAt),
        Column<LeadRow>.Integer("version", row => row.Version),
        Column<LeadRow>.Number("hand_over_record_id", row => row.HandOverRecordId),
        Column<LeadRow>.Text("state_json", row => LedgerJson.Write(row.State)),
        Column<LeadRow>.Text("score_json", row => row.Score is null ? null : LedgerJson.Write(row.Score)),
        Column<LeadRow>.Text("notes_json", row => LedgerJson.Write(row.Notes)));

    private static readonly Columns<TransitionRow> Transitions = new(
        "transition",
        Column<TransitionRow>.Number("lead_id", row => row.LeadId),
        Column<TransitionRow>.Text("from_stage", row => Words.Of(row.Transition.From)),
        Column<TransitionRow>.Text("to_stage", row => Words.Of(row.Transition.To)),
        Column<TransitionRow>.Instant("at", row => row.Transition.At),
        Column<TransitionRow>.Text("cause", row => row.Transition.Cause),
        Column<TransitionRow>.Instant("seen_at", row => row.SeenAt),
        Column<TransitionRow>.Text("agreement_fingerprint", row => row.AgreementFingerprint),
        Column<TransitionRow>.Text("scoring_fingerprint", row => row.ScoringFingerprint),
        Column<TransitionRow>.Integer("profile", row => row.Profile),
        Column<TransitionRow>.Integer("behaviour", row => row.Behaviour),
        Column<TransitionRow>.Integer("intent", row => row.Intent),
        Column<TransitionRow>.Text("grade", row => row.Grade),
        Column<TransitionRow>.Text("source", row => row.Source),
        Column<TransitionRow>.Text("owner_id", row => row.OwnerId),
        Column<TransitionRow>.Text("run", row => row.Run));

    private static readonly Columns<AttributeValueRow> AttributeValues = new(
        "attribute_value",
        Column<AttributeValueRow>.Number("record_id", row => row.RecordId),
        Column<AttributeValueRow>.Text("name", row => row.Name),
        Column<AttributeValueRow>.Text("value", row => row.Value),
        Column<AttributeValueRow>.Instant("since", row => row.From),
        Column<AttributeValueRow>.Instant("seen_at", row => row.SeenAt));

    private const string HasRecord = "EXISTS (SELECT FROM record r WHERE r.lead_id = lead.id)";

    private static readonly string Select = $"SELECT {Leads.Names} FROM lead";

    // Each reason has an index in its order, and each lead belongs to its first reason: a walk meets it once, and a batch costs what it holds. What another has taken is passed over.
    private static readonly string TakeByFact = Take("is_due", "id");
    private static readonly string TakeByRelease = Take("is_released AND NOT is_due", "id");
    private static readonly string TakeByTime = Take("next_due_at <= $3 AND (next_due_at, id) > ($4, $1) AND NOT is_due AND NOT is_released", "next_due_at, id");
    private static readonly string TakeByFingerprint = Take("scoring_fingerprint = $4 AND NOT is_due AND NOT is_released AND (next_due_at IS NULL OR next_due_at > $3)", "id");

    // The scoring fingerprints under which there are leads are a few, found by leaping along the index from one to the next.
    private const string Fingerprints =
        """
        WITH RECURSIVE seen (fingerprint) AS (
            SELECT min(scoring_fingerprint) FROM lead WHERE scoring_fingerprint IS NOT NULL
            UNION ALL
            SELECT (SELECT min(scoring_fingerprint) FROM lead WHERE scoring_fingerprint > seen.fingerprint) FROM seen WHERE seen.fingerprint IS NOT NULL
        )
        SELECT fingerprint FROM seen WHERE fingerprint IS NOT NULL
        """;

    // Leads with records of which no other writer has one.
    private const string OfFreeRecords =
        """
        WITH free AS (SELECT id FROM record WHERE lead_id = ANY ($1) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)
        SELECT r.lead_id FROM record r LEFT JOIN free ON free.id = r.id WHERE r.lead_id = ANY ($1) GROUP BY r.lead_id HAVING count(free.id) = count(*)
        """;

    private static readonly string Update = Leads.Update;
    private static readonly string InsertTransitions = Transitions.Insert;
    private static readonly string UpsertAttributeValues = AttributeValues.Upsert("record_id, since, name");

    public async Task<int> CountDueAsync(Instant at, string scoringFingerprint) => (int)(await session.NumberAsync(
        $"""
        SELECT count(*) FROM (
            SELECT id FROM lead WHERE is_due
            UNION SELECT id FROM lead WHERE is_released
            UNION SELECT id FROM lead WHERE next_due_at <= $1
            UNION SELECT id FROM lead WHERE scoring_fingerprint < $2
            UNION SELECT id FROM lead WHERE scoring_fingerprint > $2) AS lead
        WHERE {HasRecord}
        """,
        at, scoringFingerprint).ConfigureAwait(false))!.Value;

    public async Task<IReadOnlyList<long>> CreateAsync(int count)
    {
        if (count == 0)
        {
            return [];
        }

        var ids = await NewIds.TakeAsync(session, "lead", count).ConfigureAwait(false);
        await session.ExecuteAsync(Leads.Insert, Leads.Values([.. ids.Select(id => new LeadRow(id))])).ConfigureAwait(false);
        return ids;
    }

    public Task<IReadOnlyList<LeadRow>> GetAsync(IReadOnlyCollection<long> leadIds) => ManyAsync($"{Select} WHERE id = ANY ($1) ORDER BY id{session.Lock}", leadIds.ToArray());

    public Task<IReadOnlyList<LeadRow>> ListAsync(long afterId, int limit) => ManyAsync($"{Select} WHERE id > $1 AND {HasRecord} ORDER BY id LIMIT $2", afterId, limit);

    public Task<IReadOnlyList<LeadRow>> TakeDueAsync(DueWalk walk, int limit) => walk.TakeAsync(
        limit,
        wanted => walk.Reason switch
        {
            DueReason.Fact => session.TakeLeadsAsync(TakeByFact, Read, walk.AfterId, wanted),
            DueReason.Release => session.TakeLeadsAsync(TakeByRelease, Read, walk.AfterId, wanted),
            DueReason.Time => session.TakeLeadsAsync(TakeByTime, Read, walk.AfterId, wanted, walk.At, walk.AfterInstant),
            _ => session.TakeLeadsAsync(TakeByFingerprint, Read, walk.AfterId, wanted, walk.At, walk.OtherFingerprint),
        },
        OfFreeRecordsAsync,
        () => session.TakeLeadsAsync(Fingerprints, row => row.GetString(0)));

    public async Task SaveAsync(IReadOnlyList<LeadRow> rows)
    {
        if (rows.Count > 0 && await session.ExecuteAsync(Update, Leads.Values(rows)).ConfigureAwait(false) != rows.Count)
        {
            var there = await session.QueryAsync("SELECT id FROM lead WHERE id = ANY ($1)", row => row.GetInt64(0), rows.Select(row => row.Id).ToArray()).ConfigureAwait(false);
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The ledger has no lead {rows.First(row => !there.Contains(row.Id)).Id} to update."));
        }
    }

    public Task MarkDueAsync(IReadOnlyCollection<long> leadIds) => DueLeads.MarkAsync(session, leadIds);

    public async Task JoinAsync(long from, long to)
    {
        await session.ExecuteAsync("UPDATE transition SET lead_id = $2 WHERE lead_id = $1", from, to).ConfigureAwait(false);
        await session.ExecuteAsync("UPDATE hand_over SET lead_id = $2 WHERE lead_id = $1", from, to).ConfigureAwait(false);
        await session.ExecuteAsync("UPDATE report_name SET lead_id = $2 WHERE lead_id = $1", from, to).ConfigureAwait(false);
        await session.ExecuteAsync("UPDATE activity SET lead_id = $2 WHERE lead_id = $1 AND lead_id <> 0", from, to).ConfigureAwait(false);
        await session.ExecuteAsync("DELETE FROM standing WHERE lead_id = $1", from).ConfigureAwait(false);
    }

    public Task<IReadOnlyList<LeadRow>> HeldAsync(int limit, bool byRecency)
    {
        const string LastActivity = "(SELECT a.at FROM activity a WHERE a.lead_id = lead.id AND a.lead_id <> 0 AND NOT a.is_withdrawn ORDER BY a.at DESC LIMIT 1) DESC NULLS LAST, ";
        return ManyAsync(
            $"{Select} WHERE is_held AND NOT is_released AND status = 'qualified' AND {HasRecord} ORDER BY {(byRecency ? LastActivity : "")}total DESC NULLS LAST, id LIMIT $1{session.Lock}", limit);
    }

    public async Task<LeadCounts> CountAsync()
    {
        var found = await session.QueryAsync(
            $"SELECT stage, count(*), count(*) FILTER (WHERE is_held) FROM lead WHERE {HasRecord} GROUP BY stage",
            row => (Stage: Words.Read<Stage>(row.GetString(0)), Count: (int)row.GetInt64(1), Held: (int)row.GetInt64(2))).ConfigureAwait(false);
        var byStage = Enum.GetValues<Stage>().ToDictionary(stage => stage, stage => found.Where(f => f.Stage == stage).Sum(f => f.Count));
        return new LeadCounts(found.Sum(f => f.Count), found.Sum(f => f.Held), byStage);
    }

    public async Task<int> CountTransitionsAsync(string cause, Instant since) =>
        (int)(await session.NumberAsync("SELECT count(*) FROM transition WHERE cause = $1 AND seen_at >= $2", cause, since).ConfigureAwait(false) ?? 0);

    public Task AddTransitionsAsync(IReadOnlyList<TransitionRow> rows) => rows.Count == 0 ? Task.CompletedTask : session.ExecuteAsync(InsertTransitions, Transitions.Values(rows));

    public async Task<IReadOnlyDictionary<long, IReadOnlyList<TransitionRow>>> TransitionsAsync(IReadOnlyCollection<long> leadIds)
    {
        var rows = await session.QueryAsync(
            $"SELECT {Transitions.Names} FROM transition WHERE lead_id = ANY ($1) ORDER BY id", ReadTransition, leadIds.ToArray()).ConfigureAwait(false);
        return rows.GroupBy(row => row.LeadId).ToDictionary(group => group.Key, IReadOnlyList<TransitionRow> (group) => [.. group]);
    }

    public Task AddAttributeValuesAsync(IReadOnlyList<AttributeValueRow> rows) => rows.Count == 0
        ? Task.CompletedTask
        : session.ExecuteAsync(UpsertAttributeValues, AttributeValues.Values([.. rows.GroupBy(row => (row.RecordId, row.From, row.Name), (_, same) => same.Last())]));

    public async Task<IReadOnlyList<AttributeValueRow>> AttributeValuesAsync(IReadOnlyCollection<long> recordIds) => await session.QueryAsync(
        $"SELECT {AttributeValues.Names} FROM attribute_value WHERE record_id = ANY ($1) ORDER BY since, record_id, name",
        row => new AttributeValueRow(row.GetInt64(0), row.Text(1), row.Text(2), row.Instant(3), row.Instant(4)),
        recordIds.ToArray()).ConfigureAwait(false);

    /// <summary>
    /// Takes the leads' records too, and passes over a lead of which another writer has one: whoever waits for a lead while it has its record, and whoever waits for a record while
    /// it has the lead, would wait for each other. Such a lead stays due.
    /// </summary>
    private async Task<IEnumerable<LeadRow>> OfFreeRecordsAsync(List<LeadRow> leads)
    {
        var free = (await session.QueryAsync(OfFreeRecords, row => row.GetInt64(0), leads.Select(lead => lead.Id).ToArray()).ConfigureAwait(false)).ToHashSet();
        return leads.Where(lead => free.Contains(lead.Id));
    }

    // The score is the longest column, and the one that is about to be made anew.
    private static string Take(string reason, string order) => Select.Replace("score_json", "NULL", StringComparison.Ordinal)
        + $" WHERE {reason}{(order == "id" ? " AND id > $1" : "")} ORDER BY {order} LIMIT $2 FOR UPDATE SKIP LOCKED";

    private async Task<IReadOnlyList<LeadRow>> ManyAsync(string sql, params object?[] values) => await session.QueryAsync(sql, Read, values).ConfigureAwait(false);

    private static LeadRow Read(NpgsqlDataReader row) => new(row.GetInt64(0))
    {
        IsReleased = row.GetBoolean(3),
        IsDue = row.GetBoolean(4),
        NextDueAt = row.InstantOrNull(5),
        ScoredAt = row.InstantOrNull(9),
        Version = row.GetInt32(10),
        HandOverRecordId = row.GetInt64(11),
        State = LedgerJson.State(row.GetString(12)),
        Score = row.IsDBNull(13) ? null : LedgerJson.Score(row.GetString(13)),
        Notes = LedgerJson.List(row.GetString(14)),
    };

    private static TransitionRow ReadTransition(NpgsqlDataReader row) =>
        new(row.GetInt64(0), new Transition(Words.Read<Stage>(row.GetString(1)), Words.Read<Stage>(row.GetString(2)), row.Instant(3), row.Text(4)))
        {
            SeenAt = row.Instant(5),
            AgreementFingerprint = row.Text(6),
            ScoringFingerprint = row.Text(7),
            Profile = row.GetInt32(8),
            Behaviour = row.GetInt32(9),
            Intent = row.GetInt32(10),
            Grade = row.TextOrNull(11),
            Source = row.TextOrNull(12),
            OwnerId = row.TextOrNull(13),
            Run = row.Text(14),
        };
}
