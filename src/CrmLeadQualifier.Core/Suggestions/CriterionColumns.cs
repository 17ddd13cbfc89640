using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Suggestions;

/// <summary>
/// What a definition's criteria say of a lead, without their points: for a tier 1 or 0, for an activity criterion the counted activities (faded and bounded as the definition says).
/// </summary>
internal sealed class CriterionColumns
{
    /// <summary>Points of one activity in the probe: faded counts are then known to a hundredth.</summary>
    private const int ProbePoints = 100;

    private readonly ScoringPlan _probe;
    private readonly Dictionary<string, int> _first;

    public CriterionColumns(Definition definition)
    {
        _probe = ScoringPlan.Compile(definition with
        {
            Requires = [],
            Exclusions = [],
            Grades = null,
            Mql = new MqlRule(new AllOf([])),
            Profile = Probe(definition.Profile),
            Behaviour = Probe(definition.Behaviour),
            Intent = Probe(definition.Intent),
        });
        List<CriterionColumn> columns = [];
        _first = new(StringComparer.Ordinal);
        foreach (var criterion in definition.Criteria)
        {
            _first[criterion.Id] = columns.Count;
            columns.AddRange(criterion is AttributeCriterion attribute
                ? attribute.Tiers.Select((_, tier) => new CriterionColumn(criterion, tier))
                : [new CriterionColumn(criterion, 0)]);
        }

        All = columns;
    }

    /// <summary>In the order of the definition.</summary>
    public IReadOnlyList<CriterionColumn> All { get; }

    /// <summary>One value for each column.</summary>
    public double[] Of(LeadFacts facts, Instant at)
    {
        var row = new double[All.Count];
        var score = _probe.Score(facts, at, findNextChange: false);
        foreach (var (id, value) in score.Criteria)
        {
            var column = _first[id];
            if (All[column].Criterion is AttributeCriterion)
            {
                row[column + (int)value - 1] = 1;
            }
            else
            {
                row[column] = value / (double)ProbePoints;
            }
        }

        return row;
    }

    private static Section Probe(Section section) => section with
    {
        Cap = int.MaxValue / 4,
        Criteria =
        [
            .. section.Criteria.Select(criterion => criterion switch
            {
                AttributeCriterion attribute => attribute with { Tiers = [.. attribute.Tiers.Select((tier, i) => tier with { Points = i + 1 })] },
                ActivityCriterion activity => (Criterion)(activity with
                {
                    Points = ProbePoints,
                    AtMost = activity.AtMost is { } most && activity.Points != 0 ? (int)Math.Max(1, Math.Round(ProbePoints * (double)most / activity.Points)) : null,
                }),
                _ => throw new ArgumentOutOfRangeException(nameof(section)),
            }),
        ],
    };
}

/// <param name="Tier">From 0; of an activity criterion always 0.</param>
internal sealed record CriterionColumn(Criterion Criterion, int Tier)
{
    public int Points => Criterion switch
    {
        AttributeCriterion attribute => attribute.Tiers[Tier].Points,
        ActivityCriterion activity => activity.Points,
        _ => 0,
    };
}
