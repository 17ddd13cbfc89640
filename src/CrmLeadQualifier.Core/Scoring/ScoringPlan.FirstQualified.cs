using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Scoring;

/// <summary>Replaying a lead's history: only the instants at which it can become qualified are looked at, and at each only what changed.</summary>
public sealed partial class ScoringPlan
{
    /// <summary>
    /// The first instant as of which the lead is qualified: exactly, and as if each instant were scored with what had happened by then. Attributes are taken as they are.
    /// </summary>
    /// <param name="facts">Facts under the definition's schema.</param>
    /// <param name="from">The first instant looked at.</param>
    /// <param name="until">The first instant no longer looked at.</param>
    /// <returns>Null if there is no such instant.</returns>
    public Instant? FirstQualified(LeadFacts facts, Instant from, Instant until)
    {
        CheckSchema(facts);
        var scratch = ScoringScratch.OfThread;
        scratch.Fetched = Fetch(facts);
        if (from >= until || Missing(facts.Values) is not null)
        {
            return null;
        }

        var lead = LeadOf(facts, from, scratch);
        var matches = Match(facts, from.UnixMilliseconds, scratch);
        var items = _criteria.Length + _exclusions.Length;
        var numbers = scratch.Numbers(QuantityConditionCompiler.FirstCriterion + items);
        var values = numbers[QuantityConditionCompiler.FirstCriterion..];
        var boundaries = scratch.Boundaries(2 * items);
        var changes = boundaries[..items];
        var rises = boundaries[items..];
        changes.Fill(long.MinValue);
        for (var at = from.UnixMilliseconds; at < until.UnixMilliseconds;)
        {
            var then = lead.As(at);
            var excluded = false;
            var next = long.MaxValue;
            for (var i = 0; i < items; i++)
            {
                if (changes[i] <= at)
                {
                    PlannedItem item = i < _criteria.Length ? _criteria[i] : _exclusions[i - _criteria.Length];
                    values[i] = item.ValueAsOf(in then, in matches, out changes[i]);
                    rises[i] = _qualifiesByRising ? item.NextRise(in then, in matches, changes[i]) : changes[i];
                }

                excluded |= i >= _criteria.Length && values[i] != 0;
                next = Math.Min(next, rises[i]);
            }

            if (!excluded && Qualifies(numbers))
            {
                return new Instant(at);
            }

            at = next;
        }

        return null;
    }

    private bool Qualifies(Span<long> numbers)
    {
        SumSections(numbers, withAdjustments: false);
        var engagement = (int)(numbers[QuantityConditionCompiler.Behaviour] + numbers[QuantityConditionCompiler.Intent]);
        var grade = _grades?.Of((int)numbers[QuantityConditionCompiler.Profile], engagement) ?? -1;
        return _qualifies.Holds(new ScoreQuantities(numbers, grade < 0 ? null : PlannedGrades.Folded(grade)));
    }

    private static bool HoldsByRising(Condition condition) => condition switch
    {
        AllOf all => all.Parts.All(HoldsByRising),
        AnyOf any => any.Parts.All(HoldsByRising),
        SubjectCondition { Subject: not "grade" } subject => subject.Tests.All(test => test.Operator is Operator.AtLeast or Operator.MoreThan or Operator.Known),
        _ => false,
    };
}
