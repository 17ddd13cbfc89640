using System.Text.Json;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Records;

/// <summary>Saves what the API user sends, by all the org's rules. Without Sforce-Auto-Assign: FALSE the org's assignment rule gives a Lead to the queue, at an update too.</summary>
internal sealed class RecordSave(Org org, SalesforceCall call)
{
    private readonly SObject _by = org.Users.Integration;

    public (SObject? Record, List<SaveError> Errors) Create(SObjectType type, JsonElement given)
    {
        var errors = new List<SaveError>();
        if (!type.Createable)
            return (null, [new SaveError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", $"entity type cannot be inserted: {type.Label}")]);
        var values = org.Checks.Read(type, given, creating: true, byPerson: false, errors);
        if (errors.Count == 0 && (Refused(type, values) ?? org.Checks.Broken(null, type, values, call.Now)) is { } broken)
            errors.Add(broken);
        if (errors.Count > 0)
            return (null, errors);
        Assign(type, values);
        return (org.Writer.Insert(type, org.Store(type).NextId(), values, call.Now, _by), errors);
    }

    public List<SaveError> Update(SObject record, JsonElement given)
    {
        org.Commits.WaitFor(record);
        if (org.Checks.Changeable(record, call.Now) is { } unchangeable)
            return [unchangeable];
        var errors = new List<SaveError>();
        var values = org.Checks.Read(record.Type, given, creating: false, byPerson: false, errors);
        if (errors.Count == 0 && org.Checks.Broken(record, record.Type, values, call.Now) is { } broken)
            errors.Add(broken);
        if (errors.Count > 0)
            return errors;
        Assign(record.Type, values);
        org.Writer.Update(record, values, call.Now, call.Now, _by);
        return errors;
    }

    private void Assign(SObjectType type, List<(SObjectField Field, object? Value)> values)
    {
        if (type.Name != "Lead" || call.HeaderSays("sforce-auto-assign", "FALSE") || values.Exists(value => value.Field.Name == "OwnerId"))
            return;
        values.Add((type.Field("OwnerId"), org.Users.Queue.Id));
    }

    /// <summary>What may be there only once.</summary>
    private SaveError? Refused(SObjectType type, List<(SObjectField Field, object? Value)> values)
    {
        string? Given(string field) => values.Find(value => value.Field.Name == field).Value as string;
        bool Taken(string parent, params string[] fields) =>
            org.Store(type).Referring(parent, Given(parent) ?? "").Any(row => fields.All(field => string.Equals(row.Text(field), Given(field), StringComparison.OrdinalIgnoreCase)));
        return type.Name switch
        {
            "CampaignMember" when Given("LeadId") is null == Given("ContactId") is null => new SaveError("REQUIRED_FIELD_MISSING", "You must specify either a lead or a contact", "LeadId", "ContactId"),
            "CampaignMember" when Taken("CampaignId", "LeadId", "ContactId") => new SaveError("DUPLICATE_VALUE", "Already a campaign member."),
            "FieldPermissions" when Taken("ParentId", "Field") => new SaveError("DUPLICATE_VALUE", "duplicate value found: ParentId, Field duplicates value on record"),
            "FieldPermissions" when !Exists(Given("Field")) => new SaveError("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", $"Field Name: bad value for restricted picklist field: {Given("Field")}", "Field"),
            "PermissionSetAssignment" when Taken("PermissionSetId", "AssigneeId") => new SaveError("DUPLICATE_VALUE", "duplicate value found: PermissionSetId duplicates value on record"),
            "PermissionSet" when org.Store(type).Ordered.Any(set => set.Text("Name") == Given("Name")) => new SaveError("DUPLICATE_DEVELOPER_NAME", $"The name {Given("Name")} is already in use"),
            _ => null,
        };
    }

    private bool Exists(string? field) => field?.Split('.') is [var type, var name] && org.FindType(type)?.TryField(name, out _) == true;
}
