using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Soql;

/// <summary>
/// Turns a condition into a test of records. A comparison with an unknown value is false, but for != and NOT IN, which are true; texts are compared without regard
/// to case, ids by their 18 characters.
/// </summary>
internal sealed class ConditionTest(NameBinder binder, SObjectType type, string? alias, long now, Func<SoqlQuery, HashSet<string>> idsOf)
{
    /// <summary>A condition of the org itself, on one record.</summary>
    public static bool Holds(Org org, Condition condition, SObject record, long now) =>
        new ConditionTest(new NameBinder(org, "", asAdmin: true), record.Type, null, now, _ => []).Bind(condition)(record);

    public Predicate<SObject> Bind(Condition condition)
    {
        switch (condition)
        {
            case AllOf all:
                var every = all.Parts.ConvertAll(Bind);
                return record => every.TrueForAll(test => test(record));
            case AnyOf any:
                var some = any.Parts.ConvertAll(Bind);
                return record => some.Exists(test => test(record));
            case NotThat not:
                var inner = Bind(not.Part);
                return record => !inner(record);
            case Comparison comparison:
                return Compare(comparison);
            case Membership membership:
                return BindMembership(membership);
            case SemiJoin join:
                var path = Filtered(join.Path);
                if (!path.Field.Type.IsId())
                    throw Invalid("INVALID_FIELD", $"The field '{join.Path}' of a semi-join must be an id or a reference");
                var ids = idsOf(join.Query);
                return record => path.Value(record) is string id ? ids.Contains(id) != join.Negated : join.Negated;
            default:
                throw new InvalidOperationException(condition.GetType().Name);
        }
    }

    private Predicate<SObject> Compare(Comparison comparison)
    {
        var path = Filtered(comparison.Path);
        var field = path.Field;
        if (comparison.Operator == "LIKE")
        {
            if (comparison.Value.Kind != LiteralKind.Text || field.Type is FieldType.Boolean or FieldType.Date or FieldType.DateTime || field.Type.IsNumber() || field.Type.IsId())
                throw Invalid("INVALID_OPERATOR", $"invalid operator on {field.Type.Name()} field");
            return record => path.Value(record) is string text && Like.Matches(text, comparison.Value.Text);
        }
        if (comparison.Value.Kind == LiteralKind.Relative && field.Type is FieldType.Date or FieldType.DateTime && comparison.Value.Kind == LiteralKind.Relative)
            return Span(path, comparison);
        var value = Value(field, comparison.Value);
        if (value is null)
        {
            return comparison.Operator switch
            {
                "=" => record => path.Value(record) is null,
                "!=" => record => path.Value(record) is not null,
                _ => throw Invalid("INVALID_OPERATOR", $"invalid operator on null for field '{field.Name}'"),
            };
        }
        if (field.Type == FieldType.Boolean && comparison.Operator is not ("=" or "!="))
            throw Invalid("INVALID_OPERATOR", "invalid operator on boolean field");
        return comparison.Operator switch
        {
            "=" => record => path.Value(record) is { } known && Order(known, value) == 0,
            "!=" => record => path.Value(record) is not { } known || Order(known, value) != 0,
            "<" => record => path.Value(record) is { } known && Order(known, value) < 0,
            "<=" => record => path.Value(record) is { } known && Order(known, value) <= 0,
            ">" => record => path.Value(record) is { } known && Order(known, value) > 0,
            _ => record => path.Value(record) is { } known && Order(known, value) >= 0,
        };
    }

    private Predicate<SObject> Span(BoundPath path, Comparison comparison)
    {
        var (from, to) = RelativeDates.Read(comparison.Value.Text, comparison.Value.Count, now);
        return record =>
        {
            if (path.Value(record) is not { } known)
                return comparison.Operator == "!=";
            var day = known is DateOnly given ? given : SalesforceTime.Day((long)known);
            return comparison.Operator switch
            {
                "=" => day >= from && day < to,
                "!=" => day < from || day >= to,
                "<" => day < from,
                "<=" => day < to,
                ">" => day >= to,
                _ => day >= from,
            };
        };
    }

