using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Mapping;

namespace CrmLeadQualifier.Salesforce.Streams;

/// <summary>Events of people, at their start. A cancelled one is deleted; each invitee's copy and the pattern of a series are none.</summary>
internal sealed class EventReader(SalesforceMapping mapping, UserDirectory users) : IRowReader
{
    public string SObject => "Event";

    public IReadOnlyList<string> Fields { get; } =
    [
        "WhoId", "Subject", "EventSubtype", "Type", "IsAllDayEvent", "ActivityDate", "ActivityDateTime", "StartDateTime", "DurationInMinutes", "CreatedDate", "CreatedById", "OwnerId",
        "IsChild", "IsRecurrence",
    ];

    public string FirstReadCondition => "WhoId != null";

    public bool IsArchived => true;

    public async ValueTask ReadAsync(IReadOnlyList<SalesforceRow> rows, RowCollector collector, CancellationToken cancellation)
    {
        var known = await users.GetAsync(cancellation).ConfigureAwait(false);
        foreach (var row in rows.Where(row => SalesforceId.IsPerson(row.Get("WhoId")) && !row.Is("IsChild") && !row.Is("IsRecurrence")))
        {
            var isDayOnly = row.Is("IsAllDayEvent");
            var start = isDayOnly ? row.Time("ActivityDate") ?? row.Time("StartDateTime") : row.Time("ActivityDateTime") ?? row.Time("StartDateTime");
            if (start is not { } at)
            {
                collector.Unreadable(row.Id!, "no readable start");
                continue;
            }

            var kind = mapping.KindOf(row.Get("EventSubtype"), row.Get("Type")) ?? "meeting";
            (string, string?)[] attributes = kind == "meeting" ? [("title", row.Get("Subject"))] : kind == "call" ? [("duration_seconds", Seconds(row))] : [];
            collector.Activities.Add(ActivityReading.Of(row, "event:" + row.Id, kind, at, [row.Get("WhoId")], known, attributes) with
            {
                UserId = ActivityReading.UserOf(row, known),
                IsDayOnly = isDayOnly,
                IsWithdrawn = row.IsDeleted,
            });
        }
    }

    private static string? Seconds(SalesforceRow row) =>
        int.TryParse(row.Get("DurationInMinutes"), System.Globalization.CultureInfo.InvariantCulture, out var minutes)
            ? (minutes * 60).ToString(System.Globalization.CultureInfo.InvariantCulture) : null;
}
