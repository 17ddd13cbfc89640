using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;
using CrmLeadQualifier.Sandbox.Salesforce.Soql;

namespace CrmLeadQualifier.Sandbox.Salesforce.Metadata;

/// <summary>The rows by which the org's automation and pages are found: definitions, layouts, flows, triggers, rules.</summary>
internal sealed class SetupRows(Org org)
{
    /// <summary>What a new org has: a definition of each object, and one layout of each that sales works with.</summary>
    public void AddStandard()
    {
        foreach (var type in org.AllTypes.ToList())
        {
            var definition = org.Store("EntityDefinition").Add(type.Name);
            foreach (var (field, value) in new[] { ("DurableId", type.Name), ("QualifiedApiName", type.Name), ("DeveloperName", type.Name), ("Label", type.Label),
                ("KeyPrefix", type.KeyPrefix) })
                org.Store("EntityDefinition").Set(definition, field, value);
        }
        foreach (var name in new[] { "Lead", "Contact", "Account", "Opportunity", "Task" })
            AddLayout(name, $"{name} Layout");
    }

    public void AddLayout(string type, string name, System.Xml.Linq.XElement? content = null)
    {
        Add("Layout", ("Name", name), ("TableEnumOrId", type), ("EntityDefinitionId", type), ("LayoutType", "Standard"));
        org.Components.Put("Layout", $"{type}-{name}", content ?? MetadataXml.Layout());
    }

    /// <summary>The rows of an object that is no more than a view of others; null: it has rows of its own.</summary>
    /// <param name="type">The object.</param>
    /// <param name="where">What the query asks for: access is told of the records that it names only.</param>
    public List<SObject>? Derived(SObjectType type, Condition? where) => type.Name switch
    {
        "FieldDefinition" => [.. org.Types.SelectMany(of => of.Fields.Where(field => org.Access.Readable(of, field)).Select(field => Row(type, $"{of.Name}.{field.Name}",
            ("DurableId", $"{of.Name}.{field.Name}"), ("QualifiedApiName", field.Name), ("EntityDefinitionId", of.Name), ("DeveloperName", field.Name),
            ("Label", field.Label), ("DataType", field.Type.Name()), ("IsFieldHistoryTracked", field.TrackHistory))))],
        "UserRecordAccess" => [.. Named(where).Select(org.Find).OfType<SObject>().Where(record => !record.IsDeleted).Select(record => Row(type, record.Id,
            ("UserId", org.Users.Integration.Id), ("RecordId", record.Id), ("HasReadAccess", true), ("HasEditAccess", record.Type.Updateable && org.Checks.Refused(record) is not { Code: "INSUFFICIENT_ACCESS_OR_READONLY" }),
            ("HasDeleteAccess", record.Type.Deletable)))],
        _ => null,
    };

    private static IEnumerable<string> Named(Condition? where) => where switch
    {
        AllOf all => all.Parts.SelectMany(Named),
        Membership { Operator: "IN" } membership => membership.Values.Select(value => value.Text),
        Comparison { Operator: "=" } comparison => [comparison.Value.Text],
        _ => [],
    };

    private static SObject Row(SObjectType type, string id, params (string Field, object? Value)[] values)
    {
        var row = new SObject(type, id);
        foreach (var (field, value) in values.Append(("Id", (object?)id)))
            row.Put(type.Field(field), value);
        return row;
    }

    public void AddRule(string type, string name, string message) =>
        Add("ValidationRule", ("ValidationName", name), ("EntityDefinitionId", type), ("Active", true), ("ErrorMessage", message));

    public void AddTrigger(string type, string name) => Add("ApexTrigger", ("Name", name), ("TableEnumOrId", type), ("Status", "Active"),
        ("UsageBeforeUpdate", true), ("UsageBeforeInsert", true));

    public void AddFlow(string type, string name, string label)
    {
        Add("FlowDefinitionView", ("ApiName", name), ("Label", label), ("DurableId", name), ("ProcessType", "AutoLaunchedFlow"),
            ("TriggerType", "RecordBeforeSave"), ("RecordTriggerType", "CreateAndUpdate"), ("TriggerObjectOrEventId", type),
            ("TriggerObjectOrEventLabel", org.FindType(type)!.Label), ("IsActive", true));
        Add("Flow", ("FullName", name), ("MasterLabel", label), ("Status", "Active"), ("ProcessType", "AutoLaunchedFlow"));
    }

    public SObject AddRecordType(string type, string name, bool active)
    {
        if (!org.FindType(type)!.TryField("RecordTypeId", out _))
            org.FindType(type)!.Add(new SObjectField("RecordTypeId", "Record Type ID", FieldType.Reference) { Length = 18, ReferenceTo = ["RecordType"], Relationship = "RecordType" });
        var made = Add("RecordType", ("Name", name), ("DeveloperName", name.Replace(' ', '_')), ("SobjectType", type), ("IsActive", active));
        var full = $"{type}.{made.Text("DeveloperName")}";
        if (org.Components.Find("RecordType", full) is null)
            org.Components.Put("RecordType", full, MetadataXml.RecordType(made.Text("DeveloperName")!, name, active));
        return made;
    }

    public SObject Add(string type, params (string Field, object? Value)[] values) => org.Writer.Insert(type, org.Clock.Now, org.Users.Admin, values);
}
