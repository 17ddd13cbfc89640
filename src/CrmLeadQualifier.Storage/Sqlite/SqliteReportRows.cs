using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Texts;
using Microsoft.Data.Sqlite;

namespace CrmLeadQualifier.Storage.Sqlite;

internal sealed class SqliteReportRows(SqliteSession session) : IReportRows
{
    private const string StandingColumns = "lead_id, since, created_at, source, source_detail, country, status, because_json";
    private const string ReportColumns = "week, made_at, as_of, known_at, language, json, html, mailed_at";

    // ?1: as of, ?2: known at.
    private const string Reported =
        """
        WITH reported AS MATERIALIZED (
            SELECT DISTINCT lead_id FROM transition
            WHERE cause IN ('qualified', 'released', 'sales_direct') AND to_stage IN ('mql', 'sql') AND at <= ?1 AND seen_at <= ?2)

        """;

    private static readonly string UpsertStanding = Sql.Insert("standing", $"{StandingColumns}, known_json, connections")
        + " ON CONFLICT (lead_id, since) DO UPDATE SET (created_at, source, source_detail, country, status, because_json, known_json, connections, until)"
        + " = (excluded.created_at, excluded.source, excluded.source_detail, excluded.country, excluded.status, excluded.because_json, excluded.known_json, excluded.connections, NULL)";

    public Task<IReadOnlyList<StandingRow>> StandingsAsync(IReadOnlyCollection<long> leadIds) => Task.FromResult<IReadOnlyList<StandingRow>>(session.Query(
        $"SELECT {StandingColumns}, known_json, connections FROM standing WHERE lead_id IN (SELECT value FROM json_each(?1)) AND until IS NULL",
        row => ReadStanding(row) with { Known = LedgerJson.List(row.GetString(8)), Connections = IdList.Read(row.GetString(9)) },
        Sql.List(leadIds)));

    public Task SaveStandingsAsync(IReadOnlyList<StandingRow> rows)
    {
        foreach (var row in rows)
        {
            session.Execute("UPDATE standing SET until = ?2 WHERE lead_id = ?1 AND until IS NULL AND since <> ?2", row.LeadId, row.Since);
            session.Execute(
                UpsertStanding, row.LeadId, row.Since, row.CreatedAt, row.Source, row.SourceDetail, row.Country, Words.Of(row.Status), LedgerJson.Write(row.Because),
                LedgerJson.Write(row.Known), IdList.Write(row.Connections));
        }

        return Task.CompletedTask;
    }

    public Task EndStandingsAsync(IReadOnlyCollection<long> leadIds, Instant at)
    {
        session.Execute("UPDATE standing SET until = ?2 WHERE lead_id IN (SELECT value FROM json_each(?1)) AND until IS NULL", Sql.List(leadIds), at);
        return Task.CompletedTask;
    }

    public async Task ReadFactsAsync(Instant from, Instant to, ReportInstants instants, ReportedFactsTaker taker)
    {
        ReadStages(instants, taker.Stage);
        session.Read(
            $"{Reported}SELECT {StandingColumns} FROM standing JOIN reported USING (lead_id) WHERE since <= ?3 AND (until IS NULL OR until > ?3)",
            row => taker.Standing(ReadStanding(row)),
            instants.AsOf, instants.KnownAt, instants.SeenBy);
        ReadVerdicts(instants, taker.Verdict);
        ReadDeals(instants, taker.Deal);
        session.Read(
            "SELECT lead_id, id, mql_at, handed_over_at, due_at, first_contact_at, seen_at FROM hand_over WHERE mql_at <= ?1 AND seen_at <= ?2",
            row => taker.HandOver(new ReportedHandOver(row.GetInt64(0), row.GetInt64(1), row.Instant(2), row.InstantOrNull(3), row.InstantOrNull(4), row.InstantOrNull(5), row.Instant(6))),
            instants.AsOf, instants.KnownAt);
        session.Read("SELECT DISTINCT lead_id FROM record WHERE hand_over_due > 0", row => taker.UnconfirmedHandOver(row.GetInt64(0)));
        session.Read(
            "SELECT known_json, connections, count(*) FROM standing WHERE since <= ?1 AND (until IS NULL OR until > ?1) GROUP BY known_json, connections",
            row => taker.Known(new KnownAttributes(LedgerJson.List(row.GetString(0)), IdList.Read(row.GetString(1)), (int)row.GetInt64(2))),
            instants.SeenBy);
        foreach (var group in await OtherNewLeadsAsync(from, to, instants).ConfigureAwait(false))
        {
            taker.OtherNewLeads(group);
        }
    }

