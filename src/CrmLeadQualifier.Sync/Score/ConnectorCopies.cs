using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Sync.Score;

/// <summary>
/// What the connector between two CRMs copied and its client did not recognise by its creator: the same kind on the same lead in another connection within two minutes (lifecycle
/// and sync, section 10). It is told anew from the activities themselves each time, so that it holds whichever of the two was read first.
/// </summary>
internal static class ConnectorCopies
{
    private const int SalesforceIdLength = 15;

    private static readonly TimeSpan Within = TimeSpan.FromMinutes(2);

    /// <summary>
    /// The activities in the same order. Each original has one copy in another connection at most, the nearest in time; of a pair the one without a user is the copy, since programs
    /// copy and people act, else the later one, else the one of the connection that came later.
    /// </summary>
    public static IReadOnlyList<ActivityRow> Mark(IReadOnlyList<ActivityRow> activities)
    {
        var counted = activities.Where(activity => activity is { CopyOf: null, IsApproximate: false, IsDayOnly: false }).ToList();
        if (counted.Select(activity => activity.ConnectionId).Distinct().Take(2).Count() < 2)
        {
            return activities;
        }

        var copies = new Dictionary<(long, string), string>();
        foreach (var ofKind in counted.GroupBy(activity => activity.Kind))
        {
            // One activity of several records of the lead is one.
            Pair([.. ofKind.DistinctBy(Key).OrderBy(activity => activity.At).ThenBy(activity => activity.ConnectionId).ThenBy(activity => activity.ExternalId, StringComparer.Ordinal)], copies);
        }

        return copies.Count == 0
            ? activities
            : [.. activities.Select(activity => copies.TryGetValue(Key(activity), out var original) ? activity with { CopyOf = original } : activity)];
    }

    /// <summary>Whether a deal mirrors one of the others. The long form of a Salesforce id repeats the short one.</summary>
    public static bool IsMirror(DealRow deal, IReadOnlyList<DealRow> all) => deal.CopyOf is { } opportunity
        && all.Any(other => other.ConnectionId != deal.ConnectionId && string.CompareOrdinal(other.Deal.Id, 0, opportunity, 0, SalesforceIdLength) == 0);

    private static void Pair(List<ActivityRow> inOrder, Dictionary<(long, string), string> copies)
    {
        var pairs = new List<(TimeSpan Apart, ActivityRow First, ActivityRow Second)>();
        for (var i = 0; i < inOrder.Count; i++)
        {
            for (var j = i + 1; j < inOrder.Count && inOrder[j].At - inOrder[i].At <= Within; j++)
            {
                if (inOrder[i].ConnectionId != inOrder[j].ConnectionId)
                {
                    pairs.Add((inOrder[j].At - inOrder[i].At, inOrder[i], inOrder[j]));
                }
            }
        }

        var taken = new HashSet<(long, string)>();
        foreach (var (_, first, second) in pairs.OrderBy(pair => pair.Apart))
        {
            if (taken.Contains(Key(first)) || taken.Contains(Key(second)))
            {
                continue;
            }

            taken.Add(Key(first));
            taken.Add(Key(second));
            var isFirstCopy = first.UserId is null && second.UserId is not null;
            var (original, copy) = isFirstCopy ? (second, first) : (first, second);
            copies[Key(copy)] = original.ActivityId;
        }
    }

    private static (long, string) Key(ActivityRow activity) => (activity.ConnectionId, activity.ActivityId);
}
