using CrmLeadQualifier.Core.Definitions;

namespace CrmLeadQualifier.Core.Scoring;

/// <summary>An attribute criterion: the points of the first tier that holds, or 0.</summary>
internal sealed class PlannedAttributeCriterion : PlannedItem
{
    private readonly CompiledCondition<LeadAsOf>[] _conditions;
    private readonly int[] _points;
    private readonly bool _dependsOnTime;

    public PlannedAttributeCriterion(AttributeCriterion criterion, LeadConditionCompiler conditions)
        : base(criterion.Id)
    {
        _conditions = [.. criterion.Tiers.Select(tier => conditions.Compile(tier.If))];
        _points = [.. criterion.Tiers.Select(tier => tier.Points)];
        _dependsOnTime = Array.Exists(_conditions, condition => condition.DependsOnTime);
    }

    public override long ValueAsOf(in LeadAsOf lead, in LeadMatches matches, out long next)
    {
        next = _dependsOnTime ? NextBoundary(in lead) : long.MaxValue;
        var conditions = _conditions;
        for (var tier = 0; tier < conditions.Length; tier++)
        {
            if (conditions[tier].Holds(in lead))
            {
                return _points[tier];
            }
        }

        return 0;
    }

    protected override long NextGrowth(in LeadAsOf lead, in LeadMatches matches) => NextBoundary(in lead);

    private long NextBoundary(in LeadAsOf lead)
    {
        var next = long.MaxValue;
        foreach (var condition in _conditions)
        {
            next = Math.Min(next, condition.NextBoundary(in lead, lead.At));
        }

        return next;
    }
}
