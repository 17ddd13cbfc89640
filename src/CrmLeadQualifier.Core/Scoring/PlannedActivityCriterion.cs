using System.Numerics;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Scoring;

/// <summary>An activity criterion: definition language, section 4, steps 1 to 6.</summary>
internal sealed class PlannedActivityCriterion : PlannedItem
{
    private const ulong Half = DecayTable.FullWeight / 2;

    /// <summary>Sums of weights up to here, times 1000 points, fit 64 bits with room for rounding: some 18,000 activities at full weight.</summary>
    private const ulong SmallSum = 18_000 * (ulong)DecayTable.FullWeight;

    private readonly ActivityMatcher _matcher;
    private readonly CompiledCondition<LeadAsOf>? _if;
    private readonly bool _ifDependsOnTime;
    private readonly DistinctValues? _distinct;
    private readonly DecayTable? _decay;
    private readonly int _needs;
    private readonly uint _pointsMagnitude;
    private readonly int _sign;
    private readonly ulong _bound;

    /// <summary>The least sum of weights that reaches the bound.</summary>
    private readonly ulong _enough;

    public PlannedActivityCriterion(ActivityCriterion criterion, ActivityMatcher matcher, DistinctValues? distinct, LeadConditionCompiler conditions)
        : base(criterion.Id)
    {
        _matcher = matcher;
        _distinct = distinct;
        _if = conditions.CompileOptional(criterion.If);
        _ifDependsOnTime = _if is { DependsOnTime: true };
        _decay = DecayTable.For(criterion.Decay);
        _needs = criterion.Needs;
        _pointsMagnitude = (uint)Math.Abs(criterion.Points);
        _sign = Math.Sign(criterion.Points);
        _bound = criterion.AtMost is { } atMost ? (ulong)Math.Abs(atMost) * DecayTable.FullWeight : ulong.MaxValue;
        _enough = criterion.AtMost is null || _pointsMagnitude == 0 ? ulong.MaxValue : (_bound + _pointsMagnitude - 1) / _pointsMagnitude;
    }

    /// <summary>Whether an activity counted by it can raise the score.</summary>
    public bool HasPositivePoints => _sign > 0;

    public override long ValueAsOf(in LeadAsOf lead, in LeadMatches matches, out long next)
    {
        next = long.MaxValue;
        var matched = matches.Of(_matcher);
        if (Places.IsEmpty(matched))
        {
            return 0;
        }

        var activities = matches.Activities;
        var first = matches.FirstAsOf(lead.At);
        if (first > 0 || _ifDependsOnTime)
        {
            next = NextGrowth(in lead, in matches);
        }

        if (_if is not null && !_if.Holds(in lead))
        {
            // Arrivals change nothing as long as it fails.
            next = _ifDependsOnTime ? _if.NextBoundary(in lead, lead.At) : long.MaxValue;
            return 0;
        }

        var superseding = _distinct is null ? default : matches.Superseding(_distinct);
        ulong sum = 0, sumHigh = 0;
        var counted = 0;
        var growth = next;
        var oldest = 0L;
        var within = _matcher.Within;
        for (var word = first >> 6; word < matched.Length; word++)
        {
            var rest = matched[word] & (word == first >> 6 ? ulong.MaxValue << first : ulong.MaxValue);
            for (; rest != 0; rest &= rest - 1)
            {
                var place = (word << 6) + BitOperations.TrailingZeroCount(rest);
                var happened = activities[place].At.UnixMilliseconds;
                var age = lead.At - happened;
                if (age >= within)
                {
                    // All that follow are older still.
                    word = matched.Length;
                    break;
                }

                if (!superseding.IsEmpty && superseding[place] >= first)
                {
                    continue;
                }

                counted++;
                oldest = happened;
                ulong weight = DecayTable.FullWeight;
                if (_decay is not null)
                {
                    weight = (ulong)_decay.WeightAt(age, out var remaining);
                    next = Math.Min(next, lead.At + remaining);
                }

                sum += weight;
                sumHigh += sum < weight ? 1UL : 0;
                if (sum >= _enough && counted >= _needs)
                {
                    // The bound is reached, whatever else there is, at least until one of these changes.
                    word = matched.Length;
                    break;
                }
            }
        }

        var value = counted < _needs ? 0 : Rounded(sum, sumHigh);
        if (value == 0)
        {
            next = growth;
        }
        else if (within != long.MaxValue)
        {
            next = Math.Min(next, oldest + within);
        }

        return value;
    }

    protected override long NextGrowth(in LeadAsOf lead, in LeadMatches matches)
    {
        var arrival = Places.LastBefore(matches.Of(_matcher), matches.FirstAsOf(lead.At));
        var growth = arrival < 0 ? long.MaxValue : matches.Activities[arrival].At.UnixMilliseconds;
        return _ifDependsOnTime ? Math.Min(growth, _if!.NextBoundary(in lead, lead.At)) : growth;
    }

    /// <summary>Points above 0 only fall with time, until an activity or a condition brings new ones.</summary>
    public override long NextRise(in LeadAsOf lead, in LeadMatches matches, long next) => _sign > 0 && next != long.MaxValue ? Math.Max(next, NextGrowth(in lead, in matches)) : next;

    /// <summary>The latest activity counted as of the lead's instant (steps 1 to 3); null if the criterion counts none.</summary>
    public Instant? LatestCounted(in LeadAsOf lead, in LeadMatches matches)
    {
        if (_if is not null && !_if.Holds(in lead))
        {
            return null;
        }

        var matched = matches.Of(_matcher);
        var superseding = _distinct is null ? default : matches.Superseding(_distinct);
        var first = matches.FirstAsOf(lead.At);
        var latest = Places.NextFrom(matched, first);
        var counted = 0;
        for (var place = latest; place >= 0 && counted < _needs; place = Places.NextFrom(matched, place + 1))
        {
            if (lead.At - matches.Activities[place].At.UnixMilliseconds >= _matcher.Within)
            {
                break;
            }

            counted += superseding.IsEmpty || superseding[place] < first ? 1 : 0;
        }

        return counted < _needs ? null : matches.Activities[latest].At;
    }

    /// <summary>Steps 5 and 6 on the magnitude: points and bound have one sign, so half away from zero is half up here.</summary>
    private long Rounded(ulong sum, ulong sumHigh)
    {
        if (sumHigh == 0 && sum <= SmallSum)
        {
            var raw = Math.Min(sum * _pointsMagnitude, _bound);
            return _sign * (long)((raw + Half) / DecayTable.FullWeight);
        }

        var wide = new UInt128(sumHigh, sum) * _pointsMagnitude;
        if (_bound != ulong.MaxValue && wide > _bound)
        {
            wide = _bound;
        }

        return _sign * (long)((wide + Half) / (ulong)DecayTable.FullWeight);
    }
}
