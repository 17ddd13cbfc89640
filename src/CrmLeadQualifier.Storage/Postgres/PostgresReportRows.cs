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
        (SELECT DISTINCT lead_id FROM transition
            WHERE cause IN ('qualified', 'released', 'sales_direct') AND to_stage IN ('mql', 'sql') AND at <= $1 AND seen_at <= $2) reported
        """;

    /// <summary>How much one step of a statement may keep in memory before it writes to disk: a report sorts and joins hundreds of thousands of rows.</summary>
    private const string RoomForSets = "SET LOCAL work_mem = '64MB'";

    private static readonly Columns<StandingRow> Standings = new(
        "standing",
        Column<StandingRow>.Number("lead_id", row => row.LeadId),
        Column<StandingRow>.Instant("since", row => row.Since),
        Column<StandingRow>.Instant("created_at", row => row.CreatedAt),
        Column<StandingRow>.Text("source", row => row.Source),
        Column<StandingRow>.Text("source_detail", row => row.SourceDetail),
        Column<StandingRow>.Text("country", row => row.Country),
        Column<StandingRow>.Text("status", row => Words.Of(row.Status)),
        Column<StandingRow>.Text("because_json", row => LedgerJson.Write(row.Because)),
        Column<StandingRow>.Text("known_json", row => LedgerJson.Write(row.Known)),
        Column<StandingRow>.Text("connections", row => IdList.Write(row.Connections)));

    private static readonly string UpsertStandings = Standings.Upsert("lead_id, since") + ", until = NULL";

    public async Task<IReadOnlyList<StandingRow>> StandingsAsync(IReadOnlyCollection<long> leadIds) => await session.QueryAsync(
        $"SELECT {StandingColumns}, known_json, connections FROM standing WHERE lead_id = ANY ($1) AND until IS NULL",
        row => ReadStanding(row, new RepeatedTexts()) with { Known = LedgerJson.List(row.Text(8)), Connections = IdList.Read(row.Text(9)) },
        leadIds.ToArray()).ConfigureAwait(false);

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

    /// <summary>Its statements run beside each other, on connections that see this transaction's state: reading takes as long as the slowest of them.</summary>
    public async Task ReadFactsAsync(Instant from, Instant to, ReportInstants instants, ReportedFactsTaker taker)
    {
        var snapshot = await session.ShareSnapshotAsync().ConfigureAwait(false);
        await Task.WhenAll(
            BesideAsync(beside => ReadStagesAsync(beside, instants, taker.Stage)),
            BesideAsync(beside => ReadVerdictsAsync(beside, instants, taker.Verdict)),
            BesideAsync(beside => ReadHandOversAsync(beside, instants, taker.HandOver)),
            BesideAsync(beside => ReadStandingsAsync(beside, instants, taker.Standing)),
            BesideAsync(beside => ReadDealsAsync(beside, instants, taker.Deal)),
            BesideAsync(beside => ReadKnownAsync(beside, instants, taker.Known)),
            BesideAsync(beside => ReadOtherNewLeadsAsync(beside, from, to, instants, taker.OtherNewLeads)),
            session.ReadAsync("SELECT DISTINCT lead_id FROM record WHERE hand_over_due > 0", row => taker.UnconfirmedHandOver(row.GetInt64(0)))).ConfigureAwait(false);

        async Task BesideAsync(Func<PostgresSession, Task> read)
        {
            var beside = await session.BeginBesideAsync(snapshot).ConfigureAwait(false);
            await using (beside.ConfigureAwait(false))
            {
                await beside.ExecuteAsync(RoomForSets).ConfigureAwait(false);
                await read(beside).ConfigureAwait(false);
            }
        }
    }

    public async Task<IReadOnlyList<NewLeadGroup>> OtherNewLeadsAsync(Instant from, Instant to, ReportInstants instants)
    {
        var groups = new List<NewLeadGroup>();
        await ReadOtherNewLeadsAsync(session, from, to, instants, groups.Add).ConfigureAwait(false);
        return groups;
    }

    private static Task ReadOtherNewLeadsAsync(PostgresSession session, Instant from, Instant to, ReportInstants instants, Action<NewLeadGroup> take) => session.ReadAsync(
        $"""
        SELECT source, source_detail, status, because_json, count(*)
        FROM standing LEFT JOIN {Reported} USING (lead_id)
        WHERE created_at >= $4 AND created_at < $5 AND created_at <= $1 AND since <= $3 AND (until IS NULL OR until > $3) AND reported.lead_id IS NULL
        GROUP BY source, source_detail, status, because_json
        """,
        row => take(new NewLeadGroup(row.TextOrNull(0), row.TextOrNull(1), Words.Read<LeadStatus>(row.GetString(2)), LedgerJson.List(row.Text(3)), (int)row.GetInt64(4))),
        instants.AsOf, instants.KnownAt, instants.SeenBy, from, to);

    private static Task ReadKnownAsync(PostgresSession session, ReportInstants instants, Action<KnownAttributes> take) => session.ReadAsync(
        "SELECT known_json, connections, count(*) FROM standing WHERE since <= $1 AND (until IS NULL OR until > $1) GROUP BY known_json, connections",
        row => take(new KnownAttributes(LedgerJson.List(row.Text(0)), IdList.Read(row.Text(1)), (int)row.GetInt64(2))),
        instants.SeenBy);

    private static Task ReadStagesAsync(PostgresSession session, ReportInstants instants, Action<ReportedStage> take)
    {
        var texts = new RepeatedTexts();
        return session.ReadAsync(
            $"""
            SELECT lead_id, id, from_stage, to_stage, at, cause, seen_at, grade, source, owner_id, agreement_fingerprint
            FROM transition JOIN {Reported} USING (lead_id)
            WHERE at <= $1 AND seen_at <= $2
            """,
            row => take(new ReportedStage(
                row.GetInt64(0), row.GetInt64(1), Words.Read<Stage>(row.GetString(2)), Words.Read<Stage>(row.GetString(3)), row.Instant(4), texts.Of(row.Text(5)), row.Instant(6),
                texts.OrNull(row.TextOrNull(7)), texts.OrNull(row.TextOrNull(8)), texts.OrNull(row.TextOrNull(9)), texts.Of(row.Text(10)))),
            instants.AsOf, instants.KnownAt);
    }

    private static Task ReadVerdictsAsync(PostgresSession session, ReportInstants instants, Action<ReportedVerdict> take)
    {
        var texts = new RepeatedTexts();
        return session.ReadAsync(
            $"""
            SELECT r.lead_id, v.id, v.value, v.reason, v.at, v.seen_at, v.is_withdrawal
            FROM verdict v JOIN record r ON r.id = v.record_id JOIN {Reported} ON reported.lead_id = r.lead_id
            WHERE v.at <= $1 AND v.seen_at <= $2
            """,
            row => take(new ReportedVerdict(row.GetInt64(0), row.GetInt64(1), new VerdictFact(
                Words.Read<VerdictValue>(row.GetString(2)), texts.OrNull(row.TextOrNull(3)), row.Instant(4), row.Instant(5), row.GetBoolean(6)))),
            instants.AsOf, instants.KnownAt);
    }

    private static Task ReadStandingsAsync(PostgresSession session, ReportInstants instants, Action<StandingRow> take)
    {
        var texts = new RepeatedTexts();
        return session.ReadAsync(
            $"SELECT {StandingColumns} FROM standing JOIN {Reported} USING (lead_id) WHERE since <= $3 AND (until IS NULL OR until > $3)",
            row => take(ReadStanding(row, texts)),
            instants.AsOf, instants.KnownAt, instants.SeenBy);
    }

    /// <summary>A deal whose present state was seen later was open, as far as was known.</summary>
    private static Task ReadDealsAsync(PostgresSession session, ReportInstants instants, Action<long, DealRow> take) => session.ReadAsync(
        $"""
        SELECT DISTINCT r.lead_id, d.connection_id, d.id, d.created_at, CASE WHEN d.outcome_seen_at <= $2 THEN d.outcome ELSE 'open' END,
            CASE WHEN d.outcome_seen_at <= $2 THEN d.closed_at END, d.records_json, d.seen_at
        FROM deal d
        JOIN deal_record p ON p.connection_id = d.connection_id AND p.deal_id = d.id
        JOIN record r ON r.connection_id = p.connection_id AND r.external_id = p.record_id
        JOIN {Reported} ON reported.lead_id = r.lead_id
        WHERE d.created_at <= $1 AND d.seen_at <= $2
        """,
        row => take(row.GetInt64(0), new DealRow(
            row.GetInt64(1), new Deal(row.Text(2), row.Instant(3), Words.Read<DealOutcome>(row.GetString(4)), row.InstantOrNull(5)))
        {
            RecordIds = LedgerJson.List(row.GetString(6)),
            SeenAt = row.Instant(7),
        }),
        instants.AsOf, instants.KnownAt);

    private static Task ReadHandOversAsync(PostgresSession session, ReportInstants instants, Action<ReportedHandOver> take) => session.ReadAsync(
        "SELECT lead_id, id, mql_at, handed_over_at, due_at, first_contact_at, seen_at FROM hand_over WHERE mql_at <= $1 AND seen_at <= $2",
        row => take(new ReportedHandOver(row.GetInt64(0), row.GetInt64(1), row.Instant(2), row.InstantOrNull(3), row.InstantOrNull(4), row.InstantOrNull(5), row.Instant(6))),
        instants.AsOf, instants.KnownAt);

    public Task AddSightingsAsync(IReadOnlyList<LifecycleSighting> sightings) => sightings.Count == 0 ? Task.CompletedTask : session.ExecuteAsync(
        """
        INSERT INTO lifecycle_sighting (record_id, at, stage, is_entry) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::boolean[])
        ON CONFLICT (record_id, at) DO UPDATE SET stage = excluded.stage
        """,
        sightings.Select(sighting => sighting.RecordId).ToArray(), sightings.Select(sighting => sighting.At.UnixMilliseconds).ToArray(),
        sightings.Select(sighting => sighting.Stage).ToArray(), sightings.Select(sighting => sighting.IsEntry).ToArray());

    public async Task<IReadOnlyList<UnexplainedEntry>> UnexplainedEntriesAsync(long connectionId, IReadOnlyCollection<string> stages, int limit) => await session.QueryAsync(
        """
        SELECT s.record_id, s.at, s.stage, r.object, r.external_id FROM lifecycle_sighting s JOIN record r ON r.id = s.record_id
        WHERE s.is_entry AND s.moved_by IS NULL AND r.connection_id = $1 AND NOT r.is_gone AND s.stage = ANY ($2)
        ORDER BY s.at DESC, s.record_id LIMIT $3
        """,
        row => new UnexplainedEntry(row.GetInt64(0), row.Instant(1), row.Text(2), row.Text(3), row.Text(4)),
        connectionId, stages.ToArray(), limit).ConfigureAwait(false);

    public Task ExplainEntriesAsync(IReadOnlyList<(UnexplainedEntry Entry, string MovedBy)> explained) => explained.Count == 0 ? Task.CompletedTask : session.ExecuteAsync(
        """
        UPDATE lifecycle_sighting s SET moved_by = given.moved_by FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS given (record_id, at, moved_by)
        WHERE s.record_id = given.record_id AND s.at = given.at
        """,
        explained.Select(one => one.Entry.RecordId).ToArray(), explained.Select(one => one.Entry.At.UnixMilliseconds).ToArray(), explained.Select(one => one.MovedBy).ToArray());

    public async Task<IReadOnlyList<LifecycleEntry>> LifecycleEntriesAsync(Instant from, Instant to, IReadOnlyCollection<string> stages) => await session.QueryAsync(
        """
        SELECT r.lead_id, r.connection_id, s.stage, s.at, false, s.moved_by FROM lifecycle_sighting s JOIN record r ON r.id = s.record_id
        WHERE s.is_entry AND s.at >= $1 AND s.at < $2 AND s.stage = ANY ($3)
        UNION ALL
        SELECT r.lead_id, r.connection_id, w.value, w.sent_at, true, NULL FROM write w JOIN record r ON r.id = w.record_id
        WHERE w.field = 'lifecycle' AND w.state = 'confirmed' AND w.sent_at >= $1 AND w.sent_at < $2 AND w.value = ANY ($3)
        """,
        ReadEntry,
        from, to, stages.ToArray()).ConfigureAwait(false);

    public async Task<IReadOnlyList<LifecycleEntry>> LifecyclesAsync(IReadOnlyCollection<long> leadIds, Instant at) => await session.QueryAsync(
        """
        SELECT DISTINCT ON (r.id) r.lead_id, r.connection_id, s.stage, s.at, false, s.moved_by FROM record r JOIN lifecycle_sighting s ON s.record_id = r.id
        WHERE r.lead_id = ANY ($1) AND s.at <= $2
        ORDER BY r.id, s.at DESC
        """,
        ReadEntry,
        leadIds.ToArray(), at).ConfigureAwait(false);

    public async Task<bool> AddAsync(ReportRow report, IReadOnlyList<ReportName> names)
    {
        var isNew = await session.ExecuteAsync(
            $"INSERT INTO report ({ReportColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL) ON CONFLICT (week) DO NOTHING",
            report.Week, report.MadeAt, report.AsOf, report.KnownAt, report.Language, report.Json, report.Html).ConfigureAwait(false) == 1;
        if (isNew && names.Count > 0)
        {
            await session.ExecuteAsync(
                "INSERT INTO report_name (week, place, lead_id, text) SELECT $1, * FROM unnest($2::integer[], $3::bigint[], $4::text[])",
                report.Week, names.Select(name => name.Place).ToArray(), names.Select(name => name.LeadId).ToArray(), names.Select(name => name.Text).ToArray()).ConfigureAwait(false);
        }

        return isNew;
    }

    public Task MarkMailedAsync(string week, Instant at) => session.ExecuteAsync("UPDATE report SET mailed_at = $2 WHERE week = $1 AND mailed_at IS NULL", week, at);

    public async Task<ReportRow?> FindAsync(string week)
    {
        var report = await session.FirstAsync(
            $"SELECT {ReportColumns} FROM report WHERE week = $1",
            row => new ReportRow(row.Text(0), row.Instant(1), row.Instant(2), row.Instant(3), row.Text(4), row.Text(5), row.Text(6)) { MailedAt = row.InstantOrNull(7) },
            week).ConfigureAwait(false);
        return report is null ? null : ReportPlaces.Filled(report, await session.QueryAsync(
            "SELECT place, lead_id, text FROM report_name WHERE week = $1", row => new ReportName(row.GetInt32(0), row.GetInt64(1), row.Text(2)), week).ConfigureAwait(false));
    }

    public async Task<IReadOnlyList<string>> WeeksAsync() => await session.QueryAsync("SELECT week FROM report ORDER BY week DESC", row => row.Text(0)).ConfigureAwait(false);

    private static StandingRow ReadStanding(NpgsqlDataReader row, RepeatedTexts texts) => new(
        row.GetInt64(0), row.Instant(1), row.InstantOrNull(2), texts.OrNull(row.TextOrNull(3)), texts.OrNull(row.TextOrNull(4)), texts.OrNull(row.TextOrNull(5)), Words.Read<LeadStatus>(row.GetString(6)))
    {
        Because = LedgerJson.List(row.Text(7)),
    };

    private static LifecycleEntry ReadEntry(NpgsqlDataReader row) => new(row.GetInt64(0), row.GetInt64(1), row.Text(2), row.Instant(3), row.GetBoolean(4), row.TextOrNull(5));

    /// <summary>There are some dozens of sources, owners and grades in hundreds of thousands of rows: each is kept once.</summary>
    private sealed class RepeatedTexts
    {
        private readonly Dictionary<string, string> _known = [];

        public string Of(string text) => _known.TryAdd(text, text) ? text : _known[text];

        public string? OrNull(string? text) => text is null ? null : Of(text);
    }
}
