using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Sync.Backtest;

namespace CrmLeadQualifier.Sync.Tests.Backtest;

/// <summary>
/// The 9,240 real leads of the X Education case study, replayed under the naive agreement, against the same numbers computed here from the raw lines: the agreement's 37 rules as
/// C#, the area from all pairs, quantiles and intervals by their formulas. Nothing of the program is used for what is expected.
/// </summary>
public sealed class RealLeadsTests
{
    private static readonly (string Attribute, string[] Values)[] Equal =
    [
        ("source", ["Google", "Direct Traffic", "Olark Chat", "Organic Search", "Reference", "Welingak Website", "Referral Sites", "Facebook"]),
        ("source_detail", ["Landing Page Submission", "API", "Lead Add Form", "Lead Import"]),
        ("occupation", ["Unemployed", "Working Professional", "Student", "Other"]),
        ("specialization", ["Finance Management", "Human Resource Management", "Marketing Management", "Operations Management", "Business Administration", "IT Projects Management"]),
    ];

    private static readonly string[] Unknown = ["occupation", "specialization", "heard_about", "motive", "city", "country"];

    private sealed record Raw(string Source, DateTimeOffset CreatedAt, int Total, bool IsGood, DateTimeOffset SaidAt)
    {
        public bool IsMql => Total >= 60;
    }

    [SkippableFact]
    public void Area_rates_and_tables_equal_an_independent_computation()
    {
        var data = Shared("data");
        Skip.If(data is null, "The folder shared/data is not beside the repository.");
        var raw = File.ReadLines(Path.Combine(data, "x-education.leads.jsonl")).Select(Read).ToList();
        var json = Backtest(Path.Combine(data, "naive.yaml"), Path.Combine(data, "x-education.leads.jsonl"));

        var mqls = raw.Where(lead => lead.IsMql).ToList();
        var sqls = mqls.Where(lead => lead.IsGood).ToList();
        Assert.Equal(9240, raw.Count);
        Assert.Equal(mqls.Count, (int)json["mqls"]!);
        AssertRate(sqls.Count, mqls.Count, json["mql_to_sql"]!);
        AssertRate(mqls.Count, mqls.Count, json["answered"]!);
        AssertRate(mqls.Count - sqls.Count, mqls.Count, json["rejected"]!);
        AssertRate(0, mqls.Count, json["close"]!);
        AssertNumber(Quantile([.. sqls.Select(lead => (lead.SaidAt - lead.CreatedAt).TotalDays)], 0.5), json["mql_to_sql"]!["lag_days"]!["median"]!);
        var asOf = DateTimeOffset.Parse((string)json["as_of"]!);
        foreach (var age in json["mql_to_sql"]!["at_age"]!.AsArray())
        {
            var days = (int)age!["days"]!;
            var old = mqls.Where(lead => lead.CreatedAt.AddDays(days) <= asOf).ToList();
            AssertRate(old.Count(lead => lead.IsGood && lead.SaidAt <= lead.CreatedAt.AddDays(days)), old.Count, age);
        }

        var bySource = json["by_source"]!.AsArray().ToDictionary(source => (string)source!["source"]!);
        foreach (var source in mqls.GroupBy(lead => lead.Source))
        {
            AssertRate(source.Count(lead => lead.IsGood), source.Count(), bySource[source.Key]!["mql_to_sql"]!);
            var (low, high) = Wilson(source.Count(lead => lead.IsGood), source.Count());
            AssertNumber(low, bySource[source.Key]!["mql_to_sql"]!["low"]!);
            AssertNumber(high, bySource[source.Key]!["mql_to_sql"]!["high"]!);
        }

        Assert.Equal(mqls.Select(lead => lead.Source).Distinct().Count(), bySource.Count);
        Assert.Equal(raw.Count, (int)json["new_leads"]!["count"]!);
        Assert.Equal(
            mqls.GroupBy(lead => Week(lead.CreatedAt.UtcDateTime)).Select(week => (week.Key, week.Count())),
            json["mqls_per_week"]!.AsArray().Where(week => (int)week!["candidate"]! > 0).Select(week => ((string)week!["week"]!, (int)week["candidate"]!)));

        var (area, half) = Area(raw);
        AssertNumber(area, json["auc"]!["candidate"]!);
        AssertNumber(area - half, json["auc"]!["low"]!);
        AssertNumber(area + half, json["auc"]!["high"]!);
        Assert.Equal(9240, (int)json["auc"]!["outcomes"]!);
        Assert.Equal(9240, (int)json["attributes_of_today"]!["count"]!);
    }

