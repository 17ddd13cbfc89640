namespace CrmLeadQualifier.Core.Definitions.Reading;

/// <summary>
/// The least and greatest value that each quantity of a score can have, each alone (definition language, section 7): a criterion's negative and positive points, <c>at_most</c>
/// where given, unbounded without it for activities; summed in a section and held between 0 and its cap.
/// </summary>
internal sealed class ScoreBounds
{
    private readonly Dictionary<string, (double Least, double Greatest)> _bounds = new(StringComparer.Ordinal);

    public ScoreBounds(IReadOnlyList<Section> sections, Grades? grades)
    {
        foreach (var section in sections)
        {
            double least = 0, greatest = 0;
            foreach (var criterion in section.Criteria)
            {
                var bounds = Of(criterion);
                _bounds[SubjectScope.Criterion + criterion.Id] = bounds;
                least += bounds.Least;
                greatest += bounds.Greatest;
            }

            _bounds[section.Name] = (Math.Clamp(least, 0, section.Cap), Math.Clamp(greatest, 0, section.Cap));
        }

        var (profile, behaviour, intent) = (_bounds["profile"], _bounds["behaviour"], _bounds["intent"]);
        _bounds["total"] = (profile.Least + behaviour.Least + intent.Least, profile.Greatest + behaviour.Greatest + intent.Greatest);
        Grades = grades is null ? [] :
        [
            .. from letter in Reachable(profile, [("a", grades.A), ("b", grades.B), ("c", grades.C), ("d", null)])
               from digit in Reachable((behaviour.Least + intent.Least, behaviour.Greatest + intent.Greatest), [("1", grades.One), ("2", grades.Two), ("3", grades.Three), ("4", null)])
               select letter + digit,
        ];
    }

    /// <summary>Every grade that can occur, folded.</summary>
    public IReadOnlyList<string> Grades { get; }

    public (double Least, double Greatest) this[string quantity] => _bounds[quantity];

    private static (double Least, double Greatest) Of(Criterion criterion) => criterion switch
    {
        AttributeCriterion attribute => (attribute.Tiers.Min(tier => Math.Min(0, tier.Points)), attribute.Tiers.Max(tier => Math.Max(0, tier.Points))),
        ActivityCriterion { Points: > 0 } gain => (0, gain.AtMost ?? double.PositiveInfinity),
        ActivityCriterion loss => (loss.AtMost ?? double.NegativeInfinity, 0),
        _ => throw new ArgumentOutOfRangeException(nameof(criterion)),
    };

    // A mark is reached by the scores from its threshold up to the next higher one; the last mark, without a threshold, by all below.
    private static IEnumerable<string> Reachable((double Least, double Greatest) score, (string Mark, int? Threshold)[] marks)
    {
        var below = double.PositiveInfinity;
        foreach (var (mark, threshold) in marks)
        {
            if (threshold is null && mark is not ("d" or "4"))
            {
                continue;
            }

            var from = threshold ?? double.NegativeInfinity;
            if (score.Greatest >= from && score.Least < below)
            {
                yield return mark;
            }

            below = from;
        }
    }
}
