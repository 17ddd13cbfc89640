using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Mapping;

namespace CrmLeadQualifier.Salesforce.Streams;

/// <summary>An activity's row and one of its people.</summary>
/// <param name="Row">The Task or Event.</param>
/// <param name="Person">Whom it is of.</param>
/// <param name="Relation">What ties the two; null: the row's own WhoId.</param>
internal sealed record OfPerson(SalesforceRow Row, string Person, SalesforceRow? Relation = null)
{
    /// <summary>Only of the first of several people it is known that what one person does was theirs: an answer, an opening.</summary>
    public bool IsFirst => Person == Row.Get("WhoId");

    /// <summary>Those whom the rows themselves name.</summary>
    public static IEnumerable<OfPerson> In(IEnumerable<SalesforceRow> rows) =>
        rows.Where(row => SalesforceId.IsPerson(row.Get("WhoId"))).Select(row => new OfPerson(row, row.Get("WhoId")!));

    /// <summary>The activity as it is tied to the person.</summary>
    public CrmActivity Tie(CrmActivity activity) => Relation is null
        ? activity
        : activity with { RowId = Relation.Id, Stamp = Relation.Stamp(), RelationId = Relation.Id, IsWithdrawn = activity.IsWithdrawn || Relation.IsDeleted };
}

/// <summary>What is made of Tasks or Events, whoever names their people.</summary>
internal interface IActivityReader : IRowReader
{
    ValueTask AddAsync(IEnumerable<OfPerson> activities, RowCollector collector, CancellationToken cancellation);
}

/// <summary>What Tasks, Events and campaign members have in common: whose they are, who made them, and whether a connector copied them.</summary>
internal static class ActivityReading
{
    /// <summary>The marks of its copies: the connector does not say what it copied.</summary>
    public const string CopiedByConnector = "connector";

    public static CrmActivity Of(SalesforceRow row, string id, string kind, Core.Time.Instant at, IEnumerable<string?> people, Users users,
        params (string Name, string? Value)[] attributes) =>
        new(id, kind, at, attributes.Where(attribute => attribute.Value is not null).ToDictionary(attribute => attribute.Name, attribute => attribute.Value!))
        {
            RowId = row.Id,
            Stamp = row.Stamp(),
            RecordIds = [.. people.Where(SalesforceId.IsPerson).OfType<string>()],
            CopyOf = users.IsConnector(row.Get("CreatedById")) ? CopiedByConnector : null,
        };

    /// <summary>Who acted: the one to whom it is assigned, as far as a person made the record at all.</summary>
    public static string? UserOf(SalesforceRow row, Users users) =>
        !users.IsPerson(row.Get("CreatedById")) ? null : users.IsPerson(row.Get("OwnerId")) ? row.Get("OwnerId") : row.Get("CreatedById");
}
