using CrmLeadQualifier.Core.Definitions;

namespace CrmLeadQualifier.Core.Scoring;

/// <summary>The quantities of a score that <c>mql.when</c> is about.</summary>
internal readonly ref struct ScoreQuantities(ReadOnlySpan<long> numbers, string? foldedGrade)
{
    /// <summary>By <see cref="QuantityConditionCompiler"/>'s places: profile, behaviour, intent, total, then every criterion's value in the file's order.</summary>
    public readonly ReadOnlySpan<long> Numbers = numbers;

    /// <summary>Such as <c>a1</c>; null without grades.</summary>
    public readonly string? FoldedGrade = foldedGrade;
}

/// <summary>Compiles <c>mql.when</c>.</summary>
internal sealed class QuantityConditionCompiler(IReadOnlyList<string> criterionIds) : ConditionCompiler<ScoreQuantities>
{
    public const int Profile = 0;
    public const int Behaviour = 1;
    public const int Intent = 2;
    public const int Total = 3;

    /// <summary>The place of the first criterion.</summary>
    public const int FirstCriterion = 4;

    private const string CriterionPrefix = "criterion.";

    protected override CompiledCondition<ScoreQuantities> CompileTest(SubjectCondition subject, Test test)
    {
        if (subject.Subject == "grade")
        {
            return test.Operator == Operator.Known ? new GradeKnown(test.Booleans[0]) : TextTests.Compile(test, OnGrade.Instance);
        }

        var place = PlaceOf(subject.Subject);
        return test.Operator == Operator.Known ? new QuantityKnown(test.Booleans[0]) : new QuantityNumber(place, new(test.Operator, test.Numbers));
    }

    private int PlaceOf(string subject)
    {
        switch (subject)
        {
            case "profile": return Profile;
            case "behaviour": return Behaviour;
            case "intent": return Intent;
            case "total": return Total;
        }

        var criterion = subject.StartsWith(CriterionPrefix, StringComparison.Ordinal) ? criterionIds.ToList().IndexOf(subject[CriterionPrefix.Length..]) : -1;
        return criterion >= 0 ? FirstCriterion + criterion : throw new ArgumentException($"'{subject}' is no quantity of a score.", nameof(subject));
    }

    private sealed class OnGrade : ITextTestUse<CompiledCondition<ScoreQuantities>>
    {
        public static readonly OnGrade Instance = new();

        public CompiledCondition<ScoreQuantities> Use<TTest>(TTest test, bool negated)
            where TTest : struct, ITextTest => new GradeText<TTest>(test, negated);
    }
}

internal sealed class QuantityNumber(int place, ComparisonTest<double> test) : CompiledCondition<ScoreQuantities>
{
    public override bool Holds(in ScoreQuantities score) => test.Holds(score.Numbers[place]);
}

internal sealed class QuantityKnown(bool known) : CompiledCondition<ScoreQuantities>
{
    public override bool Holds(in ScoreQuantities score) => known;
}

internal sealed class GradeText<TTest>(TTest test, bool negated) : CompiledCondition<ScoreQuantities>
    where TTest : struct, ITextTest
{
    public override bool Holds(in ScoreQuantities score) => score.FoldedGrade is { } grade && test.Holds(grade) != negated;
}

internal sealed class GradeKnown(bool known) : CompiledCondition<ScoreQuantities>
{
    public override bool Holds(in ScoreQuantities score) => score.FoldedGrade is not null == known;
}
