using System.Globalization;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Tests.Definitions;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Tests.Indicators;

/// <summary>Every indicator against a second computation over the same facts, written as the page says it and not as the program does it.</summary>
public sealed class IndicatorComputationTests
{
    private static readonly Definition Agreement = Examples.Valid(Examples.Language);
    private static readonly Instant From = MadeUpHistories.Beginning + TimeSpan.FromDays(20);
    private static readonly Instant To = MadeUpHistories.Beginning + TimeSpan.FromDays(120);
    private static readonly Instant AsOf = MadeUpHistories.Beginning + TimeSpan.FromDays(150);
    private static readonly Instant KnownAt = MadeUpHistories.Beginning + TimeSpan.FromDays(180);
    private static readonly IndicatorWindow Window = new(From, To, AsOf, KnownAt);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_rate_equals_the_one_counted_from_the_raw_facts(int seed)
    {
        var leads = new MadeUpHistories(seed).Make(120);
        var set = IndicatorComputation.Compute(new IndicatorFacts(leads), Agreement, Window);

        var cohort = CohortOf(leads);
        Assert.Equal(cohort.Count, set.Mqls);
        Assert.Equal(cohort.Select(pair => pair.Lead.Id).Order(), set.Cohort.Members.Select(member => member.Lead.Id).Order());
        AssertConversion(set.MqlToSql, cohort, pair => SqlAt(pair.Lead, pair.Mql));
        AssertConversion(set.Answered, cohort, pair => Verdicts(pair).Where(verdict => !verdict.IsWithdrawal).Select(verdict => (Instant?)verdict.At).Min());
        AssertConversion(set.MqlToOpportunity, cohort, pair => pair.Lead.Deals.Where(deal => deal.CreatedAt <= AsOf && deal.CreatedAt >= pair.Mql).Select(deal => (Instant?)deal.CreatedAt).Min());
        AssertConversion(set.Close, cohort, WonAt);
        AssertParts(set.BySource, SourceOf);
        AssertParts(set.ByGrade, pair => BeganBy(pair).Grade ?? "(none)");
        AssertParts(set.ByOwner, pair => BeganBy(pair).Owner ?? "(none)");
        AssertParts(set.ByAgreement, pair => BeganBy(pair).Agreement ?? "(none)");
        AssertParts(set.ByCountry, pair => pair.Lead.Country ?? "(none)");

        void AssertParts(IReadOnlyList<Breakdown> parts, Func<(LeadHistory Lead, Instant Mql), string> partOf)
        {
            foreach (var part in parts)
            {
                var members = cohort.Where(pair => partOf(pair) == part.Value).ToList();
                AssertConversion(part.Close, members, WonAt);
                AssertConversion(part.MqlToSql, members, pair => SqlAt(pair.Lead, pair.Mql));
            }

            Assert.Equal(cohort.Select(partOf).Distinct().Order(), parts.Select(part => part.Value).Order());
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Verdicts_reasons_and_the_clock_equal_those_counted_from_the_raw_facts(int seed)
    {
        var leads = new MadeUpHistories(seed).Make(120);
        var set = IndicatorComputation.Compute(new IndicatorFacts(leads), Agreement, Window);

        var cohort = CohortOf(leads);
        var standing = cohort.Select(pair => Verdicts(pair).LastOrDefault()).Where(verdict => verdict is { IsWithdrawal: false }).Select(verdict => verdict!).ToList();
        var rejected = standing.Where(verdict => verdict.Value == VerdictValue.Rejected).ToList();
        Assert.Equal(new Rate(rejected.Count, standing.Count), set.Rejected.Rate);
        Assert.Equal(
            rejected.GroupBy(verdict => string.IsNullOrEmpty(verdict.Reason) ? "reason missing" : verdict.Reason).ToDictionary(reason => reason.Key, reason => reason.Count()),
            set.Rejected.ByReason.ToDictionary(reason => reason.Reason, reason => reason.Count));

        var handedOver = cohort.Select(HandOverOf).Where(handOver => handOver?.HandedOverAt <= AsOf).Select(handOver => handOver!).ToList();
        Assert.Equal(new Rate(cohort.Count - handedOver.Count, cohort.Count), set.Waiting);
        var contacts = handedOver.Where(handOver => handOver.FirstContactAt <= AsOf).Select(handOver => (handOver.FirstContactAt!.Value - handOver.HandedOverAt!.Value).TotalHours).ToList();
        Assert.Equal(handedOver.Count - contacts.Count, set.FirstContact!.CalendarHours.NotReached);
        Assert.Equal(Type7([.. contacts, .. Enumerable.Repeat(double.PositiveInfinity, handedOver.Count - contacts.Count)], 0.5), set.FirstContact.CalendarHours.Median);

        var due = cohort.Where(pair => HandOverOf(pair) is { HandedOverAt: not null } handOver && handOver.HandedOverAt <= AsOf && handOver.DueAt <= AsOf).ToList();
        var met = due.Count(pair => HandOverOf(pair) is { } handOver
            && (handOver.FirstContactAt <= handOver.DueAt
                || Verdicts(pair).LastOrDefault(verdict => verdict.At <= handOver.DueAt) is { IsWithdrawal: false, Value: VerdictValue.Rejected }));
        Assert.Equal(new Rate(met, due.Count), set.SlaMet);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void New_leads_volume_and_what_sales_found_equal_those_counted_from_the_raw_facts(int seed)
    {
        var leads = new MadeUpHistories(seed).Make(120);
        var set = IndicatorComputation.Compute(new IndicatorFacts(leads), Agreement, Window);

        var created = leads.Where(lead => lead.CreatedAt >= From && lead.CreatedAt < To).ToList();
        Assert.Equal(new Rate(created.Count(IsOut), created.Count), set.NewLeads.OutOfTarget);
        Assert.Equal(
            created.Where(IsOut).SelectMany(lead => lead.Score!.Status == LeadStatus.Excluded ? lead.Score.ExcludedBy : lead.Score.Missing).GroupBy(why => why).ToDictionary(why => why.Key, why => why.Count()),
            set.NewLeads.OutOfTargetBecause.ToDictionary(why => why.Because, why => why.Count));
        foreach (var source in set.NewLeads.BySource)
        {
            var ofSource = created.Where(lead => (Named(lead.Source), Named(lead.SourceDetail)) == (source.Source, source.SourceDetail)).ToList();
            var lags = ofSource.Select(lead => (Lead: lead, Mql: FirstMql(lead))).Where(pair => pair.Mql is not null).Select(pair => Math.Max(0, (pair.Mql!.Value - pair.Lead.CreatedAt!.Value).TotalDays)).ToList();
            Assert.Equal(new Rate(lags.Count, ofSource.Count), source.ToMql);
            Assert.Equal(Type7(lags, 0.5), source.LagDays.Median);
            Assert.Equal(new Rate(ofSource.Count(IsOut), ofSource.Count), source.OutOfTarget);
        }

        var cohort = CohortOf(leads);
        var zone = Agreement.Sales.BusinessHours.Zone;
        Assert.Equal(
            cohort.GroupBy(pair => NodaTime.Instant.FromUnixTimeMilliseconds(pair.Mql.UnixMilliseconds).InZone(zone).Date.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture)).ToDictionary(day => day.Key, day => day.Count()),
            set.Volume.Days.Where(day => day.Mqls > 0).ToDictionary(day => day.Period, day => day.Mqls));
        Assert.Equal(cohort.Count / (100 / 7.0), set.Volume.PerWeek!.Value, 9);
        Assert.Equal(
            leads.SelectMany(lead => lead.Stages).Count(stage => stage is { To: Stage.Sql, Cause: "sales_direct" } && stage.At >= From && stage.At < To && stage.SeenAt <= KnownAt), set.FoundBySales);

        static bool IsOut(LeadHistory lead) => lead.Score!.Status is LeadStatus.Excluded or LeadStatus.Unscorable;
        static Instant? FirstMql(LeadHistory lead) => lead.Stages.Where(stage => stage.IsNewMql && stage.At <= AsOf && stage.SeenAt <= KnownAt).Select(stage => (Instant?)stage.At).Min();
        static string Named(string? value) => string.IsNullOrWhiteSpace(value) ? "(none)" : value.Trim();
    }

    /// <summary>Business hours are counted minute by minute, by the clock on the wall.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Delays_and_acceptance_without_contact_equal_those_counted_from_the_raw_facts(int seed)
    {
        var leads = new MadeUpHistories(seed).Make(120);
        var set = IndicatorComputation.Compute(new IndicatorFacts(leads), Agreement, Window);

        var cohort = CohortOf(leads);
        var handedOver = cohort.Where(pair => HandOverOf(pair)?.HandedOverAt <= AsOf).ToList();
        AssertDelay(set.SystemDelay!, [.. cohort.Select(pair => (pair.Mql, HandOverOf(pair)?.HandedOverAt))]);
        AssertDelay(set.FirstContact!, [.. handedOver.Select(pair => (HandOverOf(pair)!.HandedOverAt!.Value, HandOverOf(pair)!.FirstContactAt))]);

        var accepted = cohort
            .Select(pair => (Pair: pair, At: Verdicts(pair).Where(verdict => verdict is { Value: VerdictValue.Accepted, IsWithdrawal: false }).Select(verdict => (Instant?)verdict.At).Min()))
            .Where(one => one.At is not null)
            .ToList();
        var without = accepted.Count(one => FiveDaysLater(one.At!.Value) is var until && until <= AsOf && !(HandOverOf(one.Pair)?.FirstContactAt <= until));
        Assert.Equal(new Rate(without, accepted.Count), new Rate(set.AcceptedWithoutContact!.Sum(owner => owner.Rate.Count), set.AcceptedWithoutContact!.Sum(owner => owner.Rate.Of)));
    }

    [Fact]
    public void Sal_counts_where_the_agreement_has_two_steps()
    {
        var twoSteps = Agreement with { Sales = Agreement.Sales with { TwoStep = true } };
        var leads = new MadeUpHistories(11).Make(120);

        var set = IndicatorComputation.Compute(new IndicatorFacts(leads), twoSteps, Window);

        AssertConversion(set.MqlToSal!, CohortOf(leads), pair => pair.Lead.Stages
            .Where(stage => stage.To == Stage.Sal && stage.Cause != "sales_direct" && stage.Cause != "baseline" && stage.At >= pair.Mql && stage.At <= AsOf && stage.SeenAt <= KnownAt)
            .Select(stage => (Instant?)stage.At).Min());
        Assert.Null(IndicatorComputation.Compute(new IndicatorFacts(leads), Agreement with { Sales = Agreement.Sales with { TwoStep = false } }, Window).MqlToSal);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Parts_add_up_to_the_whole(int seed)
    {
        var leads = new MadeUpHistories(seed).Make(120);
        var set = IndicatorComputation.Compute(new IndicatorFacts(leads), Agreement, Window);

        foreach (var parts in new[] { set.BySource, set.ByGrade, set.ByOwner, set.ByCountry, set.ByAgreement })
        {
            Assert.Equal(set.Close.Rate, new Rate(parts.Sum(part => part.Close.Rate.Count), parts.Sum(part => part.Close.Rate.Of)));
            Assert.Equal(set.MqlToSql.Rate, new Rate(parts.Sum(part => part.MqlToSql.Rate.Count), parts.Sum(part => part.MqlToSql.Rate.Of)));
            Assert.Equal(set.Rejected.Rate, new Rate(parts.Sum(part => part.Rejected.Rate.Count), parts.Sum(part => part.Rejected.Rate.Of)));
        }

        Assert.Equal(set.Rejected.Rate.Count, set.Rejected.ByReason.Sum(reason => reason.Count));
        Assert.Equal(set.Mqls, set.Volume.Days.Sum(day => day.Mqls));
        Assert.Equal(set.Mqls, set.Volume.Weeks.Sum(week => week.Mqls));
        Assert.Equal(set.Mqls, set.Volume.Months.Sum(month => month.Mqls));
        Assert.Equal(set.NewLeads.Count, set.NewLeads.BySource.Sum(source => source.ToMql.Of));
        Assert.Equal(leads.Count(lead => lead.CreatedAt >= From && lead.CreatedAt < To), set.NewLeads.Count);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void An_earlier_instant_never_sees_a_later_fact(int seed)
    {
        var leads = new MadeUpHistories(seed).Make(80);
        var without = leads.Select(lead => lead with
        {
            Stages = [.. lead.Stages.Where(stage => stage.At <= AsOf && stage.SeenAt <= KnownAt)],
            Verdicts = [.. lead.Verdicts.Where(verdict => verdict.At <= AsOf && verdict.SeenAt <= KnownAt)],
            Deals = [.. lead.Deals.Where(deal => deal.CreatedAt <= AsOf).Select(deal => deal.WonAt > AsOf ? deal with { Outcome = DealOutcome.Open } : deal)],
            HandOvers = [.. lead.HandOvers.Select(handOver => handOver with { FirstContactAt = handOver.FirstContactAt > AsOf ? null : handOver.FirstContactAt })],
        }).ToList();

        Assert.Equal(Json(without), Json(leads));
    }

    [Fact]
    public void The_order_of_facts_does_not_matter()
    {
        var leads = new MadeUpHistories(7).Make(80);
        var other = leads.Select(lead => lead with { Stages = [.. lead.Stages.Reverse()], Verdicts = [.. lead.Verdicts.Reverse()], Deals = [.. lead.Deals.Reverse()] }).Reverse().ToList();

        Assert.Equal(Json(leads), Json(other));
    }

    [Fact]
    public void A_cohort_is_immature_while_its_youngest_lead_is_younger_than_most_lags_were()
    {
        var leads = Enumerable.Range(0, 60).Select(i => Mql($"past{i}", TimeSpan.FromDays(1), TimeSpan.FromDays(1 + i % 10))).ToList();

        var set = IndicatorComputation.Compute(new IndicatorFacts([.. leads, Mql("young", TimeSpan.FromDays(100), null)]), Agreement, Window with { AsOf = MadeUpHistories.Beginning + TimeSpan.FromDays(108) });
        var few = IndicatorComputation.Compute(new IndicatorFacts([.. leads.Take(49), Mql("young", TimeSpan.FromDays(100), null)]), Agreement, Window);

        Assert.Equal((60, 9.1), (set.Maturity.PastLags, Math.Round(set.Maturity.NeededDays, 6)));
        Assert.True(set.Maturity.IsImmature);
        Assert.Equal((45.0, 50.0), (few.Maturity.NeededDays, few.Maturity.YoungestDays));
        Assert.False(few.Maturity.IsImmature);

        static LeadHistory Mql(string id, TimeSpan after, TimeSpan? lag)
        {
            var at = MadeUpHistories.Beginning + after;
            return new LeadHistory(id)
            {
                Stages = [new(Stage.Lead, Stage.Mql, at, TransitionCause.Qualified, at), .. lag is { } days ? [new StageChange(Stage.Mql, Stage.Sql, at + days, TransitionCause.Verdict, at + days)] : (StageChange[])[]],
            };
        }
    }

    [Fact]
    public void A_win_before_the_mql_is_a_problem_and_no_close()
    {
        var at = From + TimeSpan.FromDays(1);
        var lead = new LeadHistory("won@company.example")
        {
            Stages = [new(Stage.Lead, Stage.Mql, at, TransitionCause.Qualified, at)],
            Deals = [new("D1", at - TimeSpan.FromDays(9), DealOutcome.Won, at - TimeSpan.FromDays(1))],
        };

        var set = IndicatorComputation.Compute(new IndicatorFacts([lead]), Agreement, Window);

        Assert.Equal(new Rate(0, 1), set.Close.Rate);
        var problem = Assert.Single(set.Problems);
        Assert.Equal((IndicatorProblem.WonBeforeMql, 1, "won@company.example"), (problem.Kind, problem.Count, Assert.Single(problem.Leads)));
    }

    [Fact]
    public void A_grade_is_marked_where_a_worse_one_converts_better()
    {
        var at = From + TimeSpan.FromDays(1);
        LeadHistory Lead(string grade, int number, bool isSql) => new($"{grade}-{number}")
        {
            Stages = [new(Stage.Lead, Stage.Mql, at, TransitionCause.Qualified, at) { Grade = grade }, .. isSql ? [new StageChange(Stage.Mql, Stage.Sql, at, TransitionCause.Deal, at)] : (StageChange[])[]],
        };
        var leads = new[] { Lead("A1", 1, true), Lead("A1", 2, false), Lead("B1", 1, true), Lead("A3", 1, false), Lead("B4", 1, false) };

        var set = IndicatorComputation.Compute(new IndicatorFacts(leads), Agreement, Window);

        // A3 and B1 cannot be compared: one has the better letter, the other the better digit.
        Assert.Equal([("A1", true), ("A3", false), ("B1", false), ("B4", false)], set.ByGrade.Select(grade => (grade.Value, grade.IsOutOfOrder)));
    }

    [Fact]
    public void A_replay_says_why_it_has_no_clock()
    {
        var json = IndicatorsJson.Build(IndicatorComputation.Compute(new IndicatorFacts([]) { IsReplay = true }, Agreement, Window));

        Assert.Equal("a replay hands nobody over", (string?)json["sla"]!["why"]);
        Assert.Equal("a replay hands nobody over", (string?)json["first_contact"]!["why"]);
        Assert.Equal("nobody to take a share of", (string?)json["close"]!["why"]);
        Assert.Null(json["close"]!["rate"]);
    }

    private static void AssertDelay(Delay actual, List<(Instant From, Instant? To)> spans)
    {
        var reached = spans.Where(span => span.To <= AsOf).ToList();
        var late = Enumerable.Repeat(double.PositiveInfinity, spans.Count - reached.Count).ToList();
        foreach (var share in new[] { 0.5, 0.75, 0.9 })
        {
            Assert.Equal(Type7([.. reached.Select(span => (span.To!.Value - span.From).TotalHours), .. late], share), actual.CalendarHours.At(share));
            Assert.Equal(Type7([.. reached.Select(span => BusinessMinutes(span.From, span.To!.Value) / 60.0), .. late], share), actual.BusinessHours.At(share));
        }
    }

    private static int BusinessMinutes(Instant from, Instant to)
    {
        var minutes = 0;
        for (var at = from; at < to; at += TimeSpan.FromMinutes(1))
        {
            minutes += IsOpen(at) ? 1 : 0;
        }

        return minutes;
    }

    /// <summary>Made-up facts have whole minutes, so that five business days end on one.</summary>
    private static Instant FiveDaysLater(Instant from)
    {
        var hours = Agreement.Sales.BusinessHours;
        var left = (int)(5 * (hours.To - hours.From).ToDuration().TotalMinutes);
        var at = from;
        while (left > 0)
        {
            left -= IsOpen(at) ? 1 : 0;
            at += TimeSpan.FromMinutes(1);
        }

        return at;
    }

    private static bool IsOpen(Instant at)
    {
        var hours = Agreement.Sales.BusinessHours;
        var wall = NodaTime.Instant.FromUnixTimeMilliseconds(at.UnixMilliseconds).InZone(hours.Zone).LocalDateTime;
        return hours.Days.Contains(wall.DayOfWeek) && !hours.Holidays.Contains(wall.Date) && wall.TimeOfDay >= hours.From && wall.TimeOfDay < hours.To;
    }

    private static string Json(IReadOnlyList<LeadHistory> leads) => IndicatorsJson.Build(IndicatorComputation.Compute(new IndicatorFacts(leads), Agreement, Window)).ToJsonString();

    private static void AssertConversion(Conversion actual, List<(LeadHistory Lead, Instant Mql)> members, Func<(LeadHistory Lead, Instant Mql), Instant?> reachedAt)
    {
        var lags = new List<double>();
        foreach (var member in members)
        {
            if (reachedAt(member) is { } at)
            {
                lags.Add((at.UnixMilliseconds - member.Mql.UnixMilliseconds) / 86_400_000.0);
            }
        }

        Assert.Equal(new Rate(lags.Count, members.Count), actual.Rate);
        Assert.Equal(Type7(lags, 0.5), actual.LagDays.Median);
        Assert.Equal(Type7(lags, 0.75), actual.LagDays.At(0.75));
        foreach (var (days, rate) in actual.AtAges)
        {
            var old = members.Where(member => (AsOf - member.Mql).TotalDays >= days).ToList();
            Assert.Equal(new Rate(old.Count(member => reachedAt(member) is { } at && (at - member.Mql).TotalDays <= days), old.Count), rate);
        }
    }

    private static List<(LeadHistory Lead, Instant Mql)> CohortOf(List<LeadHistory> leads) =>
    [
        .. from lead in leads
           let mqls = lead.Stages.Where(stage => stage.To == Stage.Mql && stage.Cause is "qualified" or "released" && stage.At >= From && stage.At < To && stage.At <= AsOf && stage.SeenAt <= KnownAt)
               .Where(stage => stage.To == Stage.Mql).ToList()
           where mqls.Count > 0
           select (lead, mqls.Min(stage => stage.At)),
    ];

    private static Instant? SqlAt(LeadHistory lead, Instant mql) => lead.Stages
        .Where(stage => stage.To == Stage.Sql && stage.Cause != "sales_direct" && stage.Cause != "baseline" && stage.At >= mql && stage.At <= AsOf && stage.SeenAt <= KnownAt)
        .Select(stage => (Instant?)stage.At).Min();

    private static Instant? WonAt((LeadHistory Lead, Instant Mql) pair)
    {
        Instant? first = null;
        foreach (var deal in pair.Lead.Deals.Where(deal => deal.Outcome == DealOutcome.Won))
        {
            var won = deal.ClosedAt ?? deal.CreatedAt;
            won = won < deal.CreatedAt ? deal.CreatedAt : won;
            if (won >= pair.Mql && won <= AsOf && (first is null || won < first))
            {
                first = won;
            }
        }

        return first;
    }

    private static List<VerdictFact> Verdicts((LeadHistory Lead, Instant Mql) pair)
    {
        var next = pair.Lead.Stages
            .Where(stage => stage.IsNewMql && stage.At > pair.Mql && stage.At <= AsOf && stage.SeenAt <= KnownAt)
            .Select(stage => (Instant?)stage.At).Min();
        return [.. pair.Lead.Verdicts
            .Where(verdict => verdict.At > pair.Mql && verdict.At <= AsOf && verdict.SeenAt <= KnownAt && (next is null || verdict.At <= next))
            .OrderBy(verdict => verdict.At)];
    }

    private static HandOverFact? HandOverOf((LeadHistory Lead, Instant Mql) pair) => pair.Lead.HandOvers.FirstOrDefault(handOver => handOver.MqlAt == pair.Mql);

    private static string SourceOf((LeadHistory Lead, Instant Mql) pair)
    {
        var source = BeganBy(pair).Source ?? pair.Lead.Source;
        return string.IsNullOrWhiteSpace(source) ? "(none)" : source.Trim();
    }

    private static StageChange BeganBy((LeadHistory Lead, Instant Mql) pair) => pair.Lead.Stages.First(stage => stage.IsNewMql && stage.SeenAt <= KnownAt && stage.At == pair.Mql);

    private static double? Type7(List<double> values, double share)
    {
        if (values.Count == 0)
        {
            return null;
        }

        values.Sort();
        var place = (values.Count - 1) * share;
        var result = values[(int)place] + (place - (int)place) * (values[(int)Math.Ceiling(place)] - values[(int)place]);
        return double.IsFinite(result) ? result : null;
    }
}
