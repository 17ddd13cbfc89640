using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Suggestions;

/// <summary>
/// What a definition's criteria say of a lead, without their points: for a tier 1 or 0, for an activity criterion the counted activities (faded and bounded as the definition says),
/// and beside each attribute criterion whether what it asks for is unknown.
/// </summary>
internal sealed class CriterionColumns
{
    /// <summary>Points of one activity in the probe: faded counts are then known to a hundredth.</summary>
    private const int ProbePoints = 100;

    private readonly ScoringPlan _probe;
    private readonly Dictionary<string, int> _first;
    private readonly Dictionary<string, (int Column, int[] Slots)> _unknown = [];

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

        Points = columns;
        foreach (var criterion in definition.Criteria)
        {
            if (criterion is AttributeCriterion && CriterionAttributes.Of(criterion) is { Count: > 0 } asked)
            {
                _unknown[criterion.Id] = (Points.Count + _unknown.Count, [.. asked.Select(definition.Attributes.IndexOf)]);
            }
        }
    }

    /// <summary>The columns that points can be given to; those for the unknown follow.</summary>
    public IReadOnlyList<CriterionColumn> Points { get; }

    public int Count => Points.Count + _unknown.Count;

    /// <summary>One value for each column.</summary>
    public double[] Of(LeadFacts facts, Instant at)
    {
        var row = new double[Count];
        var score = _probe.Score(facts, at, findNextChange: false);
        var held = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (id, value) in score.Criteria)
        {
            held.Add(id);
            var column = _first[id];
            if (Points[column].Criterion is AttributeCriterion)
            {
                row[column + (int)value - 1] = 1;
            }
            else
            {
                row[column] = value / (double)ProbePoints;
            }
        }

        foreach (var (id, (column, slots)) in _unknown)
        {
            row[column] = !held.Contains(id) && IsUnknown(facts, slots) ? 1 : 0;
        }

        return row;
    }

    private static bool IsUnknown(LeadFacts facts, int[] slots)
    {
        foreach (var slot in slots)
        {
            if (!facts.Values[slot].IsKnown)
            {
                return true;
            }
        }

        return false;
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
