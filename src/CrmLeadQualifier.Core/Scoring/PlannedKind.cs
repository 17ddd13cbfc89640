using CrmLeadQualifier.Core.Facts;

namespace CrmLeadQualifier.Core.Scoring;

/// <summary>What a plan asks of activities of one kind: the scans of their texts, and the matchers in two groups.</summary>
internal sealed class PlannedKind
{
    private readonly TextScan? _scan0;
    private readonly TextScan? _scan1;
    private readonly TextScan? _scan2;
    private readonly Simple[] _simple;
    private readonly ActivityMatcher[] _others;

    private PlannedKind(ActivityKind kind, ActivityMatcher[] matchers, TextScan?[] scans)
    {
        (_scan0, _scan1, _scan2) = (scans[0], scans[1], scans[2]);
        _simple = [.. matchers.Where(IsSimple).Select(matcher => Simple.Of(matcher, kind))];
        _others = [.. matchers.Where(matcher => !IsSimple(matcher))];
    }

    /// <summary>
    /// A matcher without a condition, or whose condition is that something was found in one text: most are. Decided by masks alone, without a branch on what was found.
    /// </summary>
    /// <param name="Mask">0 where there is no condition.</param>
    /// <param name="Approximate">All ones where approximate activities count, else 0.</param>
    private readonly record struct Simple(int Index, int Place, ulong Mask, ulong Approximate, long Within)
    {
        public static Simple Of(ActivityMatcher matcher, ActivityKind kind)
        {
            var found = matcher.Where as ActivityTextFound;
            return new Simple(
                matcher.Index, found?.Attribute.PlaceIn(kind) ?? 0, found?.PositiveMask ?? 0, matcher.CountsApproximate ? ulong.MaxValue : 0, matcher.Within);
        }
    }

    /// <summary>Null where the plan asks nothing of a kind.</summary>
    public static PlannedKind? For(ActivityKind kind, IEnumerable<ActivityMatcher> all, ActivityTextScans scans)
    {
        // What is looked for in an attribute that the kind does not have is not there.
        ActivityMatcher[] matchers = [.. all.Where(matcher =>
            matcher.On.Contains(kind) && !(matcher.Where is ActivityTextFound found && !found.Attribute.BelongsTo(kind)))];
        return matchers.Length == 0 ? null : new PlannedKind(kind, matchers, scans.Of(kind));
    }

    /// <param name="bits">From the activity's word of the first matcher on.</param>
    /// <param name="words">From one matcher's word to the next one's.</param>
    /// <param name="bit">The activity's in its word.</param>
    public void Match(ref readonly ActivityFact activity, long at, Span<ulong> bits, int words, ulong bit)
    {
        var age = at - activity.At.UnixMilliseconds;
        var found0 = _scan0 is not null && activity.Text0 is { } text0 ? _scan0.Find(text0) : 0;
        var found1 = _scan1 is not null && activity.Text1 is { } text1 ? _scan1.Find(text1) : 0;
        var found2 = _scan2 is not null && activity.Text2 is { } text2 ? _scan2.Find(text2) : 0;
        var scanned = new ScannedActivity(in activity, found0, found1, found2);
        var exact = activity.Approximate ? 0 : ulong.MaxValue;
        foreach (ref readonly var simple in _simple.AsSpan())
        {
            var holds = simple.Mask == 0 || (scanned.FoundIn(simple.Place) & simple.Mask) != 0;
            bits[simple.Index * words] |= (holds & age < simple.Within ? bit : 0) & (exact | simple.Approximate);
        }

        foreach (var matcher in _others)
        {
            if (age < matcher.Within && matcher.Matches(in scanned))
            {
                bits[matcher.Index * words] |= bit;
            }
        }
    }

    private static bool IsSimple(ActivityMatcher matcher) => matcher.Where is null or ActivityTextFound { PositiveMask: not 0 };
}