    private Predicate<SObject> BindMembership(Membership membership)
    {
        var path = Filtered(membership.Path);
        if (membership.Operator is "INCLUDES" or "EXCLUDES")
        {
            if (path.Field.Type != FieldType.MultiPicklist)
                throw Invalid("INVALID_OPERATOR", $"{membership.Operator} needs a multi-select picklist");
            var wanted = membership.Values.ConvertAll(value => value.Text.Split(';', StringSplitOptions.TrimEntries));
            return record =>
            {
                var chosen = (path.Value(record) as string ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                return wanted.Exists(all => all.All(one => chosen.Contains(one, StringComparer.OrdinalIgnoreCase))) == (membership.Operator == "INCLUDES");
            };
        }
        var negated = membership.Operator == "NOT IN";
        if (membership.Values.Exists(value => value.Kind == LiteralKind.Relative))
        {
            var spans = membership.Values.ConvertAll(value => Compare(new Comparison(membership.Path, "=", value)));
            return record => spans.Exists(test => test(record)) != negated;
        }
        var values = membership.Values.ConvertAll(value => Value(path.Field, value));
        var texts = path.Field.Type.IsId() ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;
        var set = new HashSet<object>(values.OfType<object>(), new ValueEquality(texts));
        var hasNull = values.Contains(null);
        return record => (path.Value(record) is { } known ? set.Contains(known) : hasNull) != negated;
    }

    private BoundPath Filtered(FieldPath path)
    {
        var bound = binder.Field(type, path, alias);
        return bound.Field.Filterable ? bound : throw Invalid("INVALID_FIELD", $"field '{bound.Field.Name}' can not be filtered in a query call");
    }

    /// <summary>The literal as a value of the field's kind.</summary>
    private static object? Value(SObjectField field, Literal literal)
    {
        if (literal.Kind == LiteralKind.Null)
            return null;
        switch (field.Type)
        {
            case FieldType.Id or FieldType.Reference:
                if (literal.Kind != LiteralKind.Text)
                    throw Mismatch(field, "ID", quoted: true);
                return SalesforceId.Read(literal.Text) ?? throw Invalid("INVALID_QUERY_FILTER_OPERATOR", $"invalid ID field: {literal.Text}");
            case FieldType.Boolean:
                return literal.Kind == LiteralKind.Boolean ? literal.Text == "true" : throw Mismatch(field, "boolean", quoted: false);
            case FieldType.Date:
                return literal.Kind == LiteralKind.Date && SalesforceTime.TryReadDay(literal.Text, out var day) ? day : throw Mismatch(field, "date", quoted: false);
            case FieldType.DateTime:
                return literal.Kind == LiteralKind.DateTime && SalesforceTime.TryRead(literal.Text, out var instant) ? instant : throw Mismatch(field, "dateTime", quoted: false);
            case FieldType.Int or FieldType.Double or FieldType.Currency or FieldType.Percent:
                return literal.Kind == LiteralKind.Number
                    ? double.Parse(literal.Text, System.Globalization.CultureInfo.InvariantCulture)
                    : throw Mismatch(field, field.Type.Name(), quoted: false);
            default:
                return literal.Kind == LiteralKind.Text ? literal.Text.Length == 0 ? null : literal.Text : throw Mismatch(field, "string", quoted: true);
        }
    }

    /// <summary>The order of two values of one kind.</summary>
    public static int Order(object one, object other) => one switch
    {
        string text => string.Compare(text, (string)other, StringComparison.OrdinalIgnoreCase) is var order && order == 0 && text.Length == 18 ? string.CompareOrdinal(text, (string)other) : order,
        double number => number.CompareTo((double)other),
        long instant => instant.CompareTo((long)other),
        DateOnly day => day.CompareTo((DateOnly)other),
        bool flag => flag.CompareTo((bool)other),
        _ => throw new InvalidOperationException(one.GetType().Name),
    };

    private static SalesforceRefusal Mismatch(SObjectField field, string kind, bool quoted) => Invalid("INVALID_FIELD",
        $"value of filter criterion for field '{field.Name}' must be of type {kind} and should {(quoted ? "" : "not ")}be enclosed in quotes");

    private static SalesforceRefusal Invalid(string code, string message) => SalesforceRefusal.With(400, code, "\n" + message);

    private sealed class ValueEquality(StringComparer texts) : IEqualityComparer<object>
    {
        bool IEqualityComparer<object>.Equals(object? one, object? other) => one is string text && other is string otherText ? texts.Equals(text, otherText) : object.Equals(one, other);

        int IEqualityComparer<object>.GetHashCode(object value) => value is string text ? texts.GetHashCode(text) : value.GetHashCode();
    }
}
