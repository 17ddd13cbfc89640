using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;

namespace CrmLeadQualifier.Sandbox.Salesforce.Behaviours;

/// <summary>
/// Shared Activities: an activity has up to fifty people, one relation each, of which its WhoId is the first. Without it the objects do not exist.
/// A relation that is deleted is gone; only the log of deletions knows.
/// </summary>
internal static class SharedActivities
{
    public static void Enable(Org org)
    {
        if (org.FindType("TaskRelation") is not null)
            return;
        foreach (var (activity, prefix) in new[] { ("Task", "0RT"), ("Event", "0RE") })
        {
            org.AddType(Relation(activity, prefix));
            org.FindType(activity)!.Children[activity + "Relations"] = (activity + "Relation", activity + "Id");
            foreach (var record in org.Store(activity).Ordered.Where(record => !record.IsDeleted).ToList())
                Follow(org, record, record.Moment("CreatedDate")!.Value, org.Users.Admin);
        }
    }

    /// <summary>Keeps the relation that stands for the activity's own WhoId.</summary>
    public static void Follow(Org org, SObject activity, long at, SObject by)
    {
        if (activity.Type.Name is not ("Task" or "Event") || org.FindType(activity.Type.Name + "Relation") is not { } type)
            return;
        var rows = org.Store(type).Referring(activity.Type.Name + "Id", activity.Id).ToList();
        var who = activity.Text("WhoId");
        if (who is not null && rows.Exists(row => row.Text("RelationId") == who))
            return;
        if (rows.Count > 0)
            org.Writer.Delete(rows[0], at, by);
        if (who is not null)
            org.Writer.Insert(type.Name, at, by, (activity.Type.Name + "Id", activity.Id), ("RelationId", who));
    }

    private static SObjectType Relation(string activity, string prefix) =>
        new ObjectBuilder(new SObjectType(activity + "Relation", activity + " Relation", activity + " Relations", prefix)).System()
            .Reference(activity + "Id", "Activity ID", activity, required: true, activity)
            .Reference("RelationId", "Relation ID", "Relation", required: true, "Contact", "Lead")
            .Flag("IsWhat", "Is What").FixedReference("AccountId", "Account ID", "Account", "Account").Type;
}
