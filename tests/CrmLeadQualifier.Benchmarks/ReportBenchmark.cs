using System.Diagnostics;
using System.Globalization;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Postgres;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Report;
using Npgsql;

namespace CrmLeadQualifier.Benchmarks;

/// <summary>
/// The alignment report over a ledger of a year: every fifth lead became MQL, most of those were handed over, contacted and answered, some won; with activities and writes of all other
/// kinds around them. Made by the server itself, read by the program as <c>report</c> reads it. MQLs, SQLs and wins are counted a second time by a statement of their own.
/// </summary>
internal static class ReportBenchmark
{
    private static readonly Instant End = Instant.From(new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.Zero));
    private static readonly Instant Start = End - TimeSpan.FromDays(365);

    /// <param name="kept">A database that is filled if it is not there, and stays; null: one of its own, dropped at the end.</param>
    public static async Task<int> RunAsync(TextWriter output, string server, int leads, string? kept)
    {
        var database = kept ?? string.Create(CultureInfo.InvariantCulture, $"clq_report_{Environment.ProcessId}");
        var isNew = await NumberAsync(server, $"SELECT count(*) FROM pg_database WHERE datname = '{database}'") == 0;
        if (isNew)
        {
            await ExecuteAsync(server, $"CREATE DATABASE {database}");
        }

        try
        {
            var address = new NpgsqlConnectionStringBuilder(server) { Database = database, CommandTimeout = 0 }.ConnectionString;
            await using var ledger = new PostgresLedger(address, TimeProvider.System);
            await ledger.MigrateAsync(default);
            var watch = Stopwatch.StartNew();
            if (isNew)
            {
                await SignAsync(ledger);
                await FillAsync(address, leads);
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{leads} leads made in {watch.Elapsed.TotalSeconds:0} s"));
            }

            foreach (var (name, request) in Requests())
            {
                for (var turn = 0; turn < 2; turn++)
                {
                    watch.Restart();
                    var report = await new ReportRun(ledger).MakeAsync(request, End, default);
                    var made = watch.Elapsed;
                    var json = ReportJson.Build(report).ToJsonString();
                    var html = ReportPage.Write(report);
                    await output.WriteLineAsync(string.Create(
                        CultureInfo.InvariantCulture,
                        $"{name}: {made.TotalSeconds:0.00} s, with JSON and page {watch.Elapsed.TotalSeconds:0.00} s; {report.Set.NewLeads.Count} new leads, {report.Set.Mqls} MQLs, {report.Set.MqlToSql.Rate.Count} SQLs, {report.Set.Close.Rate.Count} won, {json.Length >> 10} KiB of JSON, {html.Length >> 10} KiB of page, peak memory {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB"));
                    await CheckAsync(address, report);
                }
            }

            return 0;
        }
        finally
        {
            NpgsqlConnection.ClearAllPools();
            await DropAsync(server, database, kept is not null);
        }
    }

    private static async Task DropAsync(string server, string database, bool isKept)
    {
        if (!isKept)
        {
            await ExecuteAsync(server, $"DROP DATABASE {database} WITH (FORCE)");
        }
    }

    private static IEnumerable<(string Name, ReportRequest Request)> Requests() =>
    [
        ("the whole year", new ReportRequest(Start, End)),
        ("the whole year, as of half a year ago", new ReportRequest(Start, End - TimeSpan.FromDays(180), End - TimeSpan.FromDays(180))),
        ("the usual 91 days", new ReportRequest()),
    ];

    private static async Task CheckAsync(string address, WeeklyReport report)
    {
        var window = report.Set.Window;
        var sql = FormattableString.Invariant(
            $"""
            WITH m AS (SELECT lead_id, min(at) AS at FROM ledger.transition WHERE to_stage = 'mql' AND cause = 'qualified' AND at >= {window.From.UnixMilliseconds} AND at < {window.To.UnixMilliseconds} AND at <= {window.AsOf.UnixMilliseconds} GROUP BY 1)
            SELECT count(*) || ' ' || count(s.lead_id) FILTER (WHERE s.at >= m.at) || ' ' || count(d.id) FILTER (WHERE d.closed_at >= m.at)
            FROM m
            LEFT JOIN ledger.transition s ON s.lead_id = m.lead_id AND s.to_stage = 'sql' AND s.at <= {window.AsOf.UnixMilliseconds}
            LEFT JOIN ledger.deal d ON d.id = 'd' || m.lead_id AND d.outcome = 'won' AND d.closed_at <= {window.AsOf.UnixMilliseconds}
            """);
        await using var connection = new NpgsqlConnection(address);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        var counted = (string)(await command.ExecuteScalarAsync())!;
        var reported = string.Create(CultureInfo.InvariantCulture, $"{report.Set.Mqls} {report.Set.MqlToSql.Rate.Count} {report.Set.Close.Rate.Count}");
        if (counted != reported)
        {
            throw new InvalidOperationException($"The report says {reported}, the ledger {counted}.");
        }
    }

    private static async Task SignAsync(PostgresLedger ledger)
    {
        var yaml = await File.ReadAllTextAsync(Path.Combine(Folder(), "definitions", "b2b-software.en.yaml"));
        var definition = DefinitionReader.Read(System.Text.Encoding.UTF8.GetBytes(yaml), "b2b-software").Definition!;
        await using var transaction = await ledger.BeginAsync(null, default);
        var version = await transaction.Definitions.AddAsync(definition.AgreementFingerprint, definition.ScoringFingerprint, yaml, Start, "benchmark", null);
        await transaction.Definitions.SignAsync(new SignatureRow(version, "marketing", "m", Start, definition.AgreementFingerprint));
        await transaction.Definitions.SignAsync(new SignatureRow(version, "sales", "s", Start, definition.AgreementFingerprint));
        await transaction.Connections.SaveAsync(new ConnectionRow(0, "hub", "hubspot", "4711") { CreatedAt = Start });
        await transaction.CommitAsync(default);
    }

    private static string Folder()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "CrmLeadQualifier.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The benchmark runs within the repository.");
        }

        return folder;
    }

    /// <summary>Instants in the order of the leads' numbers, all numbers drawn from hashes: the same leads each time.</summary>
    private static async Task FillAsync(string address, int leads)
    {
        var created = FormattableString.Invariant($"({Start.UnixMilliseconds} + n * {(End - Start).TotalMilliseconds / leads:0}::bigint)");
        var mql = $"({created} + 3600000 * (1 + hashint4(n + 1) & 63))";
        string[] scripts =
        [
            """
            CREATE OR REPLACE FUNCTION ledger.h(n integer, salt integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT hashint4($1 * 31 + $2) & 1023'
            """,
            FormattableString.Invariant(
            $$"""
            INSERT INTO ledger.lead (id, stage, is_held, is_released, is_due, scoring_fingerprint, status, total, scored_at, version, hand_over_record_id, state_json, notes_json)
            SELECT n, 'lead', false, false, false, 'f', 'not_yet', ledger.h(n, 9) / 10, {{End.UnixMilliseconds}}, 1, n, '{"stage":"lead"}',
                '["' || repeat('x', 600) || '"]'
            FROM generate_series(1, {{leads}}) n
            """),
            FormattableString.Invariant(
            $$"""
            INSERT INTO ledger.record (id, connection_id, object, external_id, lead_id, stamp, is_gone, owner_id, hand_over_due, push_due, link_due, history_due, has_overrides, is_baseline,
                attributes_json, known_json, sales_due_json, overrides_json, foreign_json)
            SELECT n, 1, 'contact', n::text, n, {{End.UnixMilliseconds}}, false, 'o' || ledger.h(n, 8) / 50, 0, false, false, false, false, false,
                '{"email":"person' || n || '@example.org","company":"' || repeat('x', 300) || '"}', '{"lq_score":"' || repeat('1', 200) || '"}', '{}', '{}', '{}'
            FROM generate_series(1, {{leads}}) n
            """),
            $$"""
            INSERT INTO ledger.standing (lead_id, since, created_at, source, source_detail, country, status, because_json, known_json, connections)
            SELECT n, {{created}}, {{created}}, (ARRAY['PAID_SEARCH', 'ORGANIC_SEARCH', 'EMAIL_MARKETING', 'REFERRALS', 'DIRECT_TRAFFIC', NULL])[1 + ledger.h(n, 1) % 6], 'campaign ' || ledger.h(n, 2) / 50,
                (ARRAY['France', 'Germany', 'Spain', 'Ireland'])[1 + ledger.h(n, 3) % 4], CASE WHEN ledger.h(n, 4) < 200 AND n % 5 <> 0 THEN 'excluded' ELSE 'not_yet' END,
                CASE WHEN ledger.h(n, 4) < 200 AND n % 5 <> 0 THEN '["student"]' ELSE '[]' END,
                (ARRAY['["country","employees","industry","job_title"]', '["country","job_title"]', '["job_title"]', '[]'])[1 + ledger.h(n, 15) % 4], '1'
            FROM generate_series(1, {{leads}}) n
            """,
            $"""
            INSERT INTO ledger.transition (lead_id, from_stage, to_stage, at, cause, seen_at, agreement_fingerprint, scoring_fingerprint, profile, behaviour, intent, grade, source, owner_id, run)
            SELECT n, 'lead', 'mql', {mql}, 'qualified', {mql}, 'a', 'f', 40, 20, 40, (ARRAY['A1', 'A2', 'B1', 'B3', 'C2'])[1 + ledger.h(n, 5) % 5],
                (ARRAY['PAID_SEARCH', 'ORGANIC_SEARCH', 'EMAIL_MARKETING', 'REFERRALS', 'DIRECT_TRAFFIC', NULL])[1 + ledger.h(n, 1) % 6], 'o' || ledger.h(n, 8) / 50, 'r'
            FROM generate_series(5, {leads}, 5) n
            """,
            """
            INSERT INTO ledger.transition (lead_id, from_stage, to_stage, at, cause, seen_at, agreement_fingerprint, scoring_fingerprint, profile, behaviour, intent, run)
            SELECT t.lead_id, 'mql', s.stage, t.at + 86400000 * s.days + 1000 * ledger.h(t.lead_id::int, 6), 'verdict', t.at + 86400000 * s.days + 1000 * ledger.h(t.lead_id::int, 6), 'a', 'f', 40, 20, 40, 'r'
            FROM ledger.transition t, (VALUES ('sal', 1, 800), ('sql', 4, 500), ('recycled', 5, 300)) s (stage, days, share)
            WHERE t.to_stage = 'mql' AND ledger.h(t.lead_id::int, 7) < s.share
            """,
            """
            INSERT INTO ledger.verdict (record_id, value, at, reason, is_approximate, is_withdrawal, seen_at, is_decided)
            SELECT lead_id, CASE to_stage WHEN 'sal' THEN 'accepted' WHEN 'sql' THEN 'qualified' ELSE 'rejected' END, at,
                CASE WHEN to_stage = 'recycled' THEN (ARRAY['no_need', 'no_budget', 'bad_timing', NULL])[1 + ledger.h(lead_id::int, 10) % 4] END, false, false, seen_at, true
            FROM ledger.transition WHERE to_stage <> 'mql'
            """,
            """
            INSERT INTO ledger.deal (connection_id, id, created_at, outcome, closed_at, records_json)
            SELECT 1, 'd' || lead_id, at + 86400000, CASE WHEN ledger.h(lead_id::int, 11) < 300 THEN 'won' ELSE 'open' END, CASE WHEN ledger.h(lead_id::int, 11) < 300 THEN at + 86400000 * 20 END, '["' || lead_id || '"]'
            FROM ledger.transition WHERE to_stage = 'sql'
            """,
            "UPDATE ledger.deal SET seen_at = created_at, outcome_seen_at = coalesce(closed_at, created_at)",
            "INSERT INTO ledger.deal_record (connection_id, record_id, deal_id) SELECT 1, substr(id, 2), id FROM ledger.deal",
            """
            INSERT INTO ledger.write (run, connection_id, record_id, field, before, value, state, sent_at)
            SELECT 'r', 1, lead_id, f.field, '', CASE f.field WHEN 'lifecycle' THEN 'marketingqualifiedlead' ELSE ledger.instant_text(at + f.hours * 3600000) END, 'confirmed', at + 60000
            FROM ledger.transition, (VALUES ('stage', 0), ('score', 0), ('reasons', 0), ('handed_over_at', 0), ('answer_due_at', 8), ('lifecycle', 0)) f (field, hours)
            WHERE to_stage = 'mql' AND ledger.h(lead_id::int, 12) < 950
            """,
            """
            INSERT INTO ledger.lifecycle_sighting (record_id, at, stage, is_entry, moved_by)
            SELECT lead_id, at + 60000, 'marketingqualifiedlead', lead_id % 4 = 0, 'workflow' FROM ledger.transition WHERE to_stage = 'mql' AND ledger.h(lead_id::int, 12) >= 900
            UNION ALL
            SELECT lead_id, at, 'salesqualifiedlead', true, 'person' FROM ledger.transition WHERE to_stage = 'sql'
            """,
            """
            INSERT INTO ledger.hand_over (lead_id, mql_at, handed_over_at, due_at, first_contact_at, first_contact_kind, is_day_only, was_in_contact, owner_id, owner_changes, seen_at)
            SELECT lead_id, at, CASE WHEN step > 0 THEN at + 60000 END, CASE WHEN step > 0 THEN at + 8 * 3600000 END,
                CASE WHEN step = 2 THEN at + 3600000 * (ledger.h(lead_id::int, 13) % 60) END, CASE WHEN step = 2 THEN 'call' END, false,
                step = 2 AND ledger.h(lead_id::int, 13) % 60 = 0, owner_id, 0, at + 60000 + CASE WHEN step = 2 THEN 3600000 * 60 ELSE 0 END
            FROM ledger.transition, generate_series(0, 2) step
            WHERE to_stage = 'mql' AND (step = 0 OR ledger.h(lead_id::int, 12) < 950) AND (step < 2 OR ledger.h(lead_id::int, 14) < 850)
            ORDER BY at, step
            """,
            """
            INSERT INTO ledger.activity (lead_id, at, connection_id, seen_at, is_approximate, is_day_only, is_withdrawn, external_id, record_id, kind, attributes_json, user_id, packed)
            SELECT lead_id, at + 3600000 * (ledger.h(lead_id::int, 13) % 60), 1, at + 3600000 * 60, false, false, false, 'call:' || lead_id, lead_id::text, 'call', '{"direction":"outbound"}', 'u1', '\x01'
            FROM ledger.transition WHERE to_stage = 'mql' AND ledger.h(lead_id::int, 14) < 850
            """,
            FormattableString.Invariant(
            $$"""
            INSERT INTO ledger.activity (lead_id, at, connection_id, seen_at, is_approximate, is_day_only, is_withdrawn, external_id, record_id, kind, attributes_json, packed)
            SELECT n, {{End.UnixMilliseconds}} - k * 1000000000::bigint, 1, {{End.UnixMilliseconds}}, false, false, false, 'visit:' || k, n::text, 'page_view', '{"url":"us.example/pricing"}', '\x01'
            FROM generate_series(1, {{leads}}) n, generate_series(1, 2) k
            """),
            "ANALYZE",
        ];
        foreach (var script in scripts)
        {
            await ExecuteAsync(address, script);
        }

        await ExecuteAsync(address, "VACUUM ledger.standing");
        await ExecuteAsync(address, "VACUUM ledger.transition");
    }

    private static async Task<long> NumberAsync(string server, string sql)
    {
        await using var connection = new NpgsqlConnection(server);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(string server, string sql)
    {
        await using var connection = new NpgsqlConnection(server);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }
}
