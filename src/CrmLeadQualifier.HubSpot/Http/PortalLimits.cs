using CrmLeadQualifier.Crm.Budget;

namespace CrmLeadQualifier.HubSpot.Http;

/// <summary>A portal's limits as its answers tell them, and what of them this program takes (lifecycle and sync, section 9).</summary>
internal sealed record PortalLimits
{
    /// <summary>
    /// HubSpot allows an account 5 searches a second, all programs together. Over ten seconds we keep to two a second; within them the searches of one sync may go at once, so that a change does not
    /// wait for seconds. Each counts until <see cref="SearchCounts"/> after its answer.
    /// </summary>
    public const int SearchesPerSecond = 5;

    /// <summary>HubSpot's second, and a little for its clock's grain.</summary>
    public static readonly TimeSpan SearchCounts = TimeSpan.FromMilliseconds(1_050);

    public const int SearchesPerTenSeconds = 20;

    /// <summary>HubSpot's own limit of association calls in ten seconds.</summary>
    public const int AssociationsPerTenSeconds = 150;

    /// <summary>Requests need a varying time to HubSpot: its span as seen from here is that much longer.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(100);

    /// <summary>Calls in <see cref="Interval"/>; null: no answer told one.</summary>
    public int? Burst { get; init; }

    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The account's calls a day; null: it has no such limit, or no answer told it.</summary>
    public long? Daily { get; init; }

    public long? DailyRemaining { get; init; }

    /// <summary>The part of the account's day that is ours.</summary>
    public double ShareOfDay { get; init; } = 0.5;

    public bool AreKnown => Burst is not null || Daily is not null;

    /// <summary>Whether so little of the account's day is left that work of this importance waits for the next.</summary>
    public bool IsBelowFloor(CallImportance importance) => Day.IsBelowFloor(importance);

    private DayOfCalls Day => new() { Allowed = Daily, Left = DailyRemaining, Share = ShareOfDay };

    /// <param name="told">What the portal said was used of the burst by whoever; 0: nothing new.</param>
    /// <param name="sinceMidnight">Of the account's day.</param>
    public IReadOnlyList<CallLimit> Of(CallLane lane, CallImportance importance, long told, TimeSpan sinceMidnight)
    {
        var limits = new List<CallLimit>(3);
        if (lane == CallLane.Search)
        {
            limits.Add(new CallLimit("searches", SearchesPerSecond, TimeSpan.FromSeconds(1) + Margin, Grain));
            limits.Add(new CallLimit("searches_ten_seconds", SearchesPerTenSeconds, TimeSpan.FromSeconds(10), Grain));
        }
        else if (Burst is { } burst)
        {
            // A hundredth stays for what is counted differently there.
            limits.Add(new CallLimit("ten_seconds", Math.Max(1, burst - Math.Max(1, burst / 100)), Interval + Margin, Grain) { Told = told });
        }

        if (lane == CallLane.Associations)
        {
            limits.Add(new CallLimit("associations", AssociationsPerTenSeconds - 2, TimeSpan.FromSeconds(10) + Margin, Grain));
        }

        if (Day.LimitOf(importance, sinceMidnight) is { } day)
        {
            limits.Add(day);
        }

        return limits;
    }
}
