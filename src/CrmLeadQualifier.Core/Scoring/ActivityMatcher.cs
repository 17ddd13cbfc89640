using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;

namespace CrmLeadQualifier.Core.Scoring;

/// <summary>
/// Which activities a criterion, an exclusion or an <c>unless</c> is about: <c>on</c> and <c>where</c>. The answer does not depend on the instant scored as of, so it is found once
/// for each activity, whatever number of instants are then looked at.
/// </summary>
/// <param name="index">Its place among the plan's matchers.</param>
/// <param name="within">In milliseconds; <see cref="long.MaxValue"/> without a window.</param>
internal sealed class ActivityMatcher(
    int index, IReadOnlyList<ActivityKind> on, CompiledCondition<ScannedActivity>? where, bool countsApproximate, long within)
{
    public int Index => index;

    public IReadOnlyList<ActivityKind> On => on;

    /// <summary>Older activities are out of the window now and ever after.</summary>
    public long Within => within;

    public CompiledCondition<ScannedActivity>? Where => where;

    public bool CountsApproximate => countsApproximate;

    /// <summary>Whether an activity of one of the kinds matches.</summary>
    public bool Matches(in ScannedActivity activity) =>
        (countsApproximate || !activity.Fact.Approximate) && (where is null || where.Holds(in activity));
}

/// <summary>The activities of one lead, latest first, with what each matcher of a plan found in them.</summary>
internal readonly ref struct LeadMatches(ReadOnlySpan<ActivityFact> activities, ReadOnlySpan<ulong> bits, ReadOnlySpan<int> superseding)
{
    private readonly ReadOnlySpan<ulong> _bits = bits;
    private readonly ReadOnlySpan<int> _superseding = superseding;

    public readonly ReadOnlySpan<ActivityFact> Activities = activities;

    public static int WordsFor(int activities) => (activities + 63) >> 6;

    public ReadOnlySpan<ulong> Of(ActivityMatcher matcher)
    {
        var words = WordsFor(Activities.Length);
        return _bits.Slice(matcher.Index * words, words);
    }

    /// <summary>For each activity the place of the next later one with the same value; -1 without one.</summary>
    public ReadOnlySpan<int> Superseding(DistinctValues distinct) => _superseding.Slice(distinct.Index * Activities.Length, Activities.Length);

    /// <summary>The place of the latest activity that is not after an instant.</summary>
    public int FirstAsOf(long at)
    {
        if (Activities.IsEmpty || Activities[0].At.UnixMilliseconds <= at)
        {
            return 0;
        }

        int after = 0, notAfter = Activities.Length;
        while (notAfter - after > 1)
        {
            var middle = (after + notAfter) >> 1;
            if (Activities[middle].At.UnixMilliseconds > at)
            {
                after = middle;
            }
            else
            {
                notAfter = middle;
            }
        }

        return notAfter;
    }
}

/// <summary>A set of an activity's places, one bit each.</summary>
internal static class Places
{
    public static void Add(Span<ulong> bits, int place) => bits[place >> 6] |= 1UL << place;

    /// <summary>The first place in the set from <paramref name="start"/> on; -1 if there is none.</summary>
    public static int NextFrom(ReadOnlySpan<ulong> bits, int start)
    {
        var word = start >> 6;
        if ((uint)word >= (uint)bits.Length)
        {
            return -1;
        }

        var rest = bits[word] & (ulong.MaxValue << start);
        while (rest == 0)
        {
            if (++word >= bits.Length)
            {
                return -1;
            }

            rest = bits[word];
        }

        return (word << 6) + System.Numerics.BitOperations.TrailingZeroCount(rest);
    }

    /// <summary>The last place in the set before <paramref name="end"/>; -1 if there is none.</summary>
    public static int LastBefore(ReadOnlySpan<ulong> bits, int end)
    {
        if (end <= 0)
        {
            return -1;
        }

        var word = (end - 1) >> 6;
        var rest = bits[word] & (ulong.MaxValue >> (63 - ((end - 1) & 63)));
        while (rest == 0)
        {
            if (--word < 0)
            {
                return -1;
            }

            rest = bits[word];
        }

        return (word << 6) + System.Numerics.BitOperations.Log2(rest);
    }
}