    public Task<IReadOnlyList<NewLeadGroup>> OtherNewLeadsAsync(Instant from, Instant to, ReportInstants instants) => Task.FromResult<IReadOnlyList<NewLeadGroup>>(session.Query(
        $"""
        {Reported}SELECT source, source_detail, status, because_json, count(*)
        FROM standing
        WHERE created_at >= ?4 AND created_at < ?5 AND created_at <= ?1 AND since <= ?3 AND (until IS NULL OR until > ?3)
            AND NOT EXISTS (SELECT 1 FROM reported WHERE reported.lead_id = standing.lead_id)
        GROUP BY source, source_detail, status, because_json
        """,
        row => new NewLeadGroup(row.Text(0), row.Text(1), Words.Read<LeadStatus>(row.GetString(2)), LedgerJson.List(row.GetString(3)), (int)row.GetInt64(4)),
        instants.AsOf, instants.KnownAt, instants.SeenBy, from, to));

    private void ReadStages(ReportInstants instants, Action<ReportedStage> take) => session.Read(
        $"""
        {Reported}SELECT lead_id, id, from_stage, to_stage, at, cause, seen_at, grade, source, owner_id, agreement_fingerprint
        FROM transition JOIN reported USING (lead_id)
        WHERE at <= ?1 AND seen_at <= ?2
        """,
        row => take(new ReportedStage(
            row.GetInt64(0), row.GetInt64(1), Words.Read<Stage>(row.GetString(2)), Words.Read<Stage>(row.GetString(3)), row.Instant(4), row.GetString(5), row.Instant(6),
            row.Text(7), row.Text(8), row.Text(9), row.GetString(10))),
        instants.AsOf, instants.KnownAt);

    private void ReadVerdicts(ReportInstants instants, Action<ReportedVerdict> take) => session.Read(
        $"""
        {Reported}SELECT r.lead_id, v.id, v.value, v.reason, v.at, v.seen_at, v.is_withdrawal
        FROM verdict v JOIN record r ON r.id = v.record_id JOIN reported ON reported.lead_id = r.lead_id
        WHERE v.at <= ?1 AND v.seen_at <= ?2
        """,
        row => take(new ReportedVerdict(row.GetInt64(0), row.GetInt64(1), new VerdictFact(
            Words.Read<VerdictValue>(row.GetString(2)), row.Text(3), row.Instant(4), row.Instant(5), row.Flag(6)))),
        instants.AsOf, instants.KnownAt);

    /// <summary>A deal whose present state was seen later was open, as far as was known.</summary>
    private void ReadDeals(ReportInstants instants, Action<long, DealRow> take) => session.Read(
        $"""
        {Reported}SELECT DISTINCT r.lead_id, d.connection_id, d.id, d.created_at, CASE WHEN d.outcome_seen_at <= ?2 THEN d.outcome ELSE 'open' END,
            CASE WHEN d.outcome_seen_at <= ?2 THEN d.closed_at END, d.records_json, d.seen_at
        FROM deal d
        JOIN deal_record p ON p.connection_id = d.connection_id AND p.deal_id = d.id
        JOIN record r ON r.connection_id = p.connection_id AND r.external_id = p.record_id
        JOIN reported ON reported.lead_id = r.lead_id
        WHERE d.created_at <= ?1 AND d.seen_at <= ?2
        """,
        row => take(row.GetInt64(0), new DealRow(
            row.GetInt64(1), new Deal(row.GetString(2), row.Instant(3), Words.Read<DealOutcome>(row.GetString(4)), row.InstantOrNull(5)))
        {
            RecordIds = LedgerJson.List(row.GetString(6)),
            SeenAt = row.Instant(7),
        }),
        instants.AsOf, instants.KnownAt);

