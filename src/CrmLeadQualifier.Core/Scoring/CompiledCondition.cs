using CrmLeadQualifier.Core.Definitions;

namespace CrmLeadQualifier.Core.Scoring;

/// <summary>A condition compiled for its subject: a lead as of an instant, an activity, or the quantities of a score.</summary>
internal abstract class CompiledCondition<TSubject>
    where TSubject : struct, allows ref struct
{
    public abstract bool Holds(in TSubject subject);

    /// <summary>Whether time alone can change the answer.</summary>
    public virtual bool DependsOnTime => false;

    /// <summary>
    /// The first instant (in milliseconds) after <paramref name="after"/> at which time alone may change the answer; <see cref="long.MaxValue"/>: never.
    /// </summary>
    public virtual long NextBoundary(in TSubject subject, long after) => long.MaxValue;
}

internal enum Combination
{
    All,
    Any,
    None,
}

internal sealed class CombinedCondition<TSubject>(Combination combination, CompiledCondition<TSubject>[] parts) : CompiledCondition<TSubject>
    where TSubject : struct, allows ref struct
{
    public override bool DependsOnTime { get; } = Array.Exists(parts, part => part.DependsOnTime);

    public override bool Holds(in TSubject subject)
    {
        // All: no part may fail. Any: some part must hold. None: no part may hold.
        var decisive = combination != Combination.All;
        foreach (var part in parts)
        {
            if (part.Holds(in subject) == decisive)
            {
                return combination == Combination.Any;
            }
        }

        return combination != Combination.Any;
    }

    public override long NextBoundary(in TSubject subject, long after)
    {
        var next = long.MaxValue;
        foreach (var part in parts)
        {
            next = Math.Min(next, part.NextBoundary(in subject, after));
        }

        return next;
    }
}

/// <summary>Turns a condition of a definition into its compiled form; what a subject's name and tests mean is the deriving class's.</summary>
internal abstract class ConditionCompiler<TSubject>
    where TSubject : struct, allows ref struct
{
    public CompiledCondition<TSubject> Compile(Condition condition) => condition switch
    {
        AllOf all => Combine(Combination.All, all.Parts),
        AnyOf any => Combine(Combination.Any, any.Parts),
        NoneOf none => Combine(Combination.None, none.Parts),
        SubjectCondition { Tests: [var test] } single => CompileTest(single, test),
        SubjectCondition several => new CombinedCondition<TSubject>(Combination.All, [.. several.Tests.Select(test => CompileTest(several, test))]),
        _ => throw new ArgumentException($"{condition.GetType().Name} is no condition of a definition.", nameof(condition)),
    };

    public CompiledCondition<TSubject>? CompileOptional(Condition? condition) => condition is null ? null : Compile(condition);

    protected abstract CompiledCondition<TSubject> CompileTest(SubjectCondition subject, Test test);

    private CompiledCondition<TSubject> Combine(Combination combination, IReadOnlyList<Condition> parts) =>
        combination != Combination.None && parts.Count == 1
            ? Compile(parts[0])
            : new CombinedCondition<TSubject>(combination, [.. parts.Select(Compile)]);
}
