namespace CrmLeadQualifier.Core.Scoring;

/// <summary>What a criterion did for a score.</summary>
public sealed partial class ScoringPlan
{
    /// <summary>Whether <c>mql.when</c> would hold for a score if one of its criteria had given nothing.</summary>
    /// <param name="score">A score by this plan.</param>
    public bool QualifiesWithout(LeadScore score, string criterion)
    {
        var numbers = ScoringScratch.OfThread.Numbers(QuantityConditionCompiler.FirstCriterion + _criteria.Length);
        numbers.Clear();
        foreach (var (id, value) in score.Criteria)
        {
            if (id != criterion)
            {
                numbers[QuantityConditionCompiler.FirstCriterion + Array.FindIndex(_criteria, item => item.Id == id)] = value;
            }
        }

        return Qualifies(numbers);
    }
}
