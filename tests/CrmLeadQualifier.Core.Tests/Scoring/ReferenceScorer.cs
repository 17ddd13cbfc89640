using System.Numerics;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Tests.Scoring;

/// <summary>
/// The language page's sections 2 to 5 read aloud: no plan, no tables, big integers, each question asked anew of every activity. Slow, and obviously what the page says;
/// it shares nothing with the scorer but the model.
/// </summary>
internal static class ReferenceScorer
{
    public static LeadScore Score(Definition definition, LeadFacts facts, Instant at)
    {
        var missing = definition.Requires.Where(name => !Attribute(facts, name).IsKnown).ToList();
        if (missing.Count > 0)
        {
            return new LeadScore { Status = LeadStatus.Unscorable, Missing = missing };
        }

        var values = definition.Criteria.Select(criterion => new CriterionValue(criterion.Id, Value(criterion, facts, at))).ToList();
        var adjustments = new List<KeyValuePair<string, long>>();
        var scores = new List<int>();
        foreach (var section in definition.Sections)
        {
            var sum = section.Criteria.Sum(criterion => values.Single(value => value.Id == criterion.Id).Value);
            var score = sum < 0 ? 0 : sum > section.Cap ? section.Cap : (int)sum;
            scores.Add(score);
            if (score != sum)
            {
                adjustments.Add(new(section.Name, score - sum));
            }
        }

        var grade = definition.Grades is { } grades ? Letter(grades, scores[0]) + Digit(grades, scores[1] + scores[2]) : null;
        var excludedBy = definition.Exclusions
            .Where(exclusion => Matches(exclusion.Matching, facts, at) && !(exclusion.Unless is not null && Matches(exclusion.Unless, facts, at)))
            .Select(exclusion => exclusion.Id)
            .ToList();
        var qualified = Holds(definition.Mql.When, subject => subject switch
        {
            "profile" => AttributeValue.OfNumber(scores[0]),
            "behaviour" => AttributeValue.OfNumber(scores[1]),
            "intent" => AttributeValue.OfNumber(scores[2]),
            "total" => AttributeValue.OfNumber(scores.Sum()),
            "grade" => AttributeValue.OfText(grade!.ToLowerInvariant()),
            _ => AttributeValue.OfNumber(values.Single(value => "criterion." + value.Id == subject).Value),
        }, at);
        return new LeadScore
        {
            Status = excludedBy.Count > 0 ? LeadStatus.Excluded : qualified ? LeadStatus.Qualified : LeadStatus.NotYet,
            Profile = scores[0],
            Behaviour = scores[1],
            Intent = scores[2],
            Grade = grade,
            Criteria = [.. values.Where(value => value.Value != 0)],
            Adjustments = adjustments,
            ExcludedBy = excludedBy,
        };
    }

    private static AttributeValue Attribute(LeadFacts facts, string name) => facts.Values[facts.Schema.IndexOf(name)];

    private static string Letter(Grades grades, int profile) =>
        grades.A is { } a && profile >= a ? "A" : grades.B is { } b && profile >= b ? "B" : grades.C is { } c && profile >= c ? "C" : "D";

    private static string Digit(Grades grades, int engagement) =>
        grades.One is { } one && engagement >= one ? "1" : grades.Two is { } two && engagement >= two ? "2" : grades.Three is { } three && engagement >= three ? "3" : "4";

    private static long Value(Criterion criterion, LeadFacts facts, Instant at) => criterion switch
    {
        AttributeCriterion onAttributes => onAttributes.Tiers.FirstOrDefault(tier => Holds(tier.If, name => Attribute(facts, name), at))?.Points ?? 0,
        ActivityCriterion onActivities => Value(onActivities, facts, at),
        _ => throw new ArgumentException("No criterion.", nameof(criterion)),
    };

    private static long Value(ActivityCriterion criterion, LeadFacts facts, Instant at)
    {
        // 1
        var m = Matching(criterion.On, criterion.Where, criterion.Within, criterion.DistinctBy is not null, facts, at);
        // 2
        if (criterion.DistinctBy is { } attribute)
        {
            m = [.. m.Where(activity => !ActivityAttribute(activity, attribute).IsKnown),
                .. m.Where(activity => ActivityAttribute(activity, attribute).IsKnown)
                    .GroupBy(activity => Written(ActivityAttribute(activity, attribute), attribute))
                    .Select(same => same.MaxBy(activity => activity.At))];
        }

        // 3
        if ((criterion.If is not null && !Holds(criterion.If, name => Attribute(facts, name), at)) || m.Count < criterion.Needs)
        {
            return 0;
        }

        // 4, 5
        BigInteger raw = 0;
        foreach (var activity in m)
        {
            raw += criterion.Points * Weight(criterion.Decay, at - activity.At);
        }

        var unit = BigInteger.Pow(10, 12);
        if (criterion.AtMost is { } atMost && BigInteger.Abs(raw) > Math.Abs(atMost) * unit)
        {
            raw = atMost * unit;
        }

        // 6
        var (whole, rest) = BigInteger.DivRem(BigInteger.Abs(raw), unit);
        return (long)((whole + (2 * rest >= unit ? 1 : 0)) * raw.Sign);
    }

    private static BigInteger Weight(Decay? decay, TimeSpan age)
    {
        var weight = BigInteger.Pow(10, 12);
        if (decay is not null)
        {
            for (var k = age.Ticks / decay.Every.Ticks; k > 0 && weight > 0; k--)
            {
                var next = weight * (100 - decay.LosePercent) / 100;
                if (next == weight)
                {
                    break;
                }

                weight = next;
            }
        }

        return weight;
    }

