using CrmLeadQualifier.Core.Definitions.Yaml;
using CrmLeadQualifier.Core.Facts;

namespace CrmLeadQualifier.Core.Definitions.Reading;

/// <summary>
/// Finds branches of <c>mql.when</c> (the entries of a top-level <c>any</c>, else the whole) that no score can satisfy, each quantity taken alone between its least
/// and greatest possible value: none alive is an error, one dead of several a warning.
/// </summary>
internal static class DeadBranches
{
    // Beyond this a branch is taken for alive: nobody writes it, and the check must end.
    private const int MostAlternatives = 10_000;

    public static void Report(Condition when, YamlNode node, ScoreBounds bounds, ProblemList problems)
    {
        var branches = when is AllOf { Parts: [AnyOf any] } ? any.Parts : null;
        if (branches is null)
        {
            if (!CanHold(when, bounds))
            {
                problems.Error(node, "No lead can ever be qualified: what is asked for is out of the reach of the points and caps above.");
            }

            return;
        }

        var list = (YamlList)((YamlMapping)node).Entries[0].Value;
        var dead = Enumerable.Range(0, branches.Count).Where(index => !CanHold(branches[index], bounds)).ToList();
        if (dead.Count == branches.Count)
        {
            problems.Error(node, "No lead can ever be qualified: what each branch asks for is out of the reach of the points and caps above.");
            return;
        }

        foreach (var index in dead)
        {
            problems.Warning(list.Items[index], "This branch can never hold: what it asks for is out of the reach of the points and caps above.");
        }
    }

    private static bool CanHold(Condition branch, ScoreBounds bounds)
    {
        if (Alternatives(branch, wanted: true) is not { } alternatives)
        {
            return true;
        }

        return alternatives.Exists(alternative => alternative.GroupBy(literal => literal.Test.Subject).All(quantity => CanHold([.. quantity], bounds)));
    }

    /// <summary>The condition as alternatives of literals that must all hold; null: too many.</summary>
    private static List<List<Literal>>? Alternatives(Condition condition, bool wanted) => condition switch
    {
        SubjectCondition test => [[new Literal(test, wanted)]],
        AllOf all => wanted ? Product(all.Parts, true) : Union(all.Parts, false),
        AnyOf any => wanted ? Union(any.Parts, true) : Product(any.Parts, false),
        NoneOf none => wanted ? Product(none.Parts, false) : Union(none.Parts, true),
        _ => throw new ArgumentOutOfRangeException(nameof(condition)),
    };

    private static List<List<Literal>>? Union(IReadOnlyList<Condition> parts, bool wanted)
    {
        var union = new List<List<Literal>>();
        foreach (var part in parts)
        {
            if (Alternatives(part, wanted) is not { } more || union.Count + more.Count > MostAlternatives)
            {
                return null;
            }

            union.AddRange(more);
        }

        return union;
    }

    private static List<List<Literal>>? Product(IReadOnlyList<Condition> parts, bool wanted)
    {
        List<List<Literal>> product = [[]];
        foreach (var part in parts)
        {
            if (Alternatives(part, wanted) is not { } more || (long)product.Count * more.Count > MostAlternatives)
            {
                return null;
            }

            product = [.. from left in product from right in more select (List<Literal>)[.. left, .. right]];
        }

        return product;
    }

    /// <summary>Whether one value of a quantity satisfies all that is asked of it.</summary>
    private static bool CanHold(IReadOnlyList<Literal> literals, ScoreBounds bounds)
    {
        var first = literals[0].Test;
        if (first.Type == AttributeType.Text)
        {
            return bounds.Grades.Any(grade => literals.All(literal => literal.HoldsFor(test => Holds(test, grade))));
        }

        // A test changes its answer at its operands only: it is enough to try those, their neighbours, and both ends.
        var (least, greatest) = bounds[first.Subject];
        var operands = literals.SelectMany(literal => literal.Test.Tests).SelectMany(test => test.Numbers);
        var tried = operands.SelectMany(Neighbours).Where(value => value >= least && value <= greatest).Append(least).Append(greatest).Distinct();
        return tried.Any(value => literals.All(literal => literal.HoldsFor(test => Holds(test, value))));
    }

    // Scores are whole numbers.
    private static double[] Neighbours(double operand) => [Math.Floor(operand) - 1, Math.Floor(operand), Math.Ceiling(operand), Math.Ceiling(operand) + 1];

    private static bool Holds(Test test, double value) => test.Operator switch
    {
        Operator.Is or Operator.In => test.Numbers.Contains(value),
        Operator.IsNot or Operator.NotIn => !test.Numbers.Contains(value),
        Operator.AtLeast => value >= test.Numbers[0],
        Operator.AtMost => value <= test.Numbers[0],
        Operator.MoreThan => value > test.Numbers[0],
        Operator.LessThan => value < test.Numbers[0],
        Operator.Between => value >= test.Numbers[0] && value <= test.Numbers[1],
        Operator.Known => test.Booleans[0],
        _ => throw new ArgumentOutOfRangeException(nameof(test)),
    };

    private static bool Holds(Test test, string grade) => test.Operator switch
    {
        Operator.Is or Operator.In => test.Texts.Contains(grade),
        Operator.IsNot or Operator.NotIn => !test.Texts.Contains(grade),
        Operator.Contains => test.Texts.Any(text => grade.Contains(text, StringComparison.Ordinal)),
        Operator.NotContains => !test.Texts.Any(text => grade.Contains(text, StringComparison.Ordinal)),
        Operator.StartsWith => test.Texts.Any(text => grade.StartsWith(text, StringComparison.Ordinal)),
        Operator.EndsWith => test.Texts.Any(text => grade.EndsWith(text, StringComparison.Ordinal)),
        Operator.HasWord => test.Texts.Any(text => Text.Words.Occur(grade, Text.Words.Split(text))),
        Operator.HasNoWord => !test.Texts.Any(text => Text.Words.Occur(grade, Text.Words.Split(text))),
        Operator.Matches => test.Pattern!.IsMatch(grade),
        Operator.Known => test.Booleans[0],
        _ => throw new ArgumentOutOfRangeException(nameof(test)),
    };

    /// <summary>A test that must hold, or must not.</summary>
    private sealed record Literal(SubjectCondition Test, bool Wanted)
    {
        public bool HoldsFor(Func<Test, bool> holds) => Test.Tests.All(holds) == Wanted;
    }
}
