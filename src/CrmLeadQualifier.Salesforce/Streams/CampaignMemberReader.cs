using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Mapping;

namespace CrmLeadQualifier.Salesforce.Streams;

/// <summary>
/// Campaign members by their Campaign's type: of an event the registration, and the attendance once they responded; of a document the download, of
/// any other Campaign the response, once they responded.
/// </summary>
internal sealed class CampaignMemberReader(SalesforceMapping mapping, UserDirectory users, Organization organization) : IRowReader
{
    private const string Attendance = ":attendance";

    public string SObject => "CampaignMember";

    public IReadOnlyList<string> Fields { get; } =
        ["LeadId", "ContactId", "Status", "HasResponded", "FirstRespondedDate", "CreatedDate", "CreatedById", "Campaign.Name", "Campaign.Type"];

    public bool MayVanish => true;

    public IReadOnlyList<string> ActivitiesOf(string rowId) => [IdOf(rowId), IdOf(rowId) + Attendance];

    public async ValueTask ReadAsync(IReadOnlyList<SalesforceRow> rows, RowCollector collector, CancellationToken cancellation)
    {
        var known = await users.GetAsync(cancellation).ConfigureAwait(false);
        var days = await organization.GetDaysAsync(cancellation).ConfigureAwait(false);
        foreach (var row in rows)
        {
            if (row.Time("CreatedDate") is not { } created)
            {
                collector.Unreadable(row.Id!, "no readable CreatedDate");
                continue;
            }

            var (responded, isDayOnly) = row.Time("FirstRespondedDate") is { } day ? days.Of(day, created) : (created, false);
            var (campaign, type) = (row.Get("Campaign.Name"), row.Get("Campaign.Type") ?? "");
            if (mapping.IsEvent(type))
            {
                Add(IdOf(row.Id!), "event_registration", created, false, row.IsDeleted, ("event", campaign));
                Add(IdOf(row.Id!) + Attendance, "event_attendance", responded, isDayOnly, !IsResponse(row), ("event", campaign));
            }
            else if (mapping.IsContent(type))
            {
                Add(IdOf(row.Id!), "content_download", responded, isDayOnly, !IsResponse(row), ("title", campaign));
            }
            else
            {
                Add(IdOf(row.Id!), "campaign_response", responded, isDayOnly, !IsResponse(row), ("campaign", campaign), ("type", type),
                    ("status", row.Get("Status")));
            }

            void Add(string id, string kind, Instant at, bool isByDay, bool isWithdrawn, params (string, string?)[] attributes)
            {
                var activity = ActivityReading.Of(row, id, kind, at, [row.Get("LeadId"), row.Get("ContactId")], known, attributes);
                if (activity.RecordIds.Count > 0)
                {
                    collector.Activities.Add(activity with { IsDayOnly = isByDay, IsWithdrawn = isWithdrawn });
                }
            }
        }
    }

    private static string IdOf(string rowId) => "campaign_member:" + rowId;

    private static bool IsResponse(SalesforceRow row) => row.Is("HasResponded") && !row.IsDeleted;
}
