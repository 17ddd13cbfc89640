using System.Collections.Frozen;
using CrmLeadQualifier.Core.Facts;

namespace CrmLeadQualifier.Core.Definitions.Reading;

/// <summary>What an operator takes, and for which types of subject it is (the table of section 3).</summary>
internal sealed record OperatorForm(string Name, Operator Operator, OperandForm Takes, IReadOnlyList<AttributeType> For)
{
    private static readonly AttributeType[] Any = [AttributeType.Text, AttributeType.Number, AttributeType.Boolean, AttributeType.Date, AttributeType.List];
    private static readonly AttributeType[] Texts = [AttributeType.Text, AttributeType.List];
    private static readonly AttributeType[] Ordered = [AttributeType.Number, AttributeType.Date];

    public static readonly IReadOnlyList<OperatorForm> All =
    [
        new("is", Operator.Is, OperandForm.One, Any),
        new("is_not", Operator.IsNot, OperandForm.One, Any),
        new("in", Operator.In, OperandForm.Several, Any),
        new("not_in", Operator.NotIn, OperandForm.Several, Any),
        new("contains", Operator.Contains, OperandForm.OneOrSeveral, Texts),
        new("not_contains", Operator.NotContains, OperandForm.OneOrSeveral, Texts),
        new("has_word", Operator.HasWord, OperandForm.Phrases, Texts),
        new("has_no_word", Operator.HasNoWord, OperandForm.Phrases, Texts),
        new("starts_with", Operator.StartsWith, OperandForm.OneOrSeveral, Texts),
        new("ends_with", Operator.EndsWith, OperandForm.OneOrSeveral, Texts),
        new("matches", Operator.Matches, OperandForm.Pattern, Texts),
        new("at_least", Operator.AtLeast, OperandForm.One, Ordered),
        new("at_most", Operator.AtMost, OperandForm.One, Ordered),
        new("more_than", Operator.MoreThan, OperandForm.One, Ordered),
        new("less_than", Operator.LessThan, OperandForm.One, Ordered),
        new("between", Operator.Between, OperandForm.Pair, Ordered),
        new("within", Operator.Within, OperandForm.Duration, [AttributeType.Date]),
        new("not_within", Operator.NotWithin, OperandForm.Duration, [AttributeType.Date]),
        new("known", Operator.Known, OperandForm.Boolean, Any),
    ];

    private static readonly FrozenDictionary<string, OperatorForm> ByName = All.ToFrozenDictionary(form => form.Name, StringComparer.Ordinal);

    public static OperatorForm? Find(string name) => ByName.GetValueOrDefault(name);
}

internal enum OperandForm
{
    One,
    Several,
    OneOrSeveral,
    Phrases,
    Pattern,
    Pair,
    Duration,
    Boolean,
}
