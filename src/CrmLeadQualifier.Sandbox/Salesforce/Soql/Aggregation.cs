using System.Text.Json;
using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Soql;

/// <summary>Groups rows and counts, adds and compares their values.</summary>
internal sealed class Aggregation(Org org, SoqlQuery query, Func<FieldPath, BoundPath> bind, long now)
{
    public List<AggregateRow> Run(IEnumerable<SObject> rows)
    {
        var keys = query.GroupBy.ConvertAll(path => bind(path));
        var grouped = query.GroupBy.Select(path => path.ToString().ToUpperInvariant()).ToHashSet();
        var columns = new List<(string Name, SObjectField? Field, Func<List<SObject>, object?> Value)>();
        var unnamed = 0;
        foreach (var selection in query.Select)
        {
            switch (selection)
            {
                case FieldSelection field:
                    if (!grouped.Contains(field.Path.ToString().ToUpperInvariant()))
                        throw SalesforceRefusal.Malformed($"Field must be grouped or aggregated: {field.Path}");
                    var path = bind(field.Path);
                    columns.Add((field.Alias ?? path.Field.Name, path.Field, group => path.Value(group[0])));
                    break;
                case FunctionSelection function:
                    var (of, value) = Function(function);
                    columns.Add((function.Alias ?? "expr" + unnamed++, of, value));
                    break;
                default:
                    throw SalesforceRefusal.Malformed("Grouped query cannot have a child query");
            }
        }
        var groups = keys.Count == 0
            ? [rows.ToList()]
            : rows.GroupBy(row => string.Join('\u001F', keys.Select(key => key.Value(row)?.ToString()?.ToUpperInvariant() ?? "\u0000")))
            .Select(group => group.ToList()).ToList();
        if (query.Having is { } having)
        {
            var groupsAs = new AggregateGroups(having, query.GroupBy, bind, Function);
            groups = groups.FindAll(group => groupsAs.Holds(org, group, now));
        }
        var made = groups.ConvertAll(group => new AggregateRow([.. columns.Select(column => (column.Name, column.Field, column.Value(group)))]));
        return query.Limit is { } limit ? made.Take(limit).ToList() : made;
    }

    private (SObjectField? Field, Func<List<SObject>, object?> Value) Function(FunctionSelection function)
    {
        if (function.Argument is null || function.Function == "FIELDS")
            throw SalesforceRefusal.Malformed($"{function.Function} cannot stand beside other fields");
        var path = bind(function.Argument);
        IEnumerable<object> Known(List<SObject> group) => group.Select(path.Value).OfType<object>();
        return function.Function switch
        {
            "COUNT" => (null, group => (long)Known(group).Count()),
            "COUNT_DISTINCT" => (null, group => (long)Known(group).Distinct().Count()),
            "MIN" => (path.Field, group => Known(group).Order(Comparer<object>.Create(ConditionTest.Order)).FirstOrDefault()),
            "MAX" => (path.Field, group => Known(group).Order(Comparer<object>.Create(ConditionTest.Order)).LastOrDefault()),
            "SUM" => (path.Field, group => Known(group).OfType<double>().Select(number => (double?)number).Sum()),
            _ => (path.Field, group => Known(group).OfType<double>().Select(number => (double?)number).Average()),
        };
    }
}

/// <summary>A group of rows: columns with the field that gives their type; null: a count.</summary>
internal sealed record AggregateRow(IReadOnlyList<(string Name, SObjectField? Field, object? Value)> Columns)
{
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("attributes");
        json.WriteString("type", "AggregateResult");
        json.WriteEndObject();
        foreach (var (name, field, value) in Columns)
        {
            json.WritePropertyName(name);
            if (field is null)
                json.WriteNumberValue((long)value!);
            else
                FieldValue.Write(json, field, value);
        }
        json.WriteEndObject();
    }
}
