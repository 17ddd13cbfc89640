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

    private static readonly int[] Ages = [14, 30, 90];

    private readonly IndicatorFacts _facts;
    private readonly Definition _definition;
    private readonly IndicatorWindow _window;
    private readonly AgreementCalendar _calendar;
    private readonly IReadOnlyList<LeadHistory> _known;
    private readonly Cohort _cohort;

    private IndicatorComputation(IndicatorFacts facts, Definition definition, IndicatorWindow window)
    {
        _facts = facts;
        _definition = definition;
        _window = window;
        _calendar = new AgreementCalendar(definition.Sales.BusinessHours.Zone);
        _known = [.. facts.Leads.Select(lead => Cohort.Known(lead, window))];
        _cohort = Cohort.Of(_known, window);
    }

    /// <param name="definition">Whose time zone, business hours, targets and steps count.</param>
    public static IndicatorSet Compute(IndicatorFacts facts, Definition definition, IndicatorWindow window) => new IndicatorComputation(facts, definition, window).Compute();

    private IReadOnlyList<CohortMember> Members => _cohort.Members;

    private IndicatorSet Compute()
    {
        var hasHandOvers = !_facts.IsReplay;
        var sql = ConversionOf(Members, member => member.SqlAt);
        var rejected = RejectionOf(Members);
        var sla = hasHandOvers ? SlaMet() : (Rate?)null;
        var volume = VolumeCount.Of(Members, _window, _calendar);
        return new IndicatorSet
        {
            Window = _window,
            Definition = _definition,
            WhyNoHandOver = hasHandOvers ? null : "a replay hands nobody over",
            Cohort = _cohort,
            Maturity = MaturityOf(),
            NewLeads = NewLeadsCount.Of(_known, _facts.OtherNewLeads, _window),
            Volume = volume,
            Waiting = hasHandOvers ? Rate.Among(Members, member => member.HandedOverAt is null) : null,
            Answered = ConversionOf(Members, member => member.AnsweredAt),
            MqlToSal = _definition.Sales.TwoStep ? ConversionOf(Members, member => member.SalAt) : null,
            MqlToSql = sql,
            Rejected = rejected,
            SystemDelay = hasHandOvers ? DelayOf(Members, member => member.Mql.At, member => member.HandedOverAt) : null,
            FirstContact = hasHandOvers ? DelayOf([.. Members.Where(member => member.HandedOverAt is not null)], member => member.HandedOverAt!.Value, member => member.FirstContactAt) : null,
            SlaMet = sla,
            AcceptedWithoutContact = hasHandOvers ? AcceptedWithoutContact() : null,
            MqlToOpportunity = ConversionOf(Members, member => member.OpportunityAt),
            Close = ConversionOf(Members, member => member.WonAt),
            FoundBySales = _known.Sum(lead => lead.Stages.Count(stage =>
                stage is { To: Stage.Sql, Cause: TransitionCause.SalesDirect } && stage.At >= _window.From && stage.At < _window.To)),
            BySource = BreakdownBy(member => member.Source),
            ByGrade = GradeOrder.Mark(BreakdownBy(member => member.Mql.Grade)),
            ByOwner = BreakdownBy(member => member.Owner),
            ByCountry = BreakdownBy(member => member.Lead.Country),
            ByAgreement = BreakdownBy(member => member.Mql.Agreement),
            Targets = TargetResults(volume, sql, sla, rejected),
            Coverage = _facts.Coverage,
            Problems = Problems(),
        };
    }

    private Conversion ConversionOf(IReadOnlyCollection<CohortMember> members, Func<CohortMember, Instant?> reachedAt)
    {
        var lags = new List<double>();
        var old = new int[Ages.Length];
        var reachedAtAge = new int[Ages.Length];
        foreach (var member in members)
        {
            var lag = reachedAt(member) is { } at ? (double?)(at - member.Mql.At).TotalDays : null;
            if (lag is { } days)
            {
                lags.Add(days);
            }

            var age = (_window.AsOf - member.Mql.At).TotalDays;
            for (var i = 0; i < Ages.Length && Ages[i] <= age; i++)
            {
                old[i]++;
                reachedAtAge[i] += lag <= Ages[i] ? 1 : 0;
            }
        }

        return new Conversion(new Rate(lags.Count, members.Count), new Quantiles(lags), [.. Ages.Select((days, i) => new RateAtAge(days, new Rate(reachedAtAge[i], old[i])))]);
    }

    private Rejection RejectionOf(IReadOnlyCollection<CohortMember> members)
    {
        List<VerdictFact> standing = [.. members.Select(member => member.Verdict).OfType<VerdictFact>()];
        var rejected = standing.Where(IsRejection).ToList();
        var reasons = rejected
            .GroupBy(verdict => string.IsNullOrWhiteSpace(verdict.Reason) ? Rejection.ReasonMissing : verdict.Reason)
            .Select(reason => new ReasonCount(reason.Key, reason.Count()))
            .OrderByDescending(reason => reason.Count)
            .ThenBy(reason => reason.Reason, StringComparer.Ordinal);
        var accepted = standing.Count(verdict => verdict.Value is VerdictValue.Accepted or VerdictValue.Qualified);
        return new Rejection(new Rate(rejected.Count, standing.Count), [.. reasons], [.. Ages.Select(days => new RateAtAge(days, RejectedAtAge(members, days)))])
        {
            Accepted = new Rate(accepted, accepted + rejected.Count),
        };
    }

    private Rate RejectedAtAge(IReadOnlyCollection<CohortMember> members, int days)
    {
        var age = TimeSpan.FromDays(days);
        return Rate.Among(
            [.. members.Where(member => member.Mql.At + age <= _window.AsOf).Select(member => member.VerdictAsOf(member.Mql.At + age)).OfType<VerdictFact>()],
            IsRejection);
    }

    private static bool IsRejection(VerdictFact verdict) => verdict.Value == VerdictValue.Rejected;

    private Delay DelayOf(IReadOnlyCollection<CohortMember> members, Func<CohortMember, Instant> from, Func<CohortMember, Instant?> to)
    {
        var reached = members.Select(member => (From: from(member), To: to(member))).Where(pair => pair.To is not null).Select(pair => (pair.From, To: pair.To!.Value)).ToList();
        var notReached = members.Count - reached.Count;
        return new Delay(
            new Quantiles(reached.Select(pair => BusinessClock.Between(_definition.Sales.BusinessHours, pair.From, pair.To).TotalHours), notReached),
            new Quantiles(reached.Select(pair => Math.Max(0, (pair.To - pair.From).TotalHours)), notReached));
    }

    private Rate SlaMet()
    {
        var due = Members.Where(member => member.HandOver?.DueAt <= _window.AsOf && member.HandedOverAt is not null).ToList();
        return Rate.Among(due, member => member.FirstContactAt <= member.HandOver!.DueAt
            || (member.VerdictAsOf(member.HandOver!.DueAt!.Value) is { } verdict && IsRejection(verdict)));
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
        var until = BusinessClock.Add(hours, member.AcceptedAt!.Value, ContactWithinBusinessDays * (day > TimeSpan.Zero ? day : day + TimeSpan.FromDays(1)));
        return until <= _window.AsOf && !(member.FirstContactAt <= until);
    }

    private IReadOnlyList<Breakdown> BreakdownBy(Func<CohortMember, string?> value) =>
    [
        .. Members
            .GroupBy(member => Named(value(member)), StringComparer.Ordinal)
            .OrderByDescending(part => part.Count())
            .ThenBy(part => part.Key, StringComparer.Ordinal)
            .Select(part => (part.Key, Members: part.ToList()))
            .Select(part => new Breakdown(
                part.Key,
                ConversionOf(part.Members, member => member.SqlAt),
                ConversionOf(part.Members, member => member.AnsweredAt),
                RejectionOf(part.Members),
                ConversionOf(part.Members, member => member.WonAt))),
    ];

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
            if (mql.IsNewMql && new CohortMember(lead, mql, _window.AsOf).SqlAt is { } sqlAt)
            {
                yield return (sqlAt - mql.At).TotalDays;
            }
        }
    }

    private IReadOnlyList<TargetResult> TargetResults(MqlVolume volume, Conversion sql, Rate? sla, Rejection rejected)
    {
        if (_definition.Targets is not { } targets)
        {
            return [];
        }

        var given = new Rate(rejected.Rate.Count - rejected.ByReason.Where(reason => reason.Reason == Rejection.ReasonMissing).Sum(reason => reason.Count), rejected.Rate.Count);
        return
        [
            .. targets.MqlPerWeek is { } range ? [new TargetResult("mql_per_week", range.AtLeast, range.AtMost, volume.PerWeek, null)] : (TargetResult[])[],
            .. OfRate("mql_to_sql", targets.MqlToSqlAtLeast, sql.Rate),
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
