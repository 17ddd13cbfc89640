using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;

namespace CrmLeadQualifier.Core.Scoring;

/// <summary>Compiles a definition's criteria and exclusions, giving each activity matcher and each <c>distinct_by</c> its place.</summary>
internal sealed class PlanCompiler
{
    private readonly LeadConditionCompiler _conditions;

    public PlanCompiler(AttributeSchema schema) => _conditions = new LeadConditionCompiler(schema, LeadScans);

    /// <summary>The slots of the text attributes that conditions are about.</summary>
    public IEnumerable<int> Texts => _conditions.Texts;

    public LeadTextScans LeadScans { get; } = new();

    public ActivityTextScans ActivityScans { get; } = new();

    public List<ActivityMatcher> Matchers { get; } = [];

    public List<(ActivityMatcher Matcher, DistinctValues Values)> Distinct { get; } = [];

    public PlannedItem Criterion(Criterion criterion)
    {
        switch (criterion)
        {
            case AttributeCriterion onAttributes:
                return new PlannedAttributeCriterion(onAttributes, _conditions);
            case ActivityCriterion onActivities:
                var matcher = Matcher(onActivities.On, onActivities.Where, onActivities.DistinctBy is null, onActivities.Within);
                return new PlannedActivityCriterion(onActivities, matcher, DistinctBy(onActivities.DistinctBy, matcher), _conditions);
            default:
                throw new ArgumentException($"{criterion.GetType().Name} is no criterion of a definition.", nameof(criterion));
        }
    }

    public PlannedExclusion Exclusion(Exclusion exclusion) =>
        new(exclusion.Id, Match(exclusion.Matching), exclusion.Unless is null ? null : Match(exclusion.Unless));

    /// <summary>Nothing more will be compiled.</summary>
    public void Seal()
    {
        LeadScans.Seal();
        ActivityScans.Seal();
    }

    private PlannedExclusionMatch Match(ExclusionMatch match) => PlannedExclusionMatch.Compile(
        match, _conditions, match.On.Count == 0 ? null : Matcher(match.On, match.Where, countsApproximate: true, match.Within));

    /// <param name="countsApproximate">Whether what else there is besides <paramref name="where"/> lets approximate activities count.</param>
    private ActivityMatcher Matcher(IReadOnlyList<ActivityKind> on, Condition? where, bool countsApproximate, TimeSpan? within)
    {
        var window = within is { } span ? span.Ticks / TimeSpan.TicksPerMillisecond : long.MaxValue;
        var condition = new ActivityConditionCompiler(ActivityScans, on).CompileOptional(where);
        var matcher = new ActivityMatcher(Matchers.Count, on, condition, countsApproximate && where is null, window);
        Matchers.Add(matcher);
        return matcher;
    }

    private DistinctValues? DistinctBy(string? attribute, ActivityMatcher matcher)
    {
        if (attribute is null)
        {
            return null;
        }

        var values = new DistinctValues(Distinct.Count, attribute);
        Distinct.Add((matcher, values));
        return values;
    }
}
