using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Indicators;

namespace CrmLeadQualifier.Core.Suggestions;

/// <summary>Whom an exclusion is proposed for: systematically rejected segments of which next to nobody is good.</summary>
internal static class NeverConverting
{
    /// <summary>A segment never converts if even the upper end of the interval of its rate is not above this.</summary>
    private const double Never = 0.1;

    /// <summary>One after the other, each among the leads that those before it leave: what goes with an excluded segment is no segment of its own.</summary>
    /// <param name="most">So many at most.</param>
    /// <returns>The segments with the rate of their good ones, and the leads that are in none of them.</returns>
    public static (IReadOnlyList<(Segment Segment, Rate Good)> Segments, List<JudgedLead> Others) Find(Definition definition, List<JudgedLead> leads, int most)
    {
        List<(Segment, Rate)> found = [];
        var others = leads;
        while (found.Count < most && Next(definition, others) is { } next)
        {
            found.Add(next);
            others = [.. others.Where((_, i) => !next.Segment.Members[i])];
        }

        return (found, others);
    }

    private static (Segment Segment, Rate Good)? Next(Definition definition, List<JudgedLead> leads) => RejectedSegments.Search(definition, leads)
        .Where(found => found.Segment.If is not null)
        .Select(found => (found.Segment, Good: new Rate(found.Rejected.Rejected.Of - found.Rejected.Rejected.Count, found.Rejected.Rejected.Of)))
        .Where(found => found.Good.Wilson!.Value.High <= Never)
        .Select(found => ((Segment, Rate)?)found)
        .FirstOrDefault();
}
