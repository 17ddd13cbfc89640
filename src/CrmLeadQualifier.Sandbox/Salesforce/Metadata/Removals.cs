using CrmLeadQualifier.Sandbox.Salesforce.Behaviours;
using CrmLeadQualifier.Sandbox.Salesforce.Records;

namespace CrmLeadQualifier.Sandbox.Salesforce.Metadata;

/// <summary>What destructive changes take away. A field goes with its values and permissions.</summary>
internal sealed class Removals(Org org)
{
    /// <summary>Null: there is no such component.</summary>
    public Action? Find(string type, string member)
    {
        var parts = member.Split('.', 2);
        switch (type)
        {
            case "CustomField" when parts is [var of, var name] && org.FindType(of) is { } known && known.TryField(name, out var field) && field.Custom:
                return () =>
                {
                    foreach (var record in org.Store(known).Ordered)
                        org.Store(known).Set(record, field, null);
                    known.Remove(field);
                    PersonAccounts.Unmirror(org, known, field);
                    DeleteRows("FieldPermissions", row => row.Text("Field") == member);
                    DeleteRows("CustomField", row => row.Text("FullName") == member);
                };
            case "ListView" when parts is [var of, var name]:
                return Rows("ListView", row => row.Text("DeveloperName") == name && row.Text("SobjectType") == of);
            case "PermissionSet":
                return Rows("PermissionSet", row => row.Text("Name") == member) is { } remove
                    ? () =>
                    {
                        var id = org.Store("PermissionSet").Ordered.First(row => !row.IsDeleted && row.Text("Name") == member).Id;
                        DeleteRows("FieldPermissions", row => row.Text("ParentId") == id);
                        DeleteRows("PermissionSetAssignment", row => row.Text("PermissionSetId") == id);
                        remove();
                    }
                    : null;
            case "QuickAction" when org.Components.Find(type, member) is not null:
                return () => DeleteRows("QuickActionDefinition", row => row.Text("DeveloperName") == parts[^1]);
            default:
                return org.Components.Find(type, member) is not null ? () => { } : null;
        }
    }

    private Action? Rows(string type, Func<SObject, bool> wanted) =>
        org.Store(type).Ordered.Any(row => !row.IsDeleted && wanted(row)) ? () => DeleteRows(type, wanted) : null;

    private void DeleteRows(string type, Func<SObject, bool> wanted)
    {
        foreach (var row in org.Store(type).Ordered.Where(row => !row.IsDeleted && wanted(row)).ToList())
            org.Store(type).Vanish(row, SalesforceTime.Second(org.Clock.Now));
    }
}
