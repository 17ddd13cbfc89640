using System.Globalization;
using System.Text;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Resilience.Processes;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Report;
using CrmLeadQualifier.Worker.Tests.Serving;
using Microsoft.Playwright;

namespace CrmLeadQualifier.Worker.Tests.Reports;

/// <summary>The report in a real browser: on a phone, on a desk and on paper. With CLQ_UPDATE_IMAGES=1 the images of docs/report.md are put into docs/images.</summary>
public sealed class ReportImagesTests
{
    private static readonly Instant Now = Instant.From(new DateTimeOffset(2026, 11, 23, 7, 0, 0, TimeSpan.Zero));

    private readonly List<string> _complaints = [];

    [SkippableTheory]
    [InlineData("en")]
    [InlineData("fr")]
    public async Task It_fits_a_phone_a_desk_and_a_sheet_of_paper(string language)
    {
        Skip.If(Browser.Path is null, "no Chromium on this machine; tests/chromium.sh installs it");
        var html = ReportPage.Write(MadeUp(language));
        await using var browser = await Browser.StartAsync();
        var page = await browser.OpenAsync(new Uri("about:blank"), _complaints);
        await page.SetContentAsync(html);

        await page.SetViewportSizeAsync(390, 844);
        Assert.Equal(390, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        await TakeAsync(page, $"report-phone-{language}");

        await page.SetViewportSizeAsync(1280, 900);
        Assert.Equal(1280, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.True(await page.Locator("svg").CountAsync() >= 4);
        await TakeAsync(page, $"report-desktop-{language}");

        // Black and white: nothing is told by a colour.
        var colours = await page.EvaluateAsync<string[]>("[...new Set([...document.querySelectorAll('svg *')].flatMap(e => [e.getAttribute('fill'), e.getAttribute('stroke')]))].filter(c => c && c !== 'none')");
        Assert.All(colours, colour => Assert.True(colour is "#222" or "#fff" or "#ccc" || colour.StartsWith("url(", StringComparison.Ordinal), colour));

        var pdf = await page.PdfAsync(new PagePdfOptions { Format = "A4", PreferCSSPageSize = true });
        Assert.Equal("%PDF", Encoding.ASCII.GetString(pdf, 0, 4));
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        await page.SetViewportSizeAsync(680, 980);
        Assert.Equal(680, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        await TakeAsync(page, $"report-print-{language}");
        Assert.Empty(_complaints);
    }

    [Fact]
    public void The_images_of_the_page_are_those_that_are_made_here()
    {
        var text = File.ReadAllText(Repository.File("docs", "report.md"));
        foreach (var image in new[] { "report-desktop-en", "report-phone-fr", "report-print-en" })
        {
            Assert.Contains($"](images/{image}.png)", text, StringComparison.Ordinal);
            Assert.True(File.Exists(Repository.File("docs", "images", $"{image}.png")), image);
        }
    }

    private static async Task TakeAsync(IPage page, string name)
    {
        var image = await page.ScreenshotAsync(new PageScreenshotOptions { Animations = ScreenshotAnimations.Disabled });
        Assert.True(image.Length > 5_000, $"{name} shows nothing");
        if (Environment.GetEnvironmentVariable("CLQ_UPDATE_IMAGES") == "1" && name is "report-desktop-en" or "report-phone-fr" or "report-print-en")
        {
            await File.WriteAllBytesAsync(Repository.File("docs", "images", $"{name}.png"), image);
        }
    }

    /// <summary>Made-up people over a quarter, the same each time.</summary>
    private static WeeklyReport MadeUp(string language)
    {
        var yaml = File.ReadAllBytes(Repository.File("definitions", $"b2b-software.{language}.yaml"));
        var definition = DefinitionReader.Read(yaml, "b2b-software").Definition!;
        var random = new Random(7);
        var leads = Enumerable.Range(0, 900).Select(number => Lead(number, random)).ToList();
        var window = new IndicatorWindow(Now - TimeSpan.FromDays(91), Now, Now, Now);
        var set = IndicatorComputation.Compute(new IndicatorFacts(leads) { Coverage = Coverage(definition) }, definition, window);
        var latest = IndicatorComputation.Compute(new IndicatorFacts(leads), definition, window with { From = Now - TimeSpan.FromDays(7) });
        return new WeeklyReport("2026-W47", set, latest, new AgreementInForce(2, definition, ScoringPlan.Compile(definition), Now - TimeSpan.FromDays(60)), Now)
        {
            Language = definition.Language,
            Overdue = 2,
            Waiting = 1,
            Open =
            [
                new OpenLead("ines.keller@verdigris.example", "Claire Dubois", "A2", Now - TimeSpan.FromDays(6), Now - TimeSpan.FromDays(6), Now - TimeSpan.FromDays(5)),
                new OpenLead("tom.osei@northmill.example", null, "B1", Now - TimeSpan.FromDays(2), null, null),
            ],
            Rejected =
            [
                new RejectedLead("ana.silva@tinyshop.example", "PAID_SEARCH", "Tom Hughes", "A1", 130, "no_budget", "Three people, no budget", Now - TimeSpan.FromDays(9), Now - TimeSpan.FromDays(3))
                {
                    Criteria = [definition.Criteria.First().Label.In(definition.Language)],
                },
            ],
            Reconciliation = new Reconciliation([new StageReconciliation("mql", 412, 367, 360, [new ReconciledPart("import", 41, ["lee.park@acme.example"]), new ReconciledPart("person", 8, ["joe.ward@acme.example"]), new ReconciledPart("workflow", 3, [])], [new ReconciledPart("waiting", 7, [])])]),
            RefusedStreams = [new RefusedStream("hubspot", "page_views", "403", Now - TimeSpan.FromDays(12))],
            Changes = new ReportChanges("2026-W46", [new ChangedFigure("rejected", new Rate(31, 120), new Rate(33, 123))], 1, 3),
        };
    }

    private static List<AttributeCoverage> Coverage(Definition definition) =>
    [
        .. definition.Criteria
            .SelectMany(criterion => CriterionAttributes.Of(criterion).Where(attribute => definition.Attributes.IndexOf(attribute) >= 0), (criterion, attribute) => (criterion.Id, Attribute: attribute))
            .SelectMany((one, place) => new[] { null, "hubspot", "salesforce" }.Select((connection, i) => new AttributeCoverage(one.Id, one.Attribute, connection, new Rate(900 - 70 * i - 31 * (place % 20), 900 - 60 * i)))),
    ];

    private static LeadHistory Lead(int number, Random random)
    {
        string[] sources = ["PAID_SEARCH", "ORGANIC_SEARCH", "REFERRALS", "EMAIL_MARKETING"];
        var created = Now - TimeSpan.FromMinutes(random.Next(91 * 1440));
        var isStudent = number % 9 == 0;
        var mql = created + TimeSpan.FromHours(random.Next(1, 90));
        var isMql = !isStudent && number % 3 == 0 && mql < Now;
        var isRejected = random.Next(3) == 0;
        var said = mql + TimeSpan.FromHours(random.Next(2, 200));
        return new LeadHistory(number.ToString(CultureInfo.InvariantCulture))
        {
            CreatedAt = created,
            Source = sources[number % 4],
            SourceDetail = isStudent ? "campus fair" : "spring",
            Country = number % 2 == 0 ? "France" : "Ireland",
            Score = new LeadScore { Status = isStudent ? LeadStatus.Excluded : LeadStatus.NotYet, ExcludedBy = isStudent ? ["student"] : [], Missing = [] },
            Stages = !isMql ? [] :
            [
                new StageChange(Stage.Lead, Stage.Mql, mql, TransitionCause.Qualified, mql) { Grade = new[] { "A1", "A2", "B1", "B2", "C2" }[number % 5], Source = sources[number % 4], Owner = number % 2 == 0 ? "Claire Dubois" : "Tom Hughes", Agreement = "2" },
                .. isRejected ? [] : (StageChange[])[new StageChange(Stage.Mql, Stage.Sql, said, TransitionCause.Verdict, said)],
            ],
            Verdicts = isMql ? [new VerdictFact(isRejected ? VerdictValue.Rejected : VerdictValue.Qualified, isRejected ? new[] { "no_need", "no_budget", "bad_timing" }[number % 3] : null, said, said)] : [],
            HandOvers = isMql ? [new HandOverFact(mql, mql + TimeSpan.FromMinutes(2), mql + TimeSpan.FromHours(30), random.Next(4) > 0 ? mql + TimeSpan.FromHours(random.Next(1, 60)) : null)] : [],
            Deals = isMql && !isRejected && number % 2 == 0 ? [new DealFact($"D{number}", said, number % 4 == 0 ? DealOutcome.Won : DealOutcome.Open, said + TimeSpan.FromDays(9))] : [],
        };
    }
}
