using CrmLeadQualifier.Core.Lifecycle;

namespace CrmLeadQualifier.Core.Indicators;

/// <summary>What the rates of a cohort ask of one member, told once: it is counted in the whole and in every part that it belongs to.</summary>
/// <param name="AgeDays">From the MQL transition to D.</param>
/// <param name="Sql">Days to it; null: not reached.</param>
/// <param name="VerdictsAtAges">The verdicts that stood at <see cref="ConversionCount.Ages"/>; null also where the member is not that old.</param>
internal readonly record struct CountedMember(
    CohortMember Member, double AgeDays, double? Sql, double? Answered, double? Won, VerdictFact? Verdict, (VerdictFact? First, VerdictFact? Second, VerdictFact? Third) VerdictsAtAges)
{
    public static CountedMember Of(CohortMember member)
    {
        var age = (member.AsOf - member.Mql.At).TotalDays;
        return new CountedMember(
            member,
            age,
            (member.SqlAt - member.Mql.At)?.TotalDays,
            (member.AnsweredAt - member.Mql.At)?.TotalDays,
            (member.WonAt - member.Mql.At)?.TotalDays,
            member.Verdict,
            (AtAge(0), AtAge(1), AtAge(2)));

        VerdictFact? AtAge(int place) => age < ConversionCount.Ages[place] ? null : member.VerdictAsOf(member.Mql.At + TimeSpan.FromDays(ConversionCount.Ages[place]));
    }
}

/// <summary>Counts how many of some members reached something, and when.</summary>
internal sealed class ConversionCount
{
    public static readonly int[] Ages = [14, 30, 90];

    private readonly List<double> _lags = [];
    private readonly int[] _old = new int[Ages.Length];
    private readonly int[] _reached = new int[Ages.Length];
    private int _members;

    public void Add(double ageDays, double? lagDays)
    {
        _members++;
        if (lagDays is { } days)
        {
            _lags.Add(days);
        }

        for (var i = 0; i < Ages.Length && Ages[i] <= ageDays; i++)
        {
            _old[i]++;
            _reached[i] += lagDays <= Ages[i] ? 1 : 0;
        }
    }

    public Conversion Counted() => new(new Rate(_lags.Count, _members), new Quantiles(_lags), [.. Ages.Select((days, i) => new RateAtAge(days, new Rate(_reached[i], _old[i])))]);
}

/// <summary>Counts how many of some members were rejected, and why, of those with a verdict.</summary>
internal sealed class RejectionCount
{
    private readonly Dictionary<string, int> _reasons = [];
    private readonly int[] _judged = new int[ConversionCount.Ages.Length];
    private readonly int[] _rejectedByAge = new int[ConversionCount.Ages.Length];
    private int _standing;
    private int _rejected;
    private int _accepted;

    public void Add(in CountedMember member)
    {
        if (member.Verdict is { } verdict)
        {
            _standing++;
            _accepted += verdict.Value is VerdictValue.Accepted or VerdictValue.Qualified ? 1 : 0;
            if (IsRejection(verdict))
            {
                _rejected++;
                var reason = string.IsNullOrWhiteSpace(verdict.Reason) ? Rejection.ReasonMissing : verdict.Reason;
                _reasons[reason] = _reasons.GetValueOrDefault(reason) + 1;
            }
        }

        AddAtAge(0, member.VerdictsAtAges.First);
        AddAtAge(1, member.VerdictsAtAges.Second);
        AddAtAge(2, member.VerdictsAtAges.Third);
    }

    public Rejection Counted() => new(
        new Rate(_rejected, _standing),
        [.. _reasons.Select(reason => new ReasonCount(reason.Key, reason.Value)).OrderByDescending(reason => reason.Count).ThenBy(reason => reason.Reason, StringComparer.Ordinal)],
        [.. ConversionCount.Ages.Select((days, i) => new RateAtAge(days, new Rate(_rejectedByAge[i], _judged[i])))])
    {
        Accepted = new Rate(_accepted, _accepted + _rejected),
    };

    public static bool IsRejection(VerdictFact verdict) => verdict.Value == VerdictValue.Rejected;

    private void AddAtAge(int place, VerdictFact? verdict)
    {
        if (verdict is not null)
        {
            _judged[place]++;
            _rejectedByAge[place] += IsRejection(verdict) ? 1 : 0;
        }
    }
}

/// <summary>Counts the rates that are shown of every part of a cohort, and of the whole.</summary>
internal sealed class PartCount
{
    private readonly ConversionCount _sql = new();
    private readonly ConversionCount _answered = new();
    private readonly ConversionCount _close = new();
    private readonly RejectionCount _rejected = new();

    private void Add(in CountedMember member)
    {
        _sql.Add(member.AgeDays, member.Sql);
        _answered.Add(member.AgeDays, member.Answered);
        _close.Add(member.AgeDays, member.Won);
        _rejected.Add(member);
    }

    /// <summary>All members as one part, whose value says nothing.</summary>
    public static Breakdown Of(IReadOnlyList<CountedMember> members)
    {
        var whole = new PartCount();
        foreach (var member in members)
        {
            whole.Add(member);
        }

        return whole.Counted("");
    }

    private Breakdown Counted(string value) => new(value, _sql.Counted(), _answered.Counted(), _rejected.Counted(), _close.Counted());

    /// <summary>The parts by a value that each member has, the largest first.</summary>
    public static IReadOnlyList<Breakdown> By(IReadOnlyList<CountedMember> members, Func<CohortMember, string?> value)
    {
        var parts = new Dictionary<string, PartCount>(StringComparer.Ordinal);
        foreach (var member in members)
        {
            var named = IndicatorComputation.Named(value(member.Member));
            if (!parts.TryGetValue(named, out var part))
            {
                parts[named] = part = new PartCount();
            }

            part.Add(member);
        }

        return [.. parts.Select(part => part.Value.Counted(part.Key)).OrderByDescending(part => part.Mqls).ThenBy(part => part.Value, StringComparer.Ordinal)];
    }
}
