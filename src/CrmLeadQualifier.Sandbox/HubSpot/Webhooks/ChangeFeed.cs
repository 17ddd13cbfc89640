using CrmLeadQualifier.Sandbox.HubSpot.Objects;

namespace CrmLeadQualifier.Sandbox.HubSpot.Webhooks;

/// <summary>Something that happened to a record.</summary>
/// <param name="Event">As subscriptions name it: creation, propertyChange, deletion, privacyDeletion, merge, restore, associationChange.</param>
internal sealed record PortalChange(string Event, ObjectType Type, long ObjectId, long At, ChangeSource Source)
{
    /// <summary>Of a property change.</summary>
    public (string Name, string Value)? Property { get; init; }

    /// <summary>Of a merge: the ids that are now this record's.</summary>
    public (long Primary, long Other)? Merged { get; init; }

    /// <summary>Of an association change: with whom.</summary>
    public (ObjectType Type, long Id, bool Removed)? Partner { get; init; }
}

/// <summary>Tells whoever listens what happens to records, as it happens.</summary>
internal sealed class ChangeFeed
{
    /// <summary>Null: nobody listens.</summary>
    public Action<PortalChange>? Listener { get; set; }

    public void Created(CrmObject record, long at, ChangeSource source) => Tell("creation", record, at, source);

    public void Changed(CrmObject record, string property, string value, long at, ChangeSource source) =>
        Listener?.Invoke(new PortalChange("propertyChange", record.Type, record.Id, at, source) { Property = (property, value) });

    public void Deleted(CrmObject record, long at, ChangeSource source) => Tell("deletion", record, at, source);

    public void DeletedForPrivacy(CrmObject record, long at, ChangeSource source) => Tell("privacyDeletion", record, at, source);

    public void Restored(CrmObject record, long at, ChangeSource source) => Tell("restore", record, at, source);

    public void Merged(CrmObject survivor, long primary, long other, long at, ChangeSource source) =>
        Listener?.Invoke(new PortalChange("merge", survivor.Type, survivor.Id, at, source) { Merged = (primary, other) });

    /// <summary>Both sides are told.</summary>
    public void Associated(ObjectType from, long fromId, ObjectType to, long toId, bool removed, long at, ChangeSource source)
    {
        Listener?.Invoke(new PortalChange("associationChange", from, fromId, at, source) { Partner = (to, toId, removed) });
        Listener?.Invoke(new PortalChange("associationChange", to, toId, at, source) { Partner = (from, fromId, removed) });
    }

    private void Tell(string name, CrmObject record, long at, ChangeSource source) =>
        Listener?.Invoke(new PortalChange(name, record.Type, record.Id, at, source));
}
