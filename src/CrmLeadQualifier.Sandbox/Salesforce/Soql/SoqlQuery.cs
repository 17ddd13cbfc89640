namespace CrmLeadQualifier.Sandbox.Salesforce.Soql;

/// <summary>A query as it was written, before its names are looked up.</summary>
internal sealed record SoqlQuery(
    string Text, List<Selection> Select, ObjectName From, Condition? Where, List<FieldPath> GroupBy, Condition? Having, List<Sorting> OrderBy, int? Limit, int? Offset,
        string? Unsupported)
{
    /// <summary>SELECT COUNT(): only the number is asked for.</summary>
    public bool CountsOnly => Select is [FunctionSelection { Function: "COUNT", Argument: null }];

    public bool Aggregates => GroupBy.Count > 0 || Select.Exists(selection => selection is FunctionSelection);
}

/// <param name="Name">The object, or for a query inside a SELECT the children's relationship.</param>
/// <param name="Alias">What the query may call it.</param>
/// <param name="Position">Where it stands in the text, for errors.</param>
internal sealed record ObjectName(string Name, string? Alias, int Position);

internal sealed record FieldPath(string[] Parts, int Position)
{
    public override string ToString() => string.Join('.', Parts);
}

internal abstract record Selection(string? Alias);

internal sealed record FieldSelection(FieldPath Path, string? Alias) : Selection(Alias);

/// <summary>COUNT, COUNT_DISTINCT, MIN, MAX, SUM or AVG of a field, COUNT of nothing, or FIELDS of ALL, STANDARD or CUSTOM.</summary>
internal sealed record FunctionSelection(string Function, FieldPath? Argument, string? Alias) : Selection(Alias);

internal sealed record ChildSelection(SoqlQuery Query) : Selection((string?)null);

internal sealed record Sorting(FieldPath Path, bool Descending, bool NullsLast);

internal abstract record Condition;

internal sealed record AllOf(List<Condition> Parts) : Condition;

internal sealed record AnyOf(List<Condition> Parts) : Condition;

internal sealed record NotThat(Condition Part) : Condition;

/// <param name="Path">The field.</param>
/// <param name="Operator">=, !=, &lt;, &lt;=, &gt;, &gt;= or LIKE.</param>
/// <param name="Value">The literal.</param>
internal sealed record Comparison(FieldPath Path, string Operator, Literal Value) : Condition;

/// <param name="Path">The field.</param>
/// <param name="Operator">IN, NOT IN, INCLUDES or EXCLUDES.</param>
/// <param name="Values">The literals.</param>
internal sealed record Membership(FieldPath Path, string Operator, List<Literal> Values) : Condition;

internal sealed record SemiJoin(FieldPath Path, bool Negated, SoqlQuery Query) : Condition;

internal enum LiteralKind
{
    Null,
    Boolean,
    Text,
    Number,
    Date,
    DateTime,
    Relative,
}

/// <param name="Kind">What it is.</param>
/// <param name="Text">A text without its quotes; else as written.</param>
/// <param name="Count">The n of LAST_N_DAYS:n.</param>
internal sealed record Literal(LiteralKind Kind, string Text, int Count = 0);
