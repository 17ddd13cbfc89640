using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Scoring;

/// <summary>What an item is as of one instant, and how long that is sure to last.</summary>
/// <param name="Value">A criterion's value; 1 or 0 for an exclusion that matches or does not.</param>
/// <param name="Next">The first later instant (milliseconds) at which the value may be another; <see cref="long.MaxValue"/>: never.</param>
/// <param name="NextGrowth">Until this instant the value can only come closer to 0; <see cref="long.MaxValue"/>: for ever.</param>
internal readonly record struct Outlook(long Value, long Next, long NextGrowth)
{
    public static Outlook Constant(long value) => new(value, long.MaxValue, long.MaxValue);
}

/// <summary>
/// A criterion or an exclusion in its compiled form. Every key of a score's line follows from the items' values and from attributes that time does not change, so the line changes
/// exactly when the value of some item does.
/// </summary>
internal abstract class PlannedItem(string id)
{
    /// <summary>So many boundaries are tried one by one; most values change at the first or second.</summary>
    private const int BoundariesTried = 8;

    public string Id => id;

    public abstract Outlook AsOf(in LeadAsOf lead, in LeadMatches matches);

    /// <summary>The first instant after the lead's, and before <paramref name="before"/>, at which the value is another; else <paramref name="before"/>.</summary>
    /// <param name="now">The outlook as of the lead's instant.</param>
    /// <param name="before">At most one past <see cref="Instant.MaxValue"/>.</param>
    public long NextChange(in LeadAsOf lead, in LeadMatches matches, in Outlook now, long before)
    {
        var boundary = now.Next;
        for (var tried = 0; boundary < before; tried++)
        {
            var then = AsOf(lead.As(boundary), in matches);
            if (then.Value != now.Value)
            {
                return boundary;
            }

            if (tried < BoundariesTried)
            {
                boundary = then.Next;
                continue;
            }

            // Until it may grow again the value only shrinks: if it is the same at the end of that time, it was the same all along.
            var end = Math.Min(then.NextGrowth, before);
            if (AsOf(lead.As(end - 1), in matches).Value != now.Value)
            {
                return FirstOther(in lead, in matches, now.Value, boundary, end - 1);
            }

            boundary = then.NextGrowth;
        }

        return before;
    }

    /// <summary>Bisects: the value is the same at <paramref name="same"/>, another at <paramref name="other"/>, and only shrinks in between.</summary>
    private long FirstOther(in LeadAsOf lead, in LeadMatches matches, long value, long same, long other)
    {
        while (other - same > 1)
        {
            var middle = same + ((other - same) >> 1);
            if (AsOf(lead.As(middle), in matches).Value == value)
            {
                same = middle;
            }
            else
            {
                other = middle;
            }
        }

        return other;
    }
}
