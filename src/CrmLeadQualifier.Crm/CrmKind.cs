using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Crm;

/// <summary>The CRMs that a connection can be of.</summary>
public enum CrmKind
{
    HubSpot,
    Salesforce,
}

/// <summary>The account behind a connection, as the CRM names it; a connection is bound to its id for ever.</summary>
/// <param name="Id">HubSpot's portal id, Salesforce's 18-character org id.</param>
/// <param name="TimeZone">The account's IANA time zone, where the CRM tells it.</param>
/// <param name="Date">The CRM's clock when it answered (its <c>Date</c> header): where windows end.</param>
public sealed record CrmAccount(CrmKind Kind, string Id, string? TimeZone, Instant Date);
