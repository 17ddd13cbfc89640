using System.Diagnostics;
using System.Globalization;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Sync.Backtest;

namespace CrmLeadQualifier.Benchmarks;

/// <summary>
/// A backtest of made-up leads of 20 activities on average over a year, with verdicts and deals: a candidate against the active definition, both replayed instant by instant, on one
/// thread. Beforehand some leads are replayed by scoring them at every instant at which their line changes: the MQL transitions have to be the same.
/// </summary>
internal static class BacktestBenchmark
{
    private const int Checked = 500;

    private static readonly Instant Now = Instant.From(new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.Zero));

    public static int Run(TextWriter output, int leads)
    {
        var active = BenchmarkAgreement.Read();
        var candidate = active with { Mql = new MqlRuleOf(70, 30).Rule, ScoringFingerprint = new string('c', 64) };
        var watch = Stopwatch.StartNew();
        var history = Histories(new BenchmarkLeads(11, Now).Make(active.Attributes, leads)).ToArray();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{leads} leads, {history.Sum(lead => lead.Periods[0].Facts[0].Activities.Length)} activities, made in {watch.Elapsed.TotalSeconds:0.0} s"));
        Check(candidate, history);
        GC.Collect();

        watch.Restart();
        var window = new IndicatorWindow(Now - TimeSpan.FromDays(365), Now, Now, Now);
        var run = new BacktestRun(new(candidate, "candidate"), new(active, "active"), BacktestRun.SchemasOf(candidate, active), window);
        foreach (var lead in history)
        {
            run.Add(lead);
        }

        var replayed = watch.Elapsed;
        var report = run.Report("made-up leads", []);
        var json = BacktestJson.Build(report).ToJsonString();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"replayed twice (candidate and active) in {replayed.TotalSeconds:0.00} s, with the report {watch.Elapsed.TotalSeconds:0.00} s; {json.Length / 1024} KiB of JSON, peak memory {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"MQLs {report.Candidate.Mqls} and {report.Against!.Mqls}, gained {report.Gained.Count}, lost {report.Lost.Count}, AUC {report.Auc.Candidate?.Area:0.000} and {report.Auc.Active?.Area:0.000}"));
        return 0;
    }

    private sealed record MqlRuleOf(double Total, double Profile)
    {
        public Core.Definitions.MqlRule Rule => new(new Core.Definitions.AllOf([AtLeast("profile", Profile), AtLeast("total", Total)]));

        private static Core.Definitions.SubjectCondition AtLeast(string subject, double number) =>
            new(subject, AttributeType.Number, [new Core.Definitions.Test(Core.Definitions.Operator.AtLeast) { Numbers = [number] }]);
    }

    /// <summary>Created a month before their first activity at most; one in three judged, one in ten of those on a won deal.</summary>
    private static IEnumerable<HistoricLead> Histories(LeadFacts[] leads)
    {
        var random = new Random(5);
        for (var i = 0; i < leads.Length; i++)
        {
            var created = leads[i].Activities[^1].At - TimeSpan.FromDays(random.Next(30));
            var said = Now - TimeSpan.FromDays(random.Next(300));
            yield return new HistoricLead(i.ToString(CultureInfo.InvariantCulture), $"lead{i}@example.com", [new AttributePeriod(Instant.MinValue, [leads[i]]) { Source = "source" + (i % 7) }])
            {
                CreatedAt = created,
                Since = created,
                IsOfToday = true,
                Verdicts = random.Next(3) == 0 ? [new VerdictFact(random.Next(2) == 0 ? VerdictValue.Qualified : VerdictValue.Rejected, null, said, said)] : [],
                Deals = random.Next(30) == 0 ? [new DealFact("D", said, DealOutcome.Won, said + TimeSpan.FromDays(20))] : [],
            };
        }
    }

    private static void Check(Core.Definitions.Definition definition, HistoricLead[] history)
    {
        var plan = ScoringPlan.Compile(definition);
        foreach (var lead in history.Take(Checked))
        {
            var facts = lead.Periods[0].Facts[0];
            Instant? slow = lead.Since;
            while (slow is { } at && at <= Now)
            {
                var score = plan.Score(facts, at);
                if (score.Status == LeadStatus.Qualified)
                {
                    break;
                }

                slow = score.NextChangeAt;
            }

            slow = slow <= Now ? slow : null;
            if (plan.FirstQualified(facts, lead.Since!.Value, new Instant(Now.UnixMilliseconds + 1)) != slow)
            {
                throw new InvalidOperationException($"Lead {lead.Id} is replayed otherwise than its score changes.");
            }
        }
    }
}
