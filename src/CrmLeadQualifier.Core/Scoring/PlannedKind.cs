using CrmLeadQualifier.Core.Facts;

namespace CrmLeadQualifier.Core.Scoring;

/// <summary>What a plan asks of activities of one kind: the scans of their texts, and the matchers in two groups.</summary>
internal sealed class PlannedKind
{
    private readonly TextScan?[] _scans;

    /// <summary>The text that the masks are about.</summary>
    private readonly int _place;
    private readonly ByMask[] _byMask;
    private readonly ActivityMatcher[] _others;

    /// <summary>Activities older than this match nothing.</summary>
    private readonly long _within;

    private PlannedKind(ActivityKind kind, ActivityMatcher[] matchers, TextScan?[] scans)
    {
        _scans = scans;
        _place = Math.Max(0, Array.FindIndex(scans, scan => scan is not null));
        _byMask = [.. matchers.Where(matcher => IsByMask(matcher, kind)).Select(ByMask.Of)];
        _others = [.. matchers.Where(matcher => !IsByMask(matcher, kind))];
        _within = matchers.Max(matcher => matcher.Within);
    }

    /// <summary>
    /// A matcher without a condition, or whose condition is that something was found in the kind's scanned text: most are. Decided without a branch on what was found, which no
    /// processor could foresee.
    /// </summary>
    /// <param name="Approximate">All ones where approximate activities count, else 0.</param>
    private readonly record struct ByMask(int Index, ulong Mask, ulong Approximate, long Within)
    {
        public static ByMask Of(ActivityMatcher matcher) => new(
            matcher.Index, (matcher.Where as ActivityTextFound)?.PositiveMask ?? TextScan.Always, matcher.CountsApproximate ? ulong.MaxValue : 0, matcher.Within);
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
        if (age >= _within)
        {
            return;
        }

        var found = Scan(_place, TextOf(in activity, _place));
        var exact = activity.Approximate ? 0 : ulong.MaxValue;
        foreach (ref readonly var matcher in _byMask.AsSpan())
        {
            bits[matcher.Index * words] |= ((found & matcher.Mask) != 0 & age < matcher.Within ? bit : 0) & (exact | matcher.Approximate);
        }

        if (_others.Length > 0)
        {
            MatchOthers(in activity, age, bits, words, bit);
        }
    }

    private static string? TextOf(ref readonly ActivityFact activity, int place) => place switch
    {
        0 => activity.Text0,
        1 => activity.Text1,
        _ => activity.Text2,
    };

    private bool IsByMask(ActivityMatcher matcher, ActivityKind kind) =>
        matcher.Where is null || (matcher.Where is ActivityTextFound { PositiveMask: not 0 } found && found.Attribute.PlaceIn(kind) == _place);

    private void MatchOthers(ref readonly ActivityFact activity, long age, Span<ulong> bits, int words, ulong bit)
    {
        var scanned = new ScannedActivity(in activity, Scan(0, activity.Text0), Scan(1, activity.Text1), Scan(2, activity.Text2));
        foreach (var matcher in _others)
        {
            if (age < matcher.Within && matcher.Matches(in scanned))
            {
                bits[matcher.Index * words] |= bit;
            }
        }
    }

    private ulong Scan(int place, string? text) => text is not null && _scans[place] is { } scan ? scan.Find(text) : TextScan.Always;
}
