using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Texts;
using Npgsql;

namespace CrmLeadQualifier.Storage.Postgres;

internal sealed class PostgresReportRows(PostgresSession session) : IReportRows
{
    private const string StandingColumns = "lead_id, since, created_at, source, source_detail, country, status, because_json";
    private const string ReportColumns = "week, made_at, as_of, known_at, language, json, html, mailed_at";

    // $1: as of, $2: known at.
    private const string Reported =
        """
        WITH reported AS MATERIALIZED (
            SELECT DISTINCT lead_id FROM transition
            WHERE cause IN ('qualified', 'released', 'sales_direct') AND to_stage IN ('mql', 'sql') AND at <= $1 AND seen_at <= $2)

        """;

    private static readonly Columns<StandingRow> Standings = new(
        "standing",
        Column<StandingRow>.Number("lead_id", row => row.LeadId),
        Column<StandingRow>.Instant("since", row => row.Since),
        Column<StandingRow>.Instant("created_at", row => row.CreatedAt),
        Column<StandingRow>.Text("source", row => row.Source),
        Column<StandingRow>.Text("source_detail", row => row.SourceDetail),
        Column<StandingRow>.Text("country", row => row.Country),
        Column<StandingRow>.Text("status", row => Words.Of(row.Status)),
        Column<StandingRow>.Text("because_json", row => LedgerJson.Write(row.Because)));

    private static readonly string UpsertStandings = Standings.Upsert("lead_id, since") + ", until = NULL";

    public async Task<IReadOnlyList<StandingRow>> StandingsAsync(IReadOnlyCollection<long> leadIds) =>
        await session.QueryAsync($"SELECT {StandingColumns} FROM standing WHERE lead_id = ANY ($1) AND until IS NULL", ReadStanding, leadIds.ToArray()).ConfigureAwait(false);

    public async Task SaveStandingsAsync(IReadOnlyList<StandingRow> rows)
    {
        if (rows.Count > 0)
        {
            await session.ExecuteAsync(
                """
                UPDATE standing s SET until = given.since FROM unnest($1::bigint[], $2::bigint[]) AS given (lead_id, since)
                WHERE s.lead_id = given.lead_id AND s.until IS NULL AND s.since <> given.since
                """,
                rows.Select(row => row.LeadId).ToArray(), rows.Select(row => row.Since.UnixMilliseconds).ToArray()).ConfigureAwait(false);
            await session.ExecuteAsync(UpsertStandings, Standings.Values(rows)).ConfigureAwait(false);
        }
    }

    public Task EndStandingsAsync(IReadOnlyCollection<long> leadIds, Instant at) =>
        session.ExecuteAsync("UPDATE standing SET until = $2 WHERE lead_id = ANY ($1) AND until IS NULL", leadIds.ToArray(), at);

    public async Task<IReadOnlyList<StandingRow>> StandingsAsync(ReportInstants instants) => await session.QueryAsync(
        $"{Reported}SELECT {StandingColumns} FROM standing JOIN reported USING (lead_id) WHERE since <= $3 AND (until IS NULL OR until > $3)",
        ReadStanding,
        instants.AsOf, instants.KnownAt, instants.SeenBy).ConfigureAwait(false);

    public async Task<IReadOnlyList<NewLeadGroup>> OtherNewLeadsAsync(Instant from, Instant to, ReportInstants instants) => await session.QueryAsync(
        $"""
        {Reported}SELECT source, source_detail, status, because_json, count(*)
        FROM standing
        WHERE created_at >= $4 AND created_at < $5 AND created_at <= $1 AND since <= $3 AND (until IS NULL OR until > $3)
            AND NOT EXISTS (SELECT FROM reported WHERE reported.lead_id = standing.lead_id)
        GROUP BY source, source_detail, status, because_json
        """,
        row => new NewLeadGroup(row.TextOrNull(0), row.TextOrNull(1), Words.Read<LeadStatus>(row.GetString(2)), LedgerJson.List(row.Text(3)), (int)row.GetInt64(4)),
        instants.AsOf, instants.KnownAt, instants.SeenBy, from, to).ConfigureAwait(false);

