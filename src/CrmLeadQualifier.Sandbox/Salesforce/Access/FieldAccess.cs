using CrmLeadQualifier.Sandbox.Salesforce.Schema;

namespace CrmLeadQualifier.Sandbox.Salesforce.Access;

/// <summary>
/// Field-level security for the API user: the org's standard fields are open to it unless an admin hides one; a custom field is invisible until a
/// permission set that
/// is assigned to it, or its profile, says otherwise.
/// </summary>
internal sealed class FieldAccess(Org org)
{
    private readonly Dictionary<string, (bool Read, bool Edit)> _closed = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, (bool Read, bool Edit)> _granted = new(StringComparer.OrdinalIgnoreCase);
    private long _readAt = -1;

    public bool Readable(SObjectType type, SObjectField field) => Of(type, field).Read;

    public bool Editable(SObjectType type, SObjectField field) => Of(type, field).Edit;

    /// <summary>What an admin sets for the API user's profile, whatever permission sets grant.</summary>
    public void Close(string type, string field, bool read, bool edit)
    {
        if (read && edit)
            _closed.Remove($"{type}.{field}");
        else
            _closed[$"{type}.{field}"] = (read, edit);
    }

    /// <summary>Grants a custom field through the API user's profile.</summary>
    public void GrantByProfile(string type, string field) => Grant(org.Users.IntegrationPermissions.Id, type, field, read: true, edit: true);

    public void Grant(string permissionSet, string type, string field, bool read, bool edit)
    {
        var store = org.Store("FieldPermissions");
        var name = $"{type}.{field}";
        var row = store.Referring("ParentId", permissionSet)
            .FirstOrDefault(known => string.Equals(known.Text("Field"), name, StringComparison.OrdinalIgnoreCase));
        row ??= org.Writer.Insert("FieldPermissions", org.Clock.Now, org.Users.Admin, ("ParentId", permissionSet), ("SobjectType", type),
            ("Field", name));
        store.Set(row, "PermissionsRead", read);
        store.Set(row, "PermissionsEdit", edit);
    }

    public void RevokeAll(string permissionSet)
    {
        var store = org.Store("FieldPermissions");
        foreach (var row in store.Referring("ParentId", permissionSet).Where(row => !row.IsDeleted).ToList())
            store.Vanish(row, Records.SalesforceTime.Second(org.Clock.Now));
    }

    private (bool Read, bool Edit) Of(SObjectType type, SObjectField field)
    {
        var name = $"{type.Name}.{field.Name}";
        if (_closed.TryGetValue(name, out var closed))
            return closed;
        if (Behaviours.PersonAccounts.OfContact(type, field) is { } ofContact)
            return Of(org.FindType("Contact")!, org.FindType("Contact")!.Field(ofContact));
        if (!field.Custom)
            return (true, true);
        Learn();
        return _granted.GetValueOrDefault(name);
    }

    private void Learn()
    {
        var version = org.Store("FieldPermissions").Version + org.Store("PermissionSetAssignment").Version;
        if (_readAt == version)
            return;
        _readAt = version;
        _granted.Clear();
        var sets = org.Store("PermissionSetAssignment").Referring("AssigneeId", org.Users.Integration.Id)
            .Select(assigned => assigned.Text("PermissionSetId")!)
            .Append(org.Users.IntegrationPermissions.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var row in org.Store("FieldPermissions").Ordered)
        {
            if (row.IsDeleted || !sets.Contains(row.Text("ParentId")!))
                continue;
            var known = _granted.GetValueOrDefault(row.Text("Field")!);
            _granted[row.Text("Field")!] = (known.Read || row.Flag("PermissionsRead"), known.Edit || row.Flag("PermissionsEdit"));
        }
    }
}
