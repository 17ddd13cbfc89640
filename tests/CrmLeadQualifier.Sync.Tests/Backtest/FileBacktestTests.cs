using System.Text;
using System.Text.Json.Nodes;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Sync.Backtest;

namespace CrmLeadQualifier.Sync.Tests.Backtest;

public sealed class FileBacktestTests
{
    private const string Cautious = SyncTest.TestAgreement;

    /// <summary>A manager is an MQL from one visit of the price list on; students are out of target no more.</summary>
    private static readonly string Eager = Cautious.Replace("total: { at_least: 60 }", "total: { at_least: 50 }", StringComparison.Ordinal)
        .Replace("Student, if: { job_title: { has_word: [student] } }", "Intern, if: { job_title: { has_word: [intern] } }", StringComparison.Ordinal);

    private const string Ann = """
        {"id": "ann", "attributes": {"email": "ann@acme.example", "job_title": "Manager", "source": "Ads", "created_at": "2026-01-05T10:00:00Z"},
         "activities": [{"kind": "page_view", "at": "2026-01-10T10:00:00Z", "attributes": {"url": "/pricing"}}, {"kind": "page_view", "at": "2026-01-20T10:00:00Z", "attributes": {"url": "/pricing"}}],
         "verdicts": [{"value": "accepted", "at": "2026-01-22T10:00:00Z"}],
         "deals": [{"id": "D1", "created_at": "2026-01-25T10:00:00Z", "closed_at": "2026-02-20T10:00:00Z", "won": true, "amount": 1200}]}
        """;

    private const string Ben = """
        {"id": "ben", "attributes": {"email": "ben@acme.example", "job_title": "Student manager", "created_at": "2026-01-06T10:00:00Z"},
         "activities": [{"kind": "form_submission", "at": "2026-01-07T10:00:00Z", "attributes": {"form": "demo"}}], "verdicts": [{"value": "rejected", "reason": "not_target", "at": "2026-01-09T10:00:00Z"}]}
        """;

    [Fact]
    public void An_mql_is_dated_by_the_first_instant_at_which_the_status_is_qualified()
    {
        var json = Backtest(Eager, Cautious, [Ann, Ben]);

        // 30 for the manager and 20 for the first visit; the cautious agreement wants the second one, by when the first is still worth 20.
        Assert.Equal("2026-01-07T10:00:00Z", (string)Assert.Single(json["gained"]!.AsArray())!["at"]!);
        Assert.Equal("ben@acme.example", (string)json["gained"]![0]!["lead"]!);
        Assert.Equal("student", (string)json["gained"]![0]!["other"]!["excluded_by"]![0]!);
        Assert.Equal(("rejected", "not_target"), ((string)json["gained"]![0]!["verdict"]!, (string)json["gained"]![0]!["reason"]!));
        Assert.Empty(json["lost"]!.AsArray());
        Assert.Equal((2, 1), ((int)json["mqls"]!, (int)json["against"]!["mqls"]!));
        Assert.Equal(12.0, (double)json["mql_to_sql"]!["lag_days"]!["median"]!);
        Assert.Equal(2.0, (double)json["against"]!["mql_to_sql"]!["lag_days"]!["median"]!);
        Assert.Equal(41.0, (double)json["close"]!["lag_days"]!["median"]!);
        Assert.Equal((1, 2), ((int)json["close"]!["count"]!, (int)json["close"]!["of"]!));
        Assert.Equal(["Ads", "(none)"], json["close_by_source"]!.AsArray().Select(source => (string)source!["source"]!).OrderDescending());
    }

    [Fact]
    public void Nothing_after_the_end_of_the_window_is_looked_at()
    {
        const string To = "2026-01-21T00:00:00Z";
        var known = Backtest(Eager, Cautious, [Without(Ann), Ben], To);

        // The same with all that came later, and with planted facts of the future that would change everything.
        var planted = Backtest(Eager, Cautious, [Ann, Ben, Future("carl"), Future("dora")], To);

        Assert.Equal(known.ToJsonString(), planted.ToJsonString());

        static string Without(string line)
        {
            var lead = JsonNode.Parse(line)!;
            lead["verdicts"] = new JsonArray();
            lead["deals"] = new JsonArray();
            return lead.ToJsonString();
        }

        static string Future(string id) => $$"""
            {"id": "{{id}}", "attributes": {"email": "{{id}}@acme.example", "job_title": "Manager", "created_at": "2026-01-22T00:00:00Z"},
             "activities": [{"kind": "form_submission", "at": "2026-01-23T10:00:00Z", "attributes": {"form": "demo" } }],
             "verdicts": [{"value": "qualified", "at": "2026-01-24T10:00:00Z"}], "deals": [{"id": "F", "created_at": "2026-01-25T10:00:00Z", "closed_at": "2026-01-26T10:00:00Z", "won": true}]}
            """;
    }

    [Fact]
    public void A_planted_activity_after_the_mql_does_not_change_how_the_lead_became_one()
    {
        var before = Backtest(Eager, Cautious, [Ann, Ben]);
        var planted = Backtest(Eager, Cautious, [
            Ann.Replace("\"activities\": [", "\"activities\": [{\"kind\": \"form_submission\", \"at\": \"2026-02-19T10:00:00Z\", \"attributes\": {\"form\": \"demo\"}}, ", StringComparison.Ordinal), Ben]);

        Assert.Equal(before["mql_to_sql"]!.ToJsonString(), planted["mql_to_sql"]!.ToJsonString());
        Assert.Equal(before["gained"]!.ToJsonString(), planted["gained"]!.ToJsonString());
        Assert.Equal(before["volume"]!.ToJsonString(), planted["volume"]!.ToJsonString());
        // The score by which leads are ranked is that of the verdict's instant.
        Assert.Equal(before["auc"]!.ToJsonString(), planted["auc"]!.ToJsonString());
    }

