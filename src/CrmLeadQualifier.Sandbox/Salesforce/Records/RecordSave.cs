using System.Text.Json;
using CrmLeadQualifier.Sandbox.Salesforce.Behaviours;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Records;

/// <param name="Now">The stamp of what is saved.</param>
/// <param name="Assigns">Whether the org's assignment rule gives Leads to the queue, at an update too: so unless a call says Sforce-Auto-Assign: FALSE.</param>
/// <param name="AllowsDuplicates">Whether a duplicate that a rule only alerts of is saved: so if a call says Sforce-Duplicate-Rule-Header: allowSave=true.</param>
internal sealed record SaveOptions(long Now, bool Assigns, bool AllowsDuplicates)
{
    public static SaveOptions Of(SalesforceCall call) => new(call.Now, !call.HeaderSays("sforce-auto-assign", "FALSE"),
        (call.Header("sforce-duplicate-rule-header") ?? "").Split(',', ';').Any(part =>
            part.Replace(" ", "", StringComparison.Ordinal).Equals("allowSave=true", StringComparison.OrdinalIgnoreCase)));
}

/// <param name="Record">What was saved; null: nothing.</param>
internal sealed record SaveResult(SObject? Record, bool Created, IReadOnlyList<SaveError> Errors)
{
    public static SaveResult Failed(params IReadOnlyList<SaveError> errors) => new(null, false, errors);

    public static SaveResult Of(SObject record, bool created = false) => new(record, created, []);
}

/// <summary>Saves what the API user sends, by all the org's rules.</summary>
internal sealed class RecordSave(Org org, SaveOptions options)
{
    private readonly SObject _by = org.Users.Integration;