    public Task AddSightingsAsync(IReadOnlyList<LifecycleSighting> sightings)
    {
        foreach (var sighting in sightings)
        {
            session.Execute(
                Sql.Insert("lifecycle_sighting", "record_id, at, stage, is_entry") + " ON CONFLICT (record_id, at) DO UPDATE SET stage = excluded.stage",
                sighting.RecordId, sighting.At, sighting.Stage, sighting.IsEntry);
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<UnexplainedEntry>> UnexplainedEntriesAsync(long connectionId, IReadOnlyCollection<string> stages, int limit) =>
        Task.FromResult<IReadOnlyList<UnexplainedEntry>>([.. session.Query(
            """
            SELECT s.record_id, s.at, s.stage, r.object, r.external_id FROM lifecycle_sighting s JOIN record r ON r.id = s.record_id
            WHERE s.is_entry = 1 AND s.moved_by IS NULL AND r.connection_id = ?1 AND r.is_gone = 0
            ORDER BY s.at DESC, s.record_id
            """,
            row => new UnexplainedEntry(row.GetInt64(0), row.Instant(1), row.GetString(2), row.GetString(3), row.GetString(4)),
            connectionId).Where(entry => stages.Contains(entry.Stage)).Take(limit)]);

    public Task ExplainEntriesAsync(IReadOnlyList<(UnexplainedEntry Entry, string MovedBy)> explained)
    {
        foreach (var (entry, movedBy) in explained)
        {
            session.Execute("UPDATE lifecycle_sighting SET moved_by = ?3 WHERE record_id = ?1 AND at = ?2", entry.RecordId, entry.At, movedBy);
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<LifecycleEntry>> LifecycleEntriesAsync(Instant from, Instant to, IReadOnlyCollection<string> stages) => Task.FromResult<IReadOnlyList<LifecycleEntry>>(
    [
        .. session.Query(
            """
            SELECT r.lead_id, r.connection_id, s.stage, s.at, 0, s.moved_by FROM lifecycle_sighting s JOIN record r ON r.id = s.record_id
            WHERE s.is_entry = 1 AND s.at >= ?1 AND s.at < ?2
            UNION ALL
            SELECT r.lead_id, r.connection_id, w.value, w.sent_at, 1, NULL FROM write w JOIN record r ON r.id = w.record_id
            WHERE w.field = 'lifecycle' AND w.state = 'confirmed' AND w.sent_at >= ?1 AND w.sent_at < ?2
            """,
            ReadEntry,
            from, to).Where(entry => stages.Contains(entry.Stage)),
    ]);

    public Task<IReadOnlyList<LifecycleEntry>> LifecyclesAsync(IReadOnlyCollection<long> leadIds, Instant at) => Task.FromResult<IReadOnlyList<LifecycleEntry>>(session.Query(
        """
        SELECT r.lead_id, r.connection_id, s.stage, max(s.at), 0, s.moved_by FROM record r JOIN lifecycle_sighting s ON s.record_id = r.id
        WHERE r.lead_id IN (SELECT value FROM json_each(?1)) AND s.at <= ?2
        GROUP BY r.id
        """,
        ReadEntry,
        Sql.List(leadIds), at));

    public Task<bool> AddAsync(ReportRow report, IReadOnlyList<ReportName> names)
    {
        var isNew = session.Execute(
            $"INSERT INTO report ({ReportColumns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL) ON CONFLICT (week) DO NOTHING",
            report.Week, report.MadeAt, report.AsOf, report.KnownAt, report.Language, report.Json, report.Html) == 1;
        foreach (var name in isNew ? names : [])
        {
            session.Execute("INSERT INTO report_name (week, place, lead_id, text) VALUES (?1, ?2, ?3, ?4)", report.Week, name.Place, name.LeadId, name.Text);
        }

        return Task.FromResult(isNew);
    }

    public Task MarkMailedAsync(string week, Instant at)
    {
        session.Execute("UPDATE report SET mailed_at = ?2 WHERE week = ?1 AND mailed_at IS NULL", week, at);
        return Task.CompletedTask;
    }

    public Task<ReportRow?> FindAsync(string week)
    {
        var report = session.First(
            $"SELECT {ReportColumns} FROM report WHERE week = ?1",
            row => new ReportRow(row.GetString(0), row.Instant(1), row.Instant(2), row.Instant(3), row.GetString(4), row.GetString(5), row.GetString(6)) { MailedAt = row.InstantOrNull(7) },
            week);
        return Task.FromResult(report is null ? null : ReportPlaces.Filled(report, session.Query(
            "SELECT place, lead_id, text FROM report_name WHERE week = ?1", row => new ReportName(row.GetInt32(0), row.GetInt64(1), row.GetString(2)), week)));
    }

    public Task<IReadOnlyList<string>> WeeksAsync() => Task.FromResult<IReadOnlyList<string>>(session.Query("SELECT week FROM report ORDER BY week DESC", row => row.GetString(0)));

    private static StandingRow ReadStanding(SqliteDataReader row) => new(
        row.GetInt64(0), row.Instant(1), row.InstantOrNull(2), row.Text(3), row.Text(4), row.Text(5), Words.Read<LeadStatus>(row.GetString(6)))
    {
        Because = LedgerJson.List(row.GetString(7)),
    };

    private static LifecycleEntry ReadEntry(SqliteDataReader row) => new(row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.Instant(3), row.Flag(4), row.Text(5));
}