    [Fact]
    public void A_verdict_before_the_mql_is_none_of_its_answers_and_found_by_sales()
    {
        var early = Ann.Replace("2026-01-22T10:00:00Z", "2026-01-06T10:00:00Z", StringComparison.Ordinal).Replace("\"won\": true", "\"won\": false", StringComparison.Ordinal);
        var json = Backtest(Eager, null, [early]);

        Assert.Equal((1, 1), ((int)json["mqls"]!, (int)json["found_by_sales"]!));
        Assert.Equal(0, (int)json["answered"]!["count"]!);
        Assert.Null(json["against"]);
        Assert.Null(json["auc"]!["candidate"]);
        Assert.NotNull(json["auc"]!["why"]);
    }

    [Fact]
    public void A_lead_that_nothing_places_in_time_is_left_out_and_said()
    {
        var json = Backtest(Eager, null, [Ann, """{"id": "nowhere", "attributes": {"job_title": "Manager", "email": "x@y.example"}}"""]);

        Assert.Equal((1, 1), ((int)json["mqls"]!, (int)json["new_leads"]!["count"]!));
        Assert.Equal("no_instant", (string)Assert.Single(json["problems"]!.AsArray())!["problem"]!);
    }

    [Theory]
    [InlineData("""{"id": "x", "verdicts": [{"value": "maybe", "at": "2026-01-01"}]}""", "verdicts[0]: 'value' must be accepted, qualified, rejected or reopened")]
    [InlineData("""{"id": "x", "verdicts": [{"value": "rejected", "at": "soon"}]}""", "verdicts[0]: 'at' must be an instant, such as 2026-11-01T09:30:00Z")]
    [InlineData("""{"id": "x", "verdicts": {}}""", "'verdicts' must be an array or null")]
    [InlineData("""{"id": "x", "deals": [{"id": "D"}]}""", "deals[0]: 'created_at' must be an instant, such as 2026-11-01T09:30:00Z")]
    [InlineData("""{"id": "x", "deals": [3]}""", "deals[0]: it must be an object")]
    [InlineData("""{"id": "x", "\ud800": 1, "verdicts": [{"\ud800": 1}]}""", "verdicts[0]: 'value' must be accepted, qualified, rejected or reopened")]
    [InlineData("""{"id": "ann"}""", "'id' was used by an earlier line")]
    [InlineData("[1]", "the line is not a JSON object")]
    public void A_line_that_is_not_valid_is_said_with_its_number_and_the_others_are_replayed(string line, string sentence)
    {
        var said = new List<string>();
        var file = new FileBacktest(() => Lines([Ann, line]), "leads", (number, error) => said.Add($"{number}: {error}"));

        var report = file.Run(new(Definition(Eager), "eager"), null, null, null, At("2026-11-23"), default);

        Assert.Equal($"2: {sentence}", Assert.Single(said));
        Assert.Equal((1, 1), (file.Invalid, report.Candidate.Mqls));
    }

    [Fact]
    public void Definitions_with_other_attributes_are_compared_all_the_same()
    {
        var other = Cautious.Replace("schema: 1", "schema: 1\nattributes: { seats: number }", StringComparison.Ordinal)
            .Replace("industry: { contains: [software] }", "seats: { at_least: 10 }", StringComparison.Ordinal);

        var json = Backtest(Eager, other, [Ann.Replace("\"source\": \"Ads\"", "\"source\": \"Ads\", \"seats\": 12", StringComparison.Ordinal), Ben]);

        Assert.Equal((2, 1), ((int)json["mqls"]!, (int)json["against"]!["mqls"]!));
    }

    [Fact]
    public void A_page_stands_alone_and_reads_nothing_as_markup()
    {
        var report = Report(Eager, Cautious, [Ann.Replace("\"Ads\"", "\"<script>alert(1)</script>\"", StringComparison.Ordinal), Ben]);

        var page = BacktestPage.Write(report);

        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page, StringComparison.Ordinal);
        Assert.Contains("ben@acme.example", page, StringComparison.Ordinal);
        System.Xml.Linq.XDocument.Parse(page[page.IndexOf("<svg", StringComparison.Ordinal)..(page.IndexOf("</svg>", StringComparison.Ordinal) + 6)]);
    }

    private static JsonObject Backtest(string candidate, string? active, string[] lines, string? to = null) =>
        JsonNode.Parse(BacktestJson.Build(Report(candidate, active, lines, to)).ToJsonString())!.AsObject();

    private static BacktestReport Report(string candidate, string? active, string[] lines, string? to = null) =>
        new FileBacktest(() => Lines(lines), "leads", (line, sentence) => Assert.Fail($"{line}: {sentence}")).Run(
            new(Definition(candidate), "candidate"), active is null ? null : new(Definition(active), "active"), At("2026-01-01"), to is null ? At("2026-03-01") : At(to), At("2026-11-23"), default);

    private static MemoryStream Lines(string[] lines) => new(Encoding.UTF8.GetBytes(string.Join('\n', lines.Select(line => line.ReplaceLineEndings(" ")))));

    private static Definition Definition(string yaml)
    {
        var reading = DefinitionReader.Read(Encoding.UTF8.GetBytes(yaml), "test");
        return reading.Definition ?? throw new InvalidOperationException(string.Join('\n', reading.Problems));
    }

    private static Instant At(string text) => Instant.TryRead(text, out var instant) ? instant : throw new FormatException(text);
}
