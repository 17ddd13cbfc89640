using CrmLeadQualifier.Salesforce.Api;

namespace CrmLeadQualifier.Salesforce.Streams;

/// <summary>
/// Whom Tasks or Events are of in an org with Shared Activities: each relation brings what its activity is made of along, and comes again when the activity changes. Adding a relation
/// may not touch its activity, and deleting one leaves no row behind.
/// </summary>
internal sealed class RelationReader(IActivityReader activities) : IRowReader
{
    private const string Parent = "IsParent";

    public string SObject => activities.SObject + "Relation";

    public IReadOnlyList<string> Fields { get; } =
    [
        "RelationId", .. activities.SObject == "Event" ? new[] { Parent } : [],
        .. activities.Fields.Concat(["Id", "IsDeleted", RowTimes.StampField]).Select(field => $"{activities.SObject}.{field}"),
    ];

    /// <summary>Of Events the invitations of people whose meeting it is not are relations too.</summary>
    public string FirstReadCondition => activities.SObject == "Event" ? $"IsWhat = false AND {Parent} = true" : "IsWhat = false";

    public bool IsArchived => true;

    public bool MayVanish => true;

    public bool TiesPeople => true;

    public string ChangesWith => activities.SObject;

    public (string SObject, string Field)? OnlyWith => (activities.SObject, "WhoCount");

    public async ValueTask ReadAsync(IReadOnlyList<SalesforceRow> rows, RowCollector collector, CancellationToken cancellation)
    {
        var known = collector.Activities.Count;
        // In a first read the activity's own stream brings its first person.
        await activities.AddAsync(
            rows.Where(row => SalesforceId.IsPerson(row.Get("RelationId"))).Select(row => new OfPerson(row.Parent(activities.SObject), row.Get("RelationId")!, row))
                .Where(activity => activity.Row.Id is not null && !(collector.IsFirstRead && activity.IsFirst)),
            collector, cancellation).ConfigureAwait(false);
        var ended = activities.SObject == "Event" ? rows.Where(row => !row.Is(Parent)).Select(row => row.Id).ToHashSet() : [];
        for (var i = known; i < collector.Activities.Count; i++)
        {
            if (ended.Contains(collector.Activities[i].RelationId))
            {
                collector.Activities[i] = collector.Activities[i] with { IsWithdrawn = true };
            }
        }
    }
}