    public SaveResult Create(SObjectType type, JsonElement given)
    {
        var errors = new List<SaveError>();
        if (!type.Createable)
            return SaveResult.Failed(new SaveError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", $"entity type cannot be inserted: {type.Label}"));
        var values = org.Checks.Read(type, given, creating: true, byPerson: false, errors);
        if (errors.Count == 0 && (Refused(type, values) ?? org.Checks.Broken(null, type, values, options)) is { } broken)
            errors.Add(broken);
        if (errors.Count > 0)
            return SaveResult.Failed(errors);
        Assign(type, values);
        return SaveResult.Of(org.Writer.Insert(type, org.Store(type).NextId(), values, options.Now, _by), created: true);
    }

    public SaveResult Update(SObject record, JsonElement given)
    {
        org.Commits.WaitFor(record);
        if ((org.Checks.Changeable(record, options.Now) ?? org.Checks.Refused(record)) is { } unchangeable)
            return SaveResult.Failed(unchangeable);
        var errors = new List<SaveError>();
        var values = org.Checks.Read(record.Type, given, creating: false, byPerson: false, errors);
        if (errors.Count == 0 && org.Checks.Broken(record, record.Type, values, options) is { } broken)
            errors.Add(broken);
        if (errors.Count > 0)
            return SaveResult.Failed(errors);
        Assign(record.Type, values);
        var before = values.Where(value => org.Behaviours.WrittenBack.Contains(value.Field.Name) && !Equals(record[value.Field], value.Value))
            .Select(value => (value.Field, record[value.Field])).ToList();
        org.Writer.Update(record, values, options.Now, options.Now, _by);
        if (before.Count > 0)
            org.Commits.Begin(record, options.Now, () => org.Writer.Update(record, before, options.Now, options.Now, org.Users.Automation));
        return SaveResult.Of(record);
    }

    /// <summary>Changes the record whose external id has the value, or makes it.</summary>
    public SaveResult Upsert(SObjectType type, SObjectField externalId, string? value, JsonElement given)
    {
        if (string.IsNullOrEmpty(value))
            return SaveResult.Failed(new SaveError("MISSING_ARGUMENT", $"{externalId.Name} not specified", externalId.Name));
        return Having(type, externalId, value) switch
        {
            [] => Create(type, With(given, externalId, value)),
            [var one] => Update(one, given),
            var several => SaveResult.Failed(new SaveError("DUPLICATE_EXTERNAL_ID",
                $"{externalId.Name}: more than one record found for external id field: [{string.Join(", ", several.Select(record => record.Id))}]")),
        };
    }

    public SaveResult Delete(SObject record)
    {
        if (record.IsDeleted)
            return SaveResult.Failed(SaveError.Deleted);
        org.Commits.WaitFor(record);
        org.Writer.Delete(record, options.Now, _by);
        return SaveResult.Of(record);
    }

    public List<SObject> Having(SObjectType type, SObjectField field, string value) => field.Type == FieldType.Id
        ? SalesforceId.Read(value) is { } id && org.Store(type).Find(id) is { } found ? [found] : []
        : org.Store(type).Ordered.Where(record => !record.IsDeleted && string.Equals(record.Text(field.Name), value, StringComparison.OrdinalIgnoreCase)).ToList();

    /// <summary>The record of a row that is to be changed or deleted, once in a list.</summary>
    public SaveResult Find(SObjectType type, string? text, HashSet<string> seen)
    {
        if (text is null)
            return SaveResult.Failed(new SaveError("MISSING_ARGUMENT", "Id not specified in an update call"));
        if (SalesforceId.Read(text) is not { } id)
            return SaveResult.Failed(new SaveError("MALFORMED_ID", $"Id: id value of incorrect type: {text}", "Id"));
        if (!seen.Add(id))
            return SaveResult.Failed(new SaveError("DUPLICATE_VALUE", $"duplicate id in list: {id}"));
        if (org.Find(id) is not { } record)
            return SaveResult.Failed(SaveError.NoSuchReference);
        return record.Type == type ? SaveResult.Of(record)
            : SaveResult.Failed(new SaveError("MALFORMED_ID", $"{record.Type.Label} ID: id value of incorrect type: {id}", "Id"));
    }

    private void Assign(SObjectType type, List<(SObjectField Field, object? Value)> values)
    {
        if (type.Name != "Lead" || !options.Assigns || values.Exists(value => value.Field.Name == "OwnerId"))
            return;
        values.Add((type.Field("OwnerId"), org.Users.Queue.Id));
    }

    private static JsonElement With(JsonElement given, SObjectField field, string value)
    {
        var body = System.Text.Json.Nodes.JsonObject.Create(given)!;
        var known = body.Select(member => member.Key).FirstOrDefault(name => string.Equals(name, field.Name, StringComparison.OrdinalIgnoreCase));
        if (field.Type != FieldType.Id)
            body[known ?? field.Name] = value;
        return JsonSerializer.SerializeToElement(body);
    }

    /// <summary>What may be there only once.</summary>
    private SaveError? Refused(SObjectType type, List<(SObjectField Field, object? Value)> values)
    {
        string? Given(string field) => values.Find(value => value.Field.Name == field).Value as string;
        bool Taken(string parent, params string[] fields) =>
            org.Store(type).Referring(parent, Given(parent) ?? "")
                .Any(row => fields.All(field => string.Equals(row.Text(field), Given(field), StringComparison.OrdinalIgnoreCase)));
        return type.Name switch
        {
            "CampaignMember" when Given("LeadId") is null == Given("ContactId") is null =>
                new SaveError("REQUIRED_FIELD_MISSING", "You must specify either a lead or a contact", "LeadId", "ContactId"),
            "CampaignMember" when Taken("CampaignId", "LeadId", "ContactId") => new SaveError("DUPLICATE_VALUE", "Already a campaign member."),
            "TaskRelation" or "EventRelation" => SharedActivities.Refused(org, type, Given(type.Name[..^"Relation".Length] + "Id"), Given("RelationId"), values.Exists(value => value is { Field.Name: "IsParent", Value: true })),
            "FieldPermissions" when Taken("ParentId", "Field") =>
                new SaveError("DUPLICATE_VALUE", "duplicate value found: ParentId, Field duplicates value on record"),
            "FieldPermissions" when !Exists(Given("Field")) =>
                new SaveError("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", $"Field Name: bad value for restricted picklist field: {Given("Field")}",
                    "Field"),
            "PermissionSetAssignment" when Taken("PermissionSetId", "AssigneeId") =>
                new SaveError("DUPLICATE_VALUE", "duplicate value found: PermissionSetId duplicates value on record"),
            "PermissionSet" when org.Store(type).Ordered.Any(set => set.Text("Name") == Given("Name")) =>
                new SaveError("DUPLICATE_DEVELOPER_NAME", $"The name {Given("Name")} is already in use"),
            _ => null,
        };
    }

    private bool Exists(string? field) => field?.Split('.') is [var type, var name] && org.FindType(type)?.TryField(name, out _) == true;
}
