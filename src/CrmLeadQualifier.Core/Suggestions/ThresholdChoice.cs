using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Suggestions;

/// <summary>Other thresholds for the total in <c>mql.when</c>, to choose from for a stated capacity of sales or a stated acceptance rate.</summary>
public static class ThresholdChoice
{
    /// <summary>So many are tried.</summary>
    private const int Steps = 24;

    /// <summary>The definition with its first bound of the total at each of some values, lowest first; its other bounds of the total keep their distance. Empty: it has none.</summary>
    /// <param name="sample">Leads, each as of an instant: between two values lies about the same share of them.</param>
    public static IReadOnlyList<(int From, int To, WrittenDefinition Definition)> Candidates(WrittenDefinition written, IReadOnlyList<(LeadFacts Facts, Instant At)> sample)
    {
        if (BoundsOfTotal(new DefinitionPatch(written.Yaml)) is not [var first, ..] || sample.Count == 0)
        {
            return [];
        }

        var plan = ScoringPlan.Compile(written.Definition);
        int[] totals = [.. sample.Select(lead => plan.Score(lead.Facts, lead.At, findNextChange: false).Total).Order()];
        return
        [
            .. Enumerable.Range(0, Steps).Select(step => totals[(int)((long)step * (totals.Length - 1) / (Steps - 1))]).Append((int)first.Value).Distinct().Order()
                .Select(value => (Value: value, Definition: With(written, value)))
                .Where(candidate => candidate.Definition is not null)
                .Select(candidate => ((int)first.Value, candidate.Value, candidate.Definition!)),
        ];
    }

    private static IReadOnlyList<Threshold> BoundsOfTotal(DefinitionPatch patch) => [.. patch.Thresholds.Where(threshold => threshold is { Quantity: "total", Operator: "at_least" or "more_than" })];

    private static WrittenDefinition? With(WrittenDefinition written, int value)
    {
        var patch = new DefinitionPatch(written.Yaml);
        var bounds = BoundsOfTotal(patch);
        foreach (var bound in bounds)
        {
            patch.Set(bound, value + (int)(bound.Value - bounds[0].Value));
        }

        return patch.Apply(written.Name) is { } applied ? written with { Definition = applied.Definition, Yaml = applied.Yaml } : null;
    }
}
