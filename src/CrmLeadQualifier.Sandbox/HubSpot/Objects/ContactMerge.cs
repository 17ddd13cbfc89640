namespace CrmLeadQualifier.Sandbox.HubSpot.Objects;

internal static class ContactMerge
{
    public static CrmObject Merge(Portal portal, CrmObject primary, CrmObject other, long now)
    {
        var store = portal.Store(ObjectType.Contact);
        var survivor = store.Add(Math.Min(primary.CreatedAt, other.CreatedAt));
        foreach (var source in new[] { other, primary })
        {
            foreach (var property in source.Properties.ToList())
            {
                foreach (var change in source.History(property).Reverse())
                    survivor.Set(property, change.Value, change.At, change.RecordedAt, change.Source);
            }
        }
        var merged = new ChangeSource("MERGE_OBJECTS", null);
        foreach (var property in other.Properties.Union(primary.Properties).ToList())
        {
            var value = string.IsNullOrEmpty(primary[property]) ? other[property] ?? "" : primary[property]!;
            if (survivor[property] != value)
                survivor.Set(property, value, now, now, merged);
        }
        survivor.Set("hs_merged_object_ids", $"{primary.IdText};{other.IdText}", now, now, merged);
        survivor.Set("hs_all_contact_vids", $"{survivor.IdText};{primary.IdText};{other.IdText}", now, now, merged);
        if (other["email"] is { Length: > 0 } additional && additional != survivor["email"])
            survivor.Set("hs_additional_emails", additional, now, now, merged);
        foreach (var retired in new[] { primary, other })
        {
            retired.Archived = true;
            store.KeepEmail(retired, retired["email"], null);
            portal.Associations.Move(retired, survivor, portal.Find);
            store.Retire(retired, survivor);
        }
        store.KeepEmail(survivor, null, survivor["email"]);
        portal.PageViews.Move(primary.Id, survivor.Id);
        portal.PageViews.Move(other.Id, survivor.Id);
        store.Touch(survivor, now);
        portal.Writer.KeepPrimaryCompany(survivor, now);
        portal.Changes.Merged(survivor, primary.Id, other.Id, now, merged);
        return survivor;
    }
}
