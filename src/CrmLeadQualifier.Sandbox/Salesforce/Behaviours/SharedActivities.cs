using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;

namespace CrmLeadQualifier.Sandbox.Salesforce.Behaviours;

/// <summary>
/// Shared Activities: an activity has one Lead or up to fifty Contacts, one relation each, of which its WhoId is the first. Without it neither the objects nor the counts exist; once
/// switched on it stays. A relation that is deleted by itself is gone, and moves no stamp of its activity: only the log of deletions knows. With its activity it goes to the recycle bin.
/// </summary>
internal static class SharedActivities
{
    private const int MostContacts = 50;
    private const string Person = "RelationId";

    public static void Enable(Org org)
    {
        if (IsOn(org))
            return;
        foreach (var (activity, prefix) in new[] { ("Task", "0RT"), ("Event", "0RE") })
        {
            org.AddType(Relation(activity, prefix));
            var type = org.FindType(activity)!;
            type.Children[activity + "Relations"] = (activity + "Relation", activity + "Id");
            foreach (var (name, label) in new[] { ("WhoCount", "Relation Count"), ("WhatCount", "Related To Count") })
                type.Add(new SObjectField(name, label, FieldType.Int) { Precision = 8, Createable = false, Updateable = false, Universal = true });
            foreach (var record in org.Store(activity).Ordered.Where(record => !record.IsDeleted).ToList())
                Follow(org, record, null, record.Moment("CreatedDate")!.Value, org.Users.Admin);
        }
    }

    public static bool IsOn(Org org) => org.FindType("TaskRelation") is not null;

    /// <summary>Keeps the relation that stands for the activity's own WhoId, or the WhoId that stands for the first relation.</summary>
    /// <param name="org">The org.</param>
    /// <param name="record">What was made or changed.</param>
    /// <param name="former">The WhoId that it had before.</param>
    /// <param name="at">When.</param>
    /// <param name="by">Who.</param>
    public static void Follow(Org org, SObject record, string? former, long at, SObject by)
    {
        if (!IsOn(org))
            return;
        if (record.Type.Name is "TaskRelation" or "EventRelation" && ActivityOf(org, record) is { } activity)
        {
            if (record.Type.Name == "EventRelation" && !record.Flag("IsParent"))
                org.Store(record.Type).Set(record, "IsInvitee", true);
            else if (activity["WhoId"] is null)
                org.Store(activity.Type).Set(activity, "WhoId", record[Person]);
            Count(org, activity);
            return;
        }
        if (record.Type.Name is not ("Task" or "Event"))
            return;
        var rows = Relations(org, record).ToList();
        var who = record.Text("WhoId");
        if (former is not null && former != who && rows.Find(row => row.Text(Person) == former) is { } replaced)
            org.Writer.Delete(replaced, at, by);
        if (who is not null && !rows.Exists(row => row.Text(Person) == who))
            org.Writer.Insert(record.Type.Name + "Relation", at, by, [(record.Type.Name + "Id", record.Id), (Person, who), .. AsParent(record)]);
        Count(org, record);
    }

    /// <summary>A relation was deleted by itself: another person becomes the activity's first one.</summary>
    public static void Promote(Org org, SObject relation)
    {
        // Campaign members and contact roles may vanish too, and are on no activity.
        if (relation.Type.Name is not ("TaskRelation" or "EventRelation") || ActivityOf(org, relation) is not { } activity)
            return;
        if (activity.Text("WhoId") == relation.Text(Person))
            org.Store(activity.Type).Set(activity, "WhoId", Relations(org, activity).Select(row => row.Text(Person)).FirstOrDefault());
        Count(org, activity);
    }

