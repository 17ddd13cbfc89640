using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Suggestions;

/// <summary>New points mean other totals: every threshold is moved to where as large a share of leads reaches it as reaches the present one.</summary>
internal static class ThresholdMoves
{
    /// <summary>Moves the thresholds of <c>mql.when</c> and of the grades in the patch.</summary>
    /// <returns>Those that changed.</returns>
    public static IReadOnlyList<ProposedChange> Move(DefinitionPatch patch, ScoringPlan present, ScoringPlan proposed, IReadOnlyList<(LeadFacts Facts, Instant At)> sample)
    {
        List<LeadScore> before = [], after = [];
        foreach (var (facts, at) in sample)
        {
            var score = present.Score(facts, at, findNextChange: false);
            if (score.Status is not (LeadStatus.Unscorable or LeadStatus.Excluded))
            {
                before.Add(score);
                after.Add(proposed.Score(facts, at, findNextChange: false));
            }
        }

        List<ProposedChange> moved = [];
        foreach (var threshold in before.Count > 0 ? patch.Thresholds : [])
        {
            Set($"mql.{threshold.Quantity}", threshold, Moved(threshold));
        }

        foreach (var (map, thresholds) in before.Count > 0 ? patch.Grades : [])
        {
            // They fall strictly: from the lowest up.
            var below = int.MinValue;
            foreach (var threshold in thresholds.Reverse())
            {
                below = Math.Max(Moved(threshold), below == int.MinValue ? below : below + 1);
                Set($"grades.{map}", threshold, below);
            }
        }

        return moved;

        int Moved(Threshold threshold) => Place(
            threshold,
            [.. before.Select(score => Quantity(score, threshold.Quantity)).Order()],
            [.. after.Select(score => Quantity(score, threshold.Quantity)).Order()]);

        void Set(string where, Threshold threshold, int value)
        {
            if (value != threshold.Value)
            {
                patch.Set(threshold, value);
                moved.Add(new(ProposedChange.Threshold, where, (int)threshold.Value, value, SuggestionSentences.MovedThreshold));
            }
        }
    }

    internal static int Quantity(LeadScore score, string quantity) => quantity switch
    {
        "profile" => score.Profile,
        "behaviour" => score.Behaviour,
        "intent" => score.Intent,
        "engagement" => score.Behaviour + score.Intent,
        _ => score.Total,
    };

    private static int Place(Threshold threshold, int[] before, int[] after)
    {
        // As 'at least': a bound from above splits the leads at the next integer.
        var shift = threshold.Operator is "more_than" or "at_most" ? 1 : 0;
        var reaching = Reaching(before, threshold.Value + shift);
        return after.Distinct().OrderBy(value => Math.Abs(Reaching(after, value) - reaching)).ThenByDescending(value => value).First() - shift;
    }

    private static int Reaching(int[] sorted, double value)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = sorted[middle] < value ? (middle + 1, high) : (low, middle);
        }

        return sorted.Length - low;
    }
}
