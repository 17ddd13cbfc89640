using CrmLeadQualifier.Sandbox.Salesforce.Schema;

namespace CrmLeadQualifier.Sandbox.Salesforce.Records;

/// <summary>The history rows of objects that keep one: who changed a tracked field, when, from what to what. Long texts are noted without their values.</summary>
internal sealed class FieldHistory(Org org)
{
    /// <summary>An object tracks twenty fields at most.</summary>
    public const int MostFields = 20;

    public void Note(SObject record, SObjectField field, object? before, object? after, long at, SObject by)
    {
        if (!field.TrackHistory || record.Type.History is null)
            return;
        var shown = field.Type != FieldType.LongTextArea;
        Row(record, Name(field), field.Type.IsId() ? "Text" : DataType(field), shown ? Shown(field, before) : null, shown ? Shown(field, after) : null, at, by);
        // A changed reference leaves two rows: names first, then ids.
        if (field.Type == FieldType.Reference)
            Row(record, Name(field), "EntityId", before as string, after as string, at, by);
    }

    /// <summary>What happened to a record as a whole: created, leadConverted.</summary>
    public void Note(SObject record, string what, long at, SObject by)
    {
        if (record.Type.History is not null)
            Row(record, what, "Text", null, null, at, by);
    }

    private void Row(SObject record, string field, string dataType, object? before, object? after, long at, SObject by)
    {
        var store = org.Store(record.Type.History!);
        var row = store.Add();
        store.Set(row, record.Type.HistoryParent, record.Id);
        store.Set(row, "Field", field);
        store.Set(row, "DataType", dataType);
        store.Set(row, "OldValue", before);
        store.Set(row, "NewValue", after);
        store.Set(row, "CreatedDate", SalesforceTime.Second(at));
        store.Set(row, "CreatedById", by.Id);
    }

    private object? Shown(SObjectField field, object? value)
    {
        if (field.Type != FieldType.Reference)
            return value switch { DateOnly day => SalesforceTime.Write(day), long instant => SalesforceTime.Write(instant), double number => number, _ => value };
        return org.Find(value as string)?.Text("Name") ?? value;
    }

    private static string Name(SObjectField field) => field.Type == FieldType.Reference && !field.Custom ? field.Name[..^2] : field.Name;

    private static string DataType(SObjectField field) => field.Type switch
    {
        FieldType.Picklist => "DynamicEnum",
        FieldType.Boolean => "Boolean",
        FieldType.Date => "DateOnly",
        FieldType.DateTime => "DateTime",
        FieldType.Int or FieldType.Double or FieldType.Currency or FieldType.Percent => "Double",
        _ => "Text",
    };
}