    /// <summary>Whether an activity stays when one of its people goes: it does while there are others.</summary>
    public static bool Keeps(Org org, SObject activity, SObject person, long at, SObject by)
    {
        if (!IsOn(org) || activity.Type.Name is not ("Task" or "Event"))
            return false;
        var rows = Relations(org, activity).ToList();
        if (rows.Count < 2 || rows.Find(row => row.Text(Person) == person.Id) is not { } relation)
            return false;
        org.Writer.Delete(relation, at, by);
        return true;
    }

    /// <summary>What a merged person was on, the winner is on, once.</summary>
    public static void Merge(Org org, SObject winner, SObject loser, long at, SObject by)
    {
        if (!IsOn(org))
            return;
        foreach (var type in new[] { "TaskRelation", "EventRelation" })
        {
            foreach (var row in org.Store(type).Referring(Person, loser.Id).ToList())
            {
                if (ActivityOf(org, row) is { } activity && Relations(org, activity).Any(other => other.Text(Person) == winner.Id))
                    org.Writer.Delete(row, at, by);
                else
                    org.Writer.Update(row, at, by, (Person, winner.Id));
            }
        }
    }

    /// <summary>Why a new relation is refused; null: it is not.</summary>
    public static SaveError? Refused(Org org, SObjectType type, string? activityId, string? personId, bool isParent)
    {
        if (org.Find(activityId) is not { } activity || org.Find(personId) is not { Type.Name: "Lead" or "Contact" } person)
            return null;
        var people = Relations(org, activity).Select(row => row.Text(Person)).ToList();
        if (type.Name == "EventRelation" && !isParent)
            return null;
        return people.Contains(person.Id) ? new SaveError("DUPLICATE_VALUE", $"duplicate value found: {Person} duplicates value on record")
            : people.Count > 0 && (person.Type.Name == "Lead" || people.Exists(id => org.Find(id)?.Type.Name == "Lead"))
                ? new SaveError("FIELD_INTEGRITY_EXCEPTION", $"{type.Label}: an activity is related to one lead or to contacts", Person)
            : people.Count >= MostContacts ? new SaveError("FIELD_INTEGRITY_EXCEPTION", $"{type.Label}: an activity is related to {MostContacts} contacts at most", Person)
            : null;
    }

    public static SObject? ActivityOf(Org org, SObject relation) =>
        org.Find(relation.Text(relation.Type.Name[..^"Relation".Length] + "Id")) is { IsDeleted: false } activity ? activity : null;

    private static IEnumerable<SObject> Relations(Org org, SObject activity) =>
        org.Store(activity.Type.Name + "Relation").Referring(activity.Type.Name + "Id", activity.Id).Where(row => row.Flag("IsParent", whenMissing: true));

    /// <summary>A roll-up: it moves no stamps.</summary>
    private static void Count(Org org, SObject activity)
    {
        var store = org.Store(activity.Type);
        store.Set(activity, "WhoCount", (double)Relations(org, activity).Count());
        store.Set(activity, "WhatCount", activity["WhatId"] is null ? 0d : 1d);
    }

    private static (string, object?)[] AsParent(SObject activity) => activity.Type.Name == "Event" ? [("IsParent", true), ("IsInvitee", false)] : [];

    private static SObjectType Relation(string activity, string prefix)
    {
        var isOfEvents = activity == "Event";
        var builder = new ObjectBuilder(new SObjectType(activity + "Relation", activity + " Relation", activity + " Relations", prefix) { Updateable = isOfEvents }).System()
            .Reference(activity + "Id", "Activity ID", activity, required: true, activity)
            .Reference(Person, "Relation ID", "Relation", required: true, "Contact", "Lead", "User")
            .Flag("IsWhat", "Is What").FixedReference("AccountId", "Account ID", "Account", "Account");
        // Unless somebody says otherwise a relation of an Event is an invitation, as it was before Shared Activities.
        return isOfEvents ? builder.Flag("IsParent", "Is Parent").Flag("IsInvitee", "Is Invitee").Choice("Status", "Status", "New|Declined|Accepted", length: 40).Type : builder.Type;
    }
}