    public async Task<IReadOnlyList<ReportedStage>> StagesAsync(ReportInstants instants) => await session.QueryAsync(
        $"""
        {Reported}SELECT lead_id, from_stage, to_stage, at, cause, seen_at, grade, source, owner_id, agreement_fingerprint
        FROM transition JOIN reported USING (lead_id)
        WHERE at <= $1 AND seen_at <= $2
        """,
        row => new ReportedStage(row.GetInt64(0), new StageChange(
            Words.Read<Stage>(row.GetString(1)), Words.Read<Stage>(row.GetString(2)), row.Instant(3), row.Text(4), row.Instant(5))
        {
            Grade = row.TextOrNull(6),
            Source = row.TextOrNull(7),
            Owner = row.TextOrNull(8),
            Agreement = row.Text(9),
        }),
        instants.AsOf, instants.KnownAt).ConfigureAwait(false);

    public async Task<IReadOnlyList<ReportedVerdict>> VerdictsAsync(ReportInstants instants) => await session.QueryAsync(
        $"""
        {Reported}SELECT r.lead_id, v.value, v.reason, v.at, v.seen_at, v.is_withdrawal
        FROM verdict v JOIN record r ON r.id = v.record_id JOIN reported ON reported.lead_id = r.lead_id
        WHERE v.at <= $1 AND v.seen_at <= $2
        ORDER BY v.at, v.id
        """,
        row => new ReportedVerdict(row.GetInt64(0), new VerdictFact(
            Words.Read<VerdictValue>(row.GetString(1)), row.TextOrNull(2), row.Instant(3), row.Instant(4), row.GetBoolean(5))),
        instants.AsOf, instants.KnownAt).ConfigureAwait(false);

    public async Task<IReadOnlyList<(long LeadId, DealRow Deal)>> DealsAsync(ReportInstants instants) => await session.QueryAsync(
        $"""
        {Reported}SELECT DISTINCT r.lead_id, d.connection_id, d.id, d.created_at, d.outcome, d.closed_at, d.records_json
        FROM deal d
        JOIN deal_record p ON p.connection_id = d.connection_id AND p.deal_id = d.id
        JOIN record r ON r.connection_id = p.connection_id AND r.external_id = p.record_id
        JOIN reported ON reported.lead_id = r.lead_id
        WHERE d.created_at <= $1 AND d.created_at <= $2
        """,
        row => (row.GetInt64(0), new DealRow(
            row.GetInt64(1), new Deal(row.Text(2), row.Instant(3), Words.Read<DealOutcome>(row.GetString(4)), row.InstantOrNull(5)))
        {
            RecordIds = LedgerJson.List(row.GetString(6)),
        }),
        instants.AsOf, instants.KnownAt).ConfigureAwait(false);

    public async Task<IReadOnlyList<ReportedClock>> ClocksAsync(ReportInstants instants) => await session.QueryAsync(
        """
        SELECT r.lead_id, w.field, w.value, w.sent_at, w.state
        FROM write w JOIN record r ON r.id = w.record_id
        WHERE w.field IN ('handed_over_at', 'answer_due_at') AND w.value <> '' AND w.sent_at <= $1
        ORDER BY w.sent_at, w.id
        """,
        row => new ReportedClock(row.GetInt64(0), row.GetString(1) == "answer_due_at", row.Text(2), row.Instant(3), row.GetString(4) == "confirmed"),
        instants.SeenBy).ConfigureAwait(false);

    public async Task<IReadOnlyList<ReportedContact>> ContactsAsync(ReportInstants instants) => await session.QueryAsync(
        $"""
        {Reported}SELECT lead_id, at, is_day_only, kind, attributes_json
        FROM activity JOIN reported USING (lead_id)
        WHERE user_id IS NOT NULL AND copy_of IS NULL AND NOT is_withdrawn AND kind IN ('call', 'email_sent', 'meeting') AND at <= $1 AND seen_at <= $2
        ORDER BY at
        """,
        row => new ReportedContact(row.GetInt64(0), row.Instant(1), row.GetBoolean(2), row.GetString(3), row.Text(4)),
        instants.AsOf, instants.KnownAt).ConfigureAwait(false);

