using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;

namespace CrmLeadQualifier.Core.AgreementText;

/// <summary>
/// A condition as it is said: <c>none</c> is carried down to the tests, where it becomes "is not …, or is unknown", so that only "and" and "or" are left. Holds for the same
/// leads as the condition.
/// </summary>
internal abstract record Clause
{
    /// <summary>1: one test; 2: tests joined by one word; 3: by two words, one within the other …</summary>
    public abstract int Depth { get; }

    /// <summary>How many tests it has.</summary>
    public abstract int Size { get; }

    public static Clause Of(Condition condition) => Of(condition, wanted: true);

    private static Clause Of(Condition condition, bool wanted) => condition switch
    {
        AllOf all => Join([.. all.Parts.Select(part => Of(part, wanted))], isAll: wanted),
        AnyOf any => Join([.. any.Parts.Select(part => Of(part, wanted))], isAll: !wanted),
        NoneOf none => Join([.. none.Parts.Select(part => Of(part, !wanted))], isAll: wanted),
        SubjectCondition test => Leaf(test, wanted),
        _ => throw new ArgumentOutOfRangeException(nameof(condition)),
    };

    private static TestClause Leaf(SubjectCondition test, bool wanted)
    {
        var predicates = test.Tests.Select(one => Predicate.Of(one, wanted)).ToList();
        if (wanted)
        {
            return new TestClause(test.Subject, test.Type, predicates, IsAll: true, OrUnknown: false);
        }

        // Not holding includes not being known, unless being known is all that is asked for.
        var said = predicates.Where(predicate => predicate.Test.Operator != Operator.Known || predicate.AsksForKnown).ToList();
        return said.Count == 0
            ? new TestClause(test.Subject, test.Type, predicates, IsAll: false, OrUnknown: false)
            : new TestClause(test.Subject, test.Type, said, IsAll: false, OrUnknown: test.Tests is not [{ Operator: Operator.Known }]);
    }

    private static Clause Join(IReadOnlyList<Clause> parts, bool isAll)
    {
        var flat = parts.SelectMany(part => part is JoinedClause inner && inner.IsAll == isAll ? inner.Parts : [part]).ToList();
        return flat.Count == 1 ? flat[0] : new JoinedClause(flat, isAll);
    }
}

/// <param name="IsAll">Several predicates hold all, or some.</param>
/// <param name="OrUnknown">It holds also where nothing is known of the subject.</param>
internal sealed record TestClause(string Subject, AttributeType Type, IReadOnlyList<Predicate> Predicates, bool IsAll, bool OrUnknown) : Clause
{
    public override int Depth => 1;

    public override int Size => 1;
}

/// <param name="IsAll">All parts hold, or some.</param>
internal sealed record JoinedClause(IReadOnlyList<Clause> Parts, bool IsAll) : Clause
{
    public override int Depth => 1 + Parts.Max(part => part.Depth);

    public override int Size => Parts.Sum(part => part.Size);
}

/// <summary>A test in its positive operator, said as it is or denied.</summary>
/// <param name="Test">Its operator is never one of the negative ones.</param>
internal sealed record Predicate(Test Test, bool IsDenied)
{
    public static Predicate Of(Test test, bool wanted)
    {
        var (positive, isDenied) = test.Operator switch
        {
            Operator.IsNot => (Operator.Is, true),
            Operator.In => (Operator.Is, false),
            Operator.NotIn => (Operator.Is, true),
            Operator.NotContains => (Operator.Contains, true),
            Operator.HasNoWord => (Operator.HasWord, true),
            Operator.NotWithin => (Operator.Within, true),
            var other => (other, false),
        };
        if (positive == Operator.Between && (test.Numbers is [var least, var most] ? least == most : test.Instants[0] == test.Instants[1]))
        {
            // From a value to itself is that value.
            return new Predicate(test with { Operator = Operator.Is, Numbers = [.. test.Numbers.Take(1)], Instants = [.. test.Instants.Take(1)] }, !wanted);
        }

        var predicate = new Predicate(test with { Operator = positive }, isDenied == wanted);
        return (positive, predicate.IsDenied) switch
        {
            // The opposite of a comparison is a comparison.
            (Operator.AtLeast, true) => predicate.As(Operator.LessThan),
            (Operator.AtMost, true) => predicate.As(Operator.MoreThan),
            (Operator.MoreThan, true) => predicate.As(Operator.AtMost),
            (Operator.LessThan, true) => predicate.As(Operator.AtLeast),
            _ => predicate,
        };
    }

    /// <summary><c>known</c> that asks for the unknown, or its denial.</summary>
    public bool AsksForKnown => Test.Booleans[0] != IsDenied;

    private Predicate As(Operator opposite) => new(Test with { Operator = opposite }, false);
}