    private static bool Matches(ExclusionMatch match, LeadFacts facts, Instant at) =>
        (match.If is null || Holds(match.If, name => Attribute(facts, name), at))
        && (match.On.Count == 0 || Matching(match.On, match.Where, match.Within, false, facts, at).Count > 0);

    private static List<ActivityFact> Matching(
        IReadOnlyList<ActivityKind> on, Condition? where, TimeSpan? within, bool distinct, LeadFacts facts, Instant at)
    {
        var matching = new List<ActivityFact>();
        foreach (var activity in facts.Activities)
        {
            if (on.Contains(activity.Kind)
                && activity.At <= at
                && !(activity.Approximate && (where is not null || distinct))
                && (where is null || Holds(where, name => ActivityAttribute(activity, name), at))
                && (within is null || at - activity.At < within))
            {
                matching.Add(activity);
            }
        }

        return matching;
    }

    private static AttributeValue ActivityAttribute(ActivityFact activity, string name)
    {
        var place = activity.Kind.Attributes.ToList().IndexOf(name);
        if (name == ActivityKind.DurationSeconds)
        {
            return place < 0 || double.IsNaN(activity.DurationSeconds) ? AttributeValue.Unknown : AttributeValue.OfNumber(activity.DurationSeconds);
        }

        var text = place < 0 ? null : new[] { activity.Text0, activity.Text1, activity.Text2 }[place];
        return text is null ? AttributeValue.Unknown : AttributeValue.OfText(text);
    }

    private static object Written(AttributeValue value, string attribute) => attribute == ActivityKind.DurationSeconds ? value.Number : value.Text;

    private static bool Holds(Condition condition, Func<string, AttributeValue> subject, Instant at) => condition switch
    {
        AllOf all => all.Parts.All(part => Holds(part, subject, at)),
        AnyOf any => any.Parts.Any(part => Holds(part, subject, at)),
        NoneOf none => !none.Parts.Any(part => Holds(part, subject, at)),
        SubjectCondition one => one.Tests.All(test => Holds(test, one.Type, subject(one.Subject), at)),
        _ => throw new ArgumentException("No condition.", nameof(condition)),
    };

    private static bool Holds(Test test, AttributeType type, AttributeValue value, Instant at)
    {
        if (test.Operator == Operator.Known)
        {
            return value.IsKnown == test.Booleans[0];
        }

        if (!value.IsKnown)
        {
            return false;
        }

        return type switch
        {
            AttributeType.Text => Negative(test.Operator) ? !Positive(test, value.Text) : Positive(test, value.Text),
            AttributeType.List => Negative(test.Operator)
                ? value.Elements.All(element => !Positive(test, element))
                : value.Elements.Any(element => Positive(test, element)),
            AttributeType.Number => Compare(test, value.Number, test.Numbers),
            AttributeType.Boolean => Compare(test, value.Boolean, test.Booleans),
            _ when test.Operator is Operator.Within => at - value.Date >= TimeSpan.Zero && at - value.Date < test.Window,
            _ when test.Operator is Operator.NotWithin => !(at - value.Date >= TimeSpan.Zero && at - value.Date < test.Window),
            _ => Compare(test, value.Date, test.Instants),
        };
    }

    private static bool Negative(Operator @operator) => @operator is Operator.IsNot or Operator.NotIn or Operator.NotContains or Operator.HasNoWord;

    private static bool Positive(Test test, string text) => test.Operator switch
    {
        Operator.Is or Operator.IsNot or Operator.In or Operator.NotIn => test.Texts.Any(operand => operand == text),
        Operator.Contains or Operator.NotContains => test.Texts.Any(operand => text.IndexOf(operand, StringComparison.Ordinal) >= 0),
        Operator.HasWord or Operator.HasNoWord => test.Texts.Any(operand => (" " + Spelled(text) + " ").Contains(" " + Spelled(operand) + " ", StringComparison.Ordinal)),
        Operator.StartsWith => test.Texts.Any(operand => text.StartsWith(operand, StringComparison.Ordinal)),
        Operator.EndsWith => test.Texts.Any(operand => text.EndsWith(operand, StringComparison.Ordinal)),
        Operator.Matches => test.Pattern!.IsMatch(text),
        var other => throw new ArgumentException($"{other} on a text."),
    };

    /// <summary>The words of a text with one space between them.</summary>
    private static string Spelled(string text) =>
        string.Join(' ', text.EnumerateRunes().Aggregate("", (spelled, rune) => spelled + (Rune(rune) ? rune.ToString() : " ")).Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static bool Rune(System.Text.Rune rune) => System.Text.Rune.IsLetter(rune) || System.Text.Rune.IsNumber(rune);

    private static bool Compare<T>(Test test, T value, IReadOnlyList<T> operands)
        where T : IComparable<T> => test.Operator switch
        {
            Operator.Is or Operator.In => operands.Any(operand => value.CompareTo(operand) == 0),
            Operator.IsNot or Operator.NotIn => operands.All(operand => value.CompareTo(operand) != 0),
            Operator.AtLeast => value.CompareTo(operands[0]) >= 0,
            Operator.AtMost => value.CompareTo(operands[0]) <= 0,
            Operator.MoreThan => value.CompareTo(operands[0]) > 0,
            Operator.LessThan => value.CompareTo(operands[0]) < 0,
            Operator.Between => value.CompareTo(operands[0]) >= 0 && value.CompareTo(operands[1]) <= 0,
            var other => throw new ArgumentException($"{other} on a {typeof(T).Name}."),
        };
}