    private static string Week(DateTime day) => $"{System.Globalization.ISOWeek.GetYear(day)}-W{System.Globalization.ISOWeek.GetWeekOfYear(day):00}";

    private static JsonObject Backtest(string definition, string leads)
    {
        var read = DefinitionReader.Read(File.ReadAllBytes(definition), definition).Definition!;
        var now = Instant.From(new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.Zero));
        var report = new FileBacktest(() => File.OpenRead(leads), "leads", (line, sentence) => Assert.Fail($"{line}: {sentence}")).Run(new(read, "naive"), null, null, null, now, default);
        return JsonNode.Parse(BacktestJson.Build(report).ToJsonString())!.AsObject();
    }

    private static Raw Read(string line)
    {
        using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(line));
        var lead = document.RootElement;
        var attributes = lead.GetProperty("attributes");
        var verdict = lead.GetProperty("verdicts")[0];
        return new Raw(
            TextOf(attributes, "source") is { } source ? source : "(none)",
            attributes.GetProperty("created_at").GetDateTimeOffset(),
            TotalOf(attributes),
            verdict.GetProperty("value").GetString() == "qualified",
            verdict.GetProperty("at").GetDateTimeOffset());
    }

    private static int TotalOf(JsonElement attributes)
    {
        var criteria = Equal.Sum(rule => rule.Values.Count(value => string.Equals(value, TextOf(attributes, rule.Attribute), StringComparison.OrdinalIgnoreCase)))
            + Unknown.Count(name => TextOf(attributes, name) is null);
        var seconds = NumberOf(attributes, "seconds_on_site");
        var visits = NumberOf(attributes, "visits");
        bool[] others =
        [
            seconds <= 0, seconds is >= 1 and <= 299, seconds is >= 300 and <= 999, seconds >= 1000, visits is >= 1 and <= 3, visits >= 4,
            NumberOf(attributes, "pages_per_visit") >= 4, IsTrue(attributes, "free_copy"), IsTrue(attributes, "opted_out"),
        ];
        return 10 * (criteria + others.Count(holds => holds));
    }

    private static string? TextOf(JsonElement attributes, string name) =>
        attributes.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString()!.Trim() is { Length: > 0 } text ? text : null;

    private static double? NumberOf(JsonElement attributes, string name) => attributes.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    private static bool IsTrue(JsonElement attributes, string name) => attributes.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    /// <summary>All pairs, and DeLong's variance over them.</summary>
    private static (double Area, double Half) Area(List<Raw> raw)
    {
        int[] good = [.. raw.Where(lead => lead.IsGood).Select(lead => lead.Total)];
        int[] bad = [.. raw.Where(lead => !lead.IsGood).Select(lead => lead.Total)];
        double[] ofGood = [.. good.Select(x => bad.Sum(y => x > y ? 1 : x == y ? 0.5 : 0) / bad.Length)];
        double[] ofBad = [.. bad.Select(y => good.Sum(x => x > y ? 1 : x == y ? 0.5 : 0) / good.Length)];
        var area = ofGood.Average();
        return (area, 1.959963984540054 * Math.Sqrt(Variance(ofGood, area) / good.Length + Variance(ofBad, area) / bad.Length));

        static double Variance(double[] values, double mean) => values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1);
    }

    private static (double Low, double High) Wilson(int count, int of)
    {
        const double Z = 1.959963984540054;
        var p = (double)count / of;
        var half = Z * Math.Sqrt((p * (1 - p) + Z * Z / (4 * of)) / of);
        return (Math.Max(0, (p + Z * Z / (2 * of) - half) / (1 + Z * Z / of)), Math.Min(1, (p + Z * Z / (2 * of) + half) / (1 + Z * Z / of)));
    }

    private static double Quantile(double[] values, double share)
    {
        Array.Sort(values);
        var place = (values.Length - 1) * share;
        return values[(int)place] + (place - (int)place) * (values[(int)Math.Ceiling(place)] - values[(int)place]);
    }

    private static void AssertRate(int count, int of, JsonNode actual)
    {
        Assert.Equal((count, of), ((int)actual["count"]!, (int)actual["of"]!));
        AssertNumber((double)count / of, actual["rate"]!);
    }

    private static void AssertNumber(double expected, JsonNode actual) => Assert.Equal(expected, (double)actual, 0.0000051);

    private static string? Shared(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CrmLeadQualifier.sln")))
            {
                var shared = Path.Combine(folder.FullName, "..", "shared", path);
                return Directory.Exists(shared) ? shared : null;
            }
        }

        return null;
    }
}