    public Task AddSightingsAsync(IReadOnlyList<LifecycleSighting> sightings) => sightings.Count == 0 ? Task.CompletedTask : session.ExecuteAsync(
        """
        INSERT INTO lifecycle_sighting (record_id, at, stage, is_entry) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::boolean[])
        ON CONFLICT (record_id, at) DO UPDATE SET stage = excluded.stage
        """,
        sightings.Select(sighting => sighting.RecordId).ToArray(), sightings.Select(sighting => sighting.At.UnixMilliseconds).ToArray(),
        sightings.Select(sighting => sighting.Stage).ToArray(), sightings.Select(sighting => sighting.IsEntry).ToArray());

    public async Task<IReadOnlyList<LifecycleEntry>> LifecycleEntriesAsync(Instant from, Instant to, IReadOnlyCollection<string> stages) => await session.QueryAsync(
        """
        SELECT r.lead_id, r.connection_id, s.stage, s.at, false FROM lifecycle_sighting s JOIN record r ON r.id = s.record_id
        WHERE s.is_entry AND s.at >= $1 AND s.at < $2 AND s.stage = ANY ($3)
        UNION ALL
        SELECT r.lead_id, r.connection_id, w.value, w.sent_at, true FROM write w JOIN record r ON r.id = w.record_id
        WHERE w.field = 'lifecycle' AND w.state = 'confirmed' AND w.sent_at >= $1 AND w.sent_at < $2 AND w.value = ANY ($3)
        """,
        ReadEntry,
        from, to, stages.ToArray()).ConfigureAwait(false);

    public async Task<IReadOnlyList<LifecycleEntry>> LifecyclesAsync(IReadOnlyCollection<long> leadIds, Instant at) => await session.QueryAsync(
        """
        SELECT DISTINCT ON (r.id) r.lead_id, r.connection_id, s.stage, s.at, false FROM record r JOIN lifecycle_sighting s ON s.record_id = r.id
        WHERE r.lead_id = ANY ($1) AND s.at <= $2
        ORDER BY r.id, s.at DESC
        """,
        ReadEntry,
        leadIds.ToArray(), at).ConfigureAwait(false);

    public async Task<bool> AddAsync(ReportRow report) => await session.ExecuteAsync(
        $"INSERT INTO report ({ReportColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL) ON CONFLICT (week) DO NOTHING",
        report.Week, report.MadeAt, report.AsOf, report.KnownAt, report.Language, report.Json, report.Html).ConfigureAwait(false) == 1;

    public Task MarkMailedAsync(string week, Instant at) => session.ExecuteAsync("UPDATE report SET mailed_at = $2 WHERE week = $1 AND mailed_at IS NULL", week, at);

    public Task<ReportRow?> FindAsync(string week) => session.FirstAsync(
        $"SELECT {ReportColumns} FROM report WHERE week = $1",
        row => new ReportRow(row.Text(0), row.Instant(1), row.Instant(2), row.Instant(3), row.Text(4), row.Text(5), row.Text(6)) { MailedAt = row.InstantOrNull(7) },
        week);

    public async Task<IReadOnlyList<string>> WeeksAsync() => await session.QueryAsync("SELECT week FROM report ORDER BY week DESC", row => row.Text(0)).ConfigureAwait(false);

    private static StandingRow ReadStanding(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.Instant(1), row.InstantOrNull(2), row.TextOrNull(3), row.TextOrNull(4), row.TextOrNull(5), Words.Read<LeadStatus>(row.GetString(6)))
    {
        Because = LedgerJson.List(row.Text(7)),
    };

    private static LifecycleEntry ReadEntry(NpgsqlDataReader row) => new(row.GetInt64(0), row.GetInt64(1), row.Text(2), row.Instant(3), row.GetBoolean(4));
}
