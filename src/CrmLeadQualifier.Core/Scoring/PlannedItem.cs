using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Scoring;

/// <summary>
/// A criterion or an exclusion in its compiled form. Every key of a score's line follows from the items' values and from attributes that time does not change, so the line changes
/// exactly when the value of some item does.
/// </summary>
internal abstract class PlannedItem(string id)
{
    /// <summary>So many boundaries are tried one by one; most values change at the first or second.</summary>
    private const int BoundariesTried = 8;

    public string Id => id;

    /// <summary>A criterion's value as of the lead's instant; 1 or 0 for an exclusion that matches or does not.</summary>
    /// <param name="next">The first later instant (milliseconds) at which the value may be another; <see cref="long.MaxValue"/>: never.</param>
    public abstract long ValueAsOf(in LeadAsOf lead, in LeadMatches matches, out long next);

    /// <summary>The first later instant (milliseconds) at which the value may be greater; of an exclusion, at which it may be another. <see cref="long.MaxValue"/>: never.</summary>
    /// <param name="next">The first later instant at which the value may be another, from <see cref="ValueAsOf"/>.</param>
    public virtual long NextRise(in LeadAsOf lead, in LeadMatches matches, long next) => next;

    /// <summary>Until this instant the value can only come closer to 0; <see cref="long.MaxValue"/>: for ever.</summary>
    protected abstract long NextGrowth(in LeadAsOf lead, in LeadMatches matches);

    /// <summary>The first instant after the lead's, and before <paramref name="before"/>, at which the value is another; else <paramref name="before"/>.</summary>
    /// <param name="value">As of the lead's instant.</param>
    /// <param name="boundary">The first instant at which it may be another.</param>
    /// <param name="before">At most one past <see cref="Instant.MaxValue"/>.</param>
    public long NextChange(in LeadAsOf lead, in LeadMatches matches, long value, long boundary, long before)
    {
        for (var tried = 0; boundary < before; tried++)
        {
            var then = lead.As(boundary);
            if (ValueAsOf(in then, in matches, out var next) != value)
            {
                return boundary;
            }

            if (tried < BoundariesTried)
            {
                boundary = next;
                continue;
            }

            // Until it may grow again the value only shrinks: if it is the same at the end of that time, it was the same all along.
            var growth = NextGrowth(in then, in matches);
            var end = Math.Min(growth, before);
            if (ValueAsOf(lead.As(end - 1), in matches, out _) != value)
            {
                return FirstOther(in lead, in matches, value, boundary, end - 1);
            }

            boundary = growth;
        }

        return before;
    }

    /// <summary>Bisects: the value is the same at <paramref name="same"/>, another at <paramref name="other"/>, and only shrinks in between.</summary>
    private long FirstOther(in LeadAsOf lead, in LeadMatches matches, long value, long same, long other)
    {
        while (other - same > 1)
        {
            var middle = same + ((other - same) >> 1);
            if (ValueAsOf(lead.As(middle), in matches, out _) == value)
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
