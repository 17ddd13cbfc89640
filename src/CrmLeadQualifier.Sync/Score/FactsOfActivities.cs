using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Sync.Score;

/// <summary>
/// Activities in the form that is scored. What many activities say alike the ledger gives as one object, and it is read once for all of them. Not for two threads at once.
/// </summary>
internal sealed class FactsOfActivities
{
    /// <summary>Some 20 MB; beyond it all is forgotten and begun anew.</summary>
    private const int Most = 16_384;

    private readonly Dictionary<IReadOnlyDictionary<string, string>, ActivityFact> read = new(ReferenceEqualityComparer.Instance);

    /// <summary>Null: the kind is none that scoring knows.</summary>
    public ActivityFact? Of(ActivityRow activity)
    {
        if (ActivityKind.Find(activity.Kind) is not { } kind)
        {
            return null;
        }

        if (!read.TryGetValue(activity.Attributes, out var said) || said.Kind != kind)
        {
            var problems = 0;
            said = ActivityReader.Read(kind, activity.At, activity.IsApproximate, activity.Attributes.Select(x => KeyValuePair.Create(x.Key, (string?)x.Value)), ref problems);
            if (read.Count >= Most)
            {
                read.Clear();
            }

            read[activity.Attributes] = said;
        }

        return new ActivityFact(said, activity.At, activity.IsApproximate);
    }
}
