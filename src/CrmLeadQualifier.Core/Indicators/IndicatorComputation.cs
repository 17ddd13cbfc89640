using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Indicators;

/// <summary>
/// Computes the shared indicators from facts: pure, and the same result for facts in any order. Only facts with an instant by D that were known at K count.
/// </summary>
public sealed class IndicatorComputation
{
    private const int PastLagsNeeded = 50;
    private const double DaysWithoutPast = 45;
    private const int ContactWithinBusinessDays = 5;

    /// <summary>Openings of more days than this are not told beforehand.</summary>
    private static readonly TimeSpan LongestTimeline = TimeSpan.FromDays(3660);

    private readonly IndicatorFacts _facts;
    private readonly Definition _definition;
    private readonly IndicatorWindow _window;
    private readonly AgreementCalendar _calendar;
    private readonly IReadOnlyList<LeadHistory> _known;
    private readonly Cohort _cohort;
    private readonly CountedMember[] _counted;
    private readonly BusinessTimeline _business;

    private IndicatorComputation(IndicatorFacts facts, Definition definition, IndicatorWindow window)
    {
        _facts = facts;
        _definition = definition;
        _window = window;
        _calendar = new AgreementCalendar(definition.Sales.BusinessHours.Zone);
        // Each lead for itself, in hundreds of thousands: on all cores.
        _known = [.. facts.Leads.AsParallel().AsOrdered().Select(lead => Cohort.Known(lead, window))];
        _cohort = Cohort.Of(_known, window);
        _counted = [.. _cohort.Members.AsParallel().AsOrdered().Select(CountedMember.Of)];
        var first = Members.Count > 0 ? Members[0].Mql.At : window.AsOf;
        _business = new BusinessTimeline(definition.Sales.BusinessHours, first, Instant.Earliest(window.AsOf, first + LongestTimeline));
    }

    /// <param name="definition">Whose time zone, business hours, targets and steps count.</param>
    public static IndicatorSet Compute(IndicatorFacts facts, Definition definition, IndicatorWindow window) => new IndicatorComputation(facts, definition, window).Compute();

    private IReadOnlyList<CohortMember> Members => _cohort.Members;

    private IndicatorSet Compute()
    {
        var hasHandOvers = !_facts.IsReplay;
        // None asks what another found, and each goes through the whole cohort.
        var bySource = Task.Run(() => PartCount.By(_counted, member => member.Source));
        var byGrade = Task.Run(() => GradeOrder.Mark(PartCount.By(_counted, member => member.Mql.Grade)));
        var byOwner = Task.Run(() => PartCount.By(_counted, member => member.Owner));
        var byCountry = Task.Run(() => PartCount.By(_counted, member => member.Lead.Country));
        var byAgreement = Task.Run(() => PartCount.By(_counted, member => member.Mql.Agreement));
        var newLeads = Task.Run(() => NewLeadsCount.Of(_known, _facts.OtherNewLeads, _window));
        var maturity = Task.Run(MaturityOf);
        var systemDelay = Task.Run(() => hasHandOvers ? DelayOf(Members, member => member.Mql.At, member => member.HandedOverAt) : null);
        var firstContact = Task.Run(() => hasHandOvers
            ? DelayOf([.. Members.Where(member => member.HandedOverAt is not null)], member => member.HandedOverAt!.Value, member => member.FirstContactAt)
            : null);
        var acceptedWithoutContact = Task.Run(() => hasHandOvers ? AcceptedWithoutContact() : null);
        var whole = PartCount.Of(_counted);
        var sla = hasHandOvers ? SlaMet() : (Rate?)null;
        var volume = VolumeCount.Of(Members, _window, _calendar);
        return new IndicatorSet
        {
            Window = _window,
            Definition = _definition,
            WhyNoHandOver = hasHandOvers ? null : "a replay hands nobody over",
            Cohort = _cohort,
            Maturity = maturity.Result,
            NewLeads = newLeads.Result,
            Volume = volume,
            Waiting = hasHandOvers ? Rate.Among(Members, member => member.HandedOverAt is null) : null,
            Answered = whole.Answered,
            MqlToSal = _definition.Sales.TwoStep ? ConversionOf(member => member.SalAt) : null,
            MqlToSql = whole.MqlToSql,
            Rejected = whole.Rejected,
            SystemDelay = systemDelay.Result,
            FirstContact = firstContact.Result,
            SlaMet = sla,
            AcceptedWithoutContact = acceptedWithoutContact.Result,
            MqlToOpportunity = ConversionOf(member => member.OpportunityAt),
            Close = whole.Close,
            FoundBySales = _known.Sum(lead => lead.Stages.Count(stage =>
                stage is { To: Stage.Sql, Cause: TransitionCause.SalesDirect } && stage.At >= _window.From && stage.At < _window.To)),
            BySource = bySource.Result,
            ByGrade = byGrade.Result,
            ByOwner = byOwner.Result,
            ByCountry = byCountry.Result,
            ByAgreement = byAgreement.Result,
            Targets = TargetResults(volume, whole, sla),
            Coverage = _facts.Coverage,
            Problems = Problems(),
        };
    }

    private Conversion ConversionOf(Func<CohortMember, Instant?> reachedAt)
    {
        var count = new ConversionCount();
        foreach (var member in _counted)
        {
            count.Add(member.AgeDays, (reachedAt(member.Member) - member.Member.Mql.At)?.TotalDays);
        }

        return count.Counted();
    }

