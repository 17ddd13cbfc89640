using System.Text.Json;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Soql;

/// <summary>?columns=true: what a query would answer, column by column, instead of its rows. Salesforce's own command line asks for it.</summary>
internal static class ColumnMetadata
{
    public static Answer Write(QueryRun run, SoqlQuery query) => SalesforceJson.Object(200, json =>
    {
        json.WriteStartArray("columnMetadata");
        if (query.Aggregates)
        {
            var unnamed = 0;
            foreach (var selection in query.Select)
            {
                if (selection is FunctionSelection function)
                    WriteColumn(json, function.Alias ?? "expr" + unnamed++, $"{function.Function}({function.Argument})", null, aggregate: true, []);
                else if (selection is FieldSelection field)
                    WriteColumn(json, field.Alias ?? field.Path.ToString(), field.Path.ToString(), null, aggregate: false, []);
            }
        }
        foreach (var (name, path) in run.Columns)
            WriteColumn(json, name.Split('.'), path.Field);
        json.WriteEndArray();
        json.WriteString("entityName", run.Type.Name);
        json.WriteBoolean("groupBy", query.GroupBy.Count > 0);
        json.WriteBoolean("idSelected", run.Columns.Exists(column => column.Name == "Id"));
        json.WriteString("keyPrefix", run.Type.KeyPrefix);
    });

    /// <summary>A parent's field stands inside its parent.</summary>
    private static void WriteColumn(Utf8JsonWriter json, ReadOnlySpan<string> path, SObjectField field)
    {
        var inner = path[1..].ToArray();
        WriteColumn(json, path[0], path[0], inner.Length == 0 ? field : null, aggregate: false, inner.Length == 0 ? [] : [() => WriteColumn(json, inner, field)]);
    }

    private static void WriteColumn(Utf8JsonWriter json, string name, string shown, SObjectField? field, bool aggregate, Action[] joined)
    {
        json.WriteStartObject();
        json.WriteBoolean("aggregate", aggregate);
        json.WriteString("apexType", field?.Type.Name());
        json.WriteBoolean("booleanType", field?.Type == FieldType.Boolean);
        json.WriteString("columnName", name);
        json.WriteBoolean("custom", field?.Custom == true);
        json.WriteString("displayName", shown);
        json.WriteNull("foreignKeyName");
        json.WriteBoolean("insertable", field?.Createable == true);
        json.WriteStartArray("joinColumns");
        foreach (var write in joined)
            write();
        json.WriteEndArray();
        json.WriteBoolean("numberType", field?.Type.IsNumber() == true);
        json.WriteBoolean("textType", field is not null && !field.Type.IsNumber() && field.Type is not (FieldType.Boolean or FieldType.Date or FieldType.DateTime));
        json.WriteBoolean("updatable", field?.Updateable == true);
        json.WriteEndObject();
    }
}
