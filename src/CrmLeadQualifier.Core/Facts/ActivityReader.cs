using System.Text.Json;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Facts;

/// <summary>
/// Reads an activity's raw attributes by its kind into the form that is scored, and that the ledger keeps: texts folded, <c>duration_seconds</c> a number, what is unknown left out.
/// </summary>
public static class ActivityReader
{
    /// <summary>From plain texts, as CRMs give them.</summary>
    /// <param name="problems">Raised by one for each attribute that the kind does not have or that cannot be read.</param>
    public static ActivityFact Read(
        ActivityKind kind, Instant at, bool approximate, IEnumerable<KeyValuePair<string, string?>> attributes, ref int problems)
    {
        var fact = new ActivityFact(kind, at, approximate);
        foreach (var (name, raw) in attributes)
        {
            var place = PlaceOf(kind, name);
            if (place < 0 || !AttributeReader.TryRead(ActivityKind.TypeOf(name), raw, out var value))
            {
                problems++;
                value = default;
            }

            fact = With(fact, place, name, value);
        }

        return fact;
    }

    /// <summary>From a JSON object; of a name given twice the last counts.</summary>
    /// <inheritdoc cref="Read(ActivityKind, Instant, bool, IEnumerable{KeyValuePair{string, string}}, ref int)"/>
    public static ActivityFact Read(ActivityKind kind, Instant at, bool approximate, JsonElement attributes, ref int problems)
    {
        var fact = new ActivityFact(kind, at, approximate);
        foreach (var property in attributes.EnumerateObject())
        {
            var name = JsonText.NameOf(property);
            var place = PlaceOf(kind, name);
            if (place < 0 || !AttributeReader.TryRead(ActivityKind.TypeOf(name), property.Value, out var value))
            {
                problems++;
                value = default;
            }

            fact = With(fact, place, name, value);
        }

        return fact;
    }

    private static int PlaceOf(ActivityKind kind, string name)
    {
        for (var place = 0; place < kind.Attributes.Count; place++)
        {
            if (kind.Attributes[place] == name)
            {
                return place;
            }
        }

        return -1;
    }

    private static ActivityFact With(in ActivityFact fact, int place, string name, AttributeValue value) => place switch
    {
        >= 0 when name == ActivityKind.DurationSeconds => fact with { DurationSeconds = value.IsKnown ? value.Number : double.NaN },
        0 => fact with { Text0 = value.IsKnown ? value.Text : null },
        1 => fact with { Text1 = value.IsKnown ? value.Text : null },
        2 => fact with { Text2 = value.IsKnown ? value.Text : null },
        _ => fact,
    };
}