    private Delay DelayOf(IReadOnlyCollection<CohortMember> members, Func<CohortMember, Instant> from, Func<CohortMember, Instant?> to)
    {
        var reached = members.Select(member => (From: from(member), To: to(member))).Where(pair => pair.To is not null).Select(pair => (pair.From, To: pair.To!.Value)).ToList();
        var notReached = members.Count - reached.Count;
        return new Delay(
            new Quantiles(reached.Select(pair => _business.Between(pair.From, pair.To).TotalHours), notReached),
            new Quantiles(reached.Select(pair => Math.Max(0, (pair.To - pair.From).TotalHours)), notReached));
    }

    private Rate SlaMet()
    {
        var due = Members.Where(member => member.HandOver?.DueAt <= _window.AsOf && member.HandedOverAt is not null).ToList();
        return Rate.Among(due, member => member.FirstContactAt <= member.HandOver!.DueAt
            || (member.VerdictAsOf(member.HandOver!.DueAt!.Value) is { } verdict && RejectionCount.IsRejection(verdict)));
    }

    private IReadOnlyList<Share> AcceptedWithoutContact() =>
    [
        .. Members
            .Where(member => member.AcceptedAt is not null)
            .GroupBy(member => Named(member.Owner))
            .OrderBy(owner => owner.Key, StringComparer.Ordinal)
            .Select(owner => new Share(owner.Key, Rate.Among([.. owner], HadNoContact))),
    ];

    /// <summary>Nobody was in contact by the end of the fifth business day after <c>accepted</c>, and that day is over.</summary>
    private bool HadNoContact(CohortMember member)
    {
        var hours = _definition.Sales.BusinessHours;
        var day = TimeSpan.FromTicks(NodaTime.Period.Between(hours.From, hours.To, NodaTime.PeriodUnits.Ticks).Ticks);
        var until = _business.Add(member.AcceptedAt!.Value, ContactWithinBusinessDays * (day > TimeSpan.Zero ? day : day + TimeSpan.FromDays(1)));
        return until <= _window.AsOf && !(member.FirstContactAt <= until);
    }

    /// <summary>A value as breakdowns show it: an empty one is <see cref="Breakdown.Nothing"/>.</summary>
    public static string Named(string? value) => string.IsNullOrWhiteSpace(value) ? Breakdown.Nothing : value.Trim();

    private Maturity MaturityOf()
    {
        var lags = _known.SelectMany(PastLags).ToList();
        var needed = lags.Count < PastLagsNeeded ? DaysWithoutPast : new Quantiles(lags).At(0.9)!.Value;
        return new Maturity(Members.Count == 0 ? null : (_window.AsOf - Members[^1].Mql.At).TotalDays, needed, lags.Count);
    }

    /// <summary>Of every MQL transition of the lead, inside the window or not, the days to the SQL that followed.</summary>
    private IEnumerable<double> PastLags(LeadHistory lead)
    {
        foreach (var mql in lead.Stages)
        {
            if (mql.IsNewMql && CohortMember.SqlAfter(lead, mql) is { } sqlAt)
            {
                yield return (sqlAt - mql.At).TotalDays;
            }
        }
    }

    private IReadOnlyList<TargetResult> TargetResults(MqlVolume volume, Breakdown whole, Rate? sla)
    {
        if (_definition.Targets is not { } targets)
        {
            return [];
        }

        var rejected = whole.Rejected;
        var given = new Rate(rejected.Rate.Count - rejected.ByReason.Where(reason => reason.Reason == Rejection.ReasonMissing).Sum(reason => reason.Count), rejected.Rate.Count);
        return
        [
            .. targets.MqlPerWeek is { } range ? [new TargetResult("mql_per_week", range.AtLeast, range.AtMost, volume.PerWeek, null)] : (TargetResult[])[],
            .. OfRate("mql_to_sql", targets.MqlToSqlAtLeast, whole.MqlToSql.Rate),
            .. OfRate("sla_met", targets.SlaMetAtLeast, sla),
            .. OfRate("reasons_given", targets.ReasonsGivenAtLeast, given),
        ];

        static IEnumerable<TargetResult> OfRate(string target, double? atLeast, Rate? rate) =>
            atLeast is null ? [] : [new TargetResult(target, atLeast, null, rate?.Value, rate)];
    }

    private IReadOnlyList<IndicatorProblem> Problems()
    {
        var reasons = _definition.Sales.RejectionReasons.Select(reason => reason.Id).ToHashSet();
        var wonBefore = Members.Where(member => member.IsWonBefore).ToList();
        var unknownReason = reasons.Count == 0
            ? []
            : Members.Where(member => member.Verdict is { Value: VerdictValue.Rejected, Reason: { } reason } && !string.IsNullOrWhiteSpace(reason) && !reasons.Contains(reason)).ToList();
        return
        [
            .. _facts.Problems,
            .. Of(IndicatorProblem.WonBeforeMql, "leads had won a deal before they became MQL: that win counts in no rate and no lag", wonBefore),
            .. Of(IndicatorProblem.RetiredRejectionReason, "leads were rejected with a reason of an earlier agreement that is retired since", [.. unknownReason.Where(IsRetired)]),
            .. Of(IndicatorProblem.UnknownRejectionReason, "leads were rejected with a reason that no agreement ever had", [.. unknownReason.Where(member => !IsRetired(member))]),
        ];

        bool IsRetired(CohortMember member) => _facts.RetiredReasons.Contains(member.Verdict!.Reason!);

        static IEnumerable<IndicatorProblem> Of(string kind, string sentence, List<CohortMember> members) => members.Count == 0
            ? []
            : [new IndicatorProblem(kind, sentence, members.Count, [.. members.Take(IndicatorProblem.Named).Select(member => member.Lead.Name)])];
    }
}
