using System.Numerics;
using CrmLeadQualifier.Core.Facts;

namespace CrmLeadQualifier.Core.Scoring;

/// <summary><c>distinct_by</c>: of the activities with the same known value only the latest counts, as of every instant.</summary>
/// <param name="index">Its place among the plan's.</param>
internal sealed class DistinctValues(int index, string attribute)
{
    /// <summary>Up to so many activities comparing each with each is faster than hashing.</summary>
    private const int FewActivities = 24;

    private readonly ActivityAttribute _attribute = new(attribute);

    public int Index => index;

    /// <summary>Finds for each matched activity the next later one with the same value: as of an instant at which that one is there, the earlier does not count.</summary>
    /// <param name="superseding">Filled with places, -1 where there is none.</param>
    public void Find(ReadOnlySpan<ActivityFact> activities, ReadOnlySpan<ulong> matched, Span<int> superseding)
    {
        var count = 0;
        foreach (var word in matched)
        {
            count += BitOperations.PopCount(word);
        }

        if (count > FewActivities)
        {
            FindByHash(activities, matched, superseding);
            return;
        }

        for (var place = Places.NextFrom(matched, 0); place >= 0; place = Places.NextFrom(matched, place + 1))
        {
            var later = Places.LastBefore(matched, place);
            while (later >= 0 && !_attribute.SameValue(in activities[later], in activities[place]))
            {
                later = Places.LastBefore(matched, later);
            }

            superseding[place] = later;
        }
    }

    private void FindByHash(ReadOnlySpan<ActivityFact> activities, ReadOnlySpan<ulong> matched, Span<int> superseding)
    {
        var byText = new Dictionary<string, int>(StringComparer.Ordinal);
        var byNumber = new Dictionary<double, int>();
        for (var place = Places.NextFrom(matched, 0); place >= 0; place = Places.NextFrom(matched, place + 1))
        {
            ref readonly var activity = ref activities[place];
            superseding[place] = -1;
            if (!_attribute.IsKnown(in activity))
            {
                continue;
            }

            if (_attribute.Type == AttributeType.Number)
            {
                Replace(byNumber, _attribute.NumberOf(in activity), place, superseding);
            }
            else
            {
                Replace(byText, _attribute.TextOf(in activity)!, place, superseding);
            }
        }
    }

    private static void Replace<TValue>(Dictionary<TValue, int> latest, TValue value, int place, Span<int> superseding)
        where TValue : notnull
    {
        if (latest.TryGetValue(value, out var later))
        {
            superseding[place] = later;
        }

        latest[value] = place;
    }
}
