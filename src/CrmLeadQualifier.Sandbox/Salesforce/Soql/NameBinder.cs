using CrmLeadQualifier.Sandbox.Salesforce.Schema;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Soql;

/// <summary>Looks up the names of a query, as the API user sees the org: what field-level security hides does not exist.</summary>
/// <param name="org">The org.</param>
/// <param name="text">The query, for errors.</param>
/// <param name="asAdmin">Whether everything is seen: the org's own rules are not held by permissions.</param>
/// <param name="tooling">Whether it is the Tooling API that is asked.</param>
internal sealed class NameBinder(Org org, string text, bool asAdmin = false, bool tooling = false)
{
    private const int MostSteps = 5;

    /// <summary>What the parents of a reference to several objects have in common.</summary>
    private static readonly SObjectType Name = new ObjectBuilder(new SObjectType("Name", "Name", "Names", null))
        .Fixed("Id", "Name ID", FieldType.Id, 18).Fixed("Name", "Name", FieldType.String, 121)
        .Fixed("Type", "Type", FieldType.Picklist, 40, nillable: true)
        .Fixed("FirstName", "First Name", FieldType.String, 40, nillable: true).Fixed("LastName", "Last Name", FieldType.String, 80, nillable: true)
        .Fixed("Alias", "Alias", FieldType.String, 8, nillable: true).Fixed("Email", "Email", FieldType.Email, 80, nillable: true)
        .Fixed("Phone", "Phone", FieldType.Phone, 40, nillable: true)
        .Fixed("Title", "Title", FieldType.String, 128, nillable: true).Fixed("Username", "Username", FieldType.String, 80, nillable: true)
        .Fixed("IsActive", "Active", FieldType.Boolean).Type;

    public SObjectType Object(ObjectName name) => org.FindType(name.Name, tooling)
        ?? throw SalesforceRefusal.With(400, "INVALID_TYPE", SoqlParser.Pointer(text, name.Position)
        + $"sObject type '{name.Name}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name."
        + " Please reference your WSDL or the describe call for the appropriate names.");

    public BoundPath Field(SObjectType type, FieldPath path, string? alias)
    {
        var parts = path.Parts.AsSpan();
        if (parts.Length > 1 && (string.Equals(parts[0], type.Name, StringComparison.OrdinalIgnoreCase)
            || string.Equals(parts[0], alias, StringComparison.OrdinalIgnoreCase))
            && !type.TryRelationship(parts[0], out _))
            parts = parts[1..];
        var steps = new List<SObjectField>();
        var at = type;
        foreach (var part in parts[..^1])
        {
            if (!at.TryRelationship(part, out var reference) || !Sees(at, reference) || steps.Count == MostSteps)
                throw SalesforceRefusal.With(400, "INVALID_FIELD", SoqlParser.Pointer(text, path.Position)
                    + $"Didn't understand relationship '{part}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name."
                    + " Please reference your WSDL or the describe call for the appropriate names.");
            steps.Add(reference);
            at = reference.Polymorphic ? Name : org.Store(reference.ReferenceTo[0]).Type;
        }
        if (!at.TryField(parts[^1], out var field) || !Sees(at, field))
            throw SalesforceRefusal.With(400, "INVALID_FIELD", SoqlParser.Pointer(text, path.Position)
                + $"No such column '{parts[^1]}' on entity '{at.Name}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name."
                + " Please reference your WSDL or the describe call for the appropriate names.");
        return new BoundPath(org, steps, field);
    }

    public bool Sees(SObjectType type, SObjectField field) => asAdmin || org.Access.Readable(type, field);
}
