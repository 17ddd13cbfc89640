using System.Text.RegularExpressions;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Definitions;

/// <summary>A condition as written in a definition (definition language, section 3); every entry of a mapping must hold, so a mapping reads as <see cref="AllOf"/>.</summary>
public abstract record Condition;

/// <summary>Holds when every part holds.</summary>
public sealed record AllOf(IReadOnlyList<Condition> Parts) : Condition;

/// <summary>Holds when some part holds.</summary>
public sealed record AnyOf(IReadOnlyList<Condition> Parts) : Condition;

/// <summary>Holds when no part holds.</summary>
public sealed record NoneOf(IReadOnlyList<Condition> Parts) : Condition;

/// <summary>
/// A test of one subject. What a subject's name means depends on where the condition stands: a lead's attribute (<c>if</c>), an activity's attribute (<c>where</c>),
/// or a quantity of the score (<c>mql.when</c>: <c>profile</c>, <c>behaviour</c>, <c>intent</c>, <c>total</c>, <c>criterion.ID</c>, <c>grade</c>).
/// </summary>
/// <param name="Subject">The name as written.</param>
/// <param name="Type">The subject's type, which decided how the operands were read.</param>
/// <param name="Tests">One for each operator; all must hold.</param>
public sealed record SubjectCondition(string Subject, AttributeType Type, IReadOnlyList<Test> Tests) : Condition;

/// <summary>
/// One operator with its operands, already read by the subject's type. Exactly one group of operands is filled: texts (folded, for text and list subjects), numbers,
/// booleans or instants for the comparing operators; <see cref="Pattern"/> for <c>matches</c>; <see cref="Window"/> for <c>within</c> and <c>not_within</c>;
/// <see cref="Booleans"/> (one) for <c>known</c>; two numbers or instants for <c>between</c>.
/// </summary>
public sealed record Test(Operator Operator)
{
    public IReadOnlyList<string> Texts { get; init; } = [];

    /// <summary>The operands as the file writes them, in its order: what people read. Empty where the operands are a pattern, a window or <c>known</c>.</summary>
    public IReadOnlyList<string> Written { get; init; } = [];

    public IReadOnlyList<double> Numbers { get; init; } = [];

    public IReadOnlyList<bool> Booleans { get; init; } = [];

    public IReadOnlyList<Instant> Instants { get; init; } = [];

    public TimeSpan Window { get; init; }

    public Regex? Pattern { get; init; }
}

/// <summary>The operators of section 3. <c>is</c> and a scalar read as <see cref="Is"/>, a list as <see cref="In"/>.</summary>
public enum Operator
{
    Is,
    IsNot,
    In,
    NotIn,
    Contains,
    NotContains,
    HasWord,
    HasNoWord,
    StartsWith,
    EndsWith,
    Matches,
    AtLeast,
    AtMost,
    MoreThan,
    LessThan,
    Between,
    Within,
    NotWithin,
    Known,
}
