using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Mapping;

namespace CrmLeadQualifier.Salesforce.Streams;

/// <summary>What Tasks, Events and campaign members have in common: whose they are, who made them, and whether a connector copied them.</summary>
internal static class ActivityReading
{
    /// <summary>The marks of its copies: the connector does not say what it copied.</summary>
    public const string CopiedByConnector = "connector";

    public static CrmActivity Of(SalesforceRow row, string id, string kind, Core.Time.Instant at, IEnumerable<string?> people, Users users, params (string Name, string? Value)[] attributes) =>
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
