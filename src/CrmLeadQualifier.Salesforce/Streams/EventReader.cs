using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Mapping;

namespace CrmLeadQualifier.Salesforce.Streams;

/// <summary>Events of people, at their start. A cancelled one is deleted; each invitee's copy and the pattern of a series are none.</summary>
internal sealed class EventReader(SalesforceMapping mapping, UserDirectory users) : IActivityReader
{
    public string SObject => "Event";

    public IReadOnlyList<string> Fields { get; } =
    [
        "WhoId", "Subject", "EventSubtype", "Type", "IsAllDayEvent", "ActivityDate", "ActivityDateTime", "StartDateTime", "DurationInMinutes",
        "CreatedDate", "CreatedById", "OwnerId", "IsChild", "IsRecurrence",
    ];

    public string FirstReadCondition => "WhoId != null";

    public bool IsArchived => true;

    public ValueTask ReadAsync(IReadOnlyList<SalesforceRow> rows, RowCollector collector, CancellationToken cancellation) => AddAsync(OfPerson.In(rows), collector, cancellation);

    public async ValueTask AddAsync(IEnumerable<OfPerson> activities, RowCollector collector, CancellationToken cancellation)
    {
        var known = await users.GetAsync(cancellation).ConfigureAwait(false);
        foreach (var ofPerson in activities.Where(activity => !activity.Row.Is("IsChild") && !activity.Row.Is("IsRecurrence")))
        {
            var row = ofPerson.Row;
            var isDayOnly = row.Is("IsAllDayEvent");
            var start = isDayOnly ? row.Time("ActivityDate") ?? row.Time("StartDateTime") : row.Time("ActivityDateTime") ?? row.Time("StartDateTime");
            if (start is not { } at)
            {
                collector.Unreadable(row.Id!, "no readable start");
                continue;
            }

            var kind = mapping.KindOf(row.Get("EventSubtype"), row.Get("Type")) ?? "meeting";
            (string, string?)[] attributes = kind == "meeting" ? [("title", row.Get("Subject"))] : kind == "call" ? [("duration_seconds", Seconds(row))] : [];
            collector.Activities.Add(ofPerson.Tie(ActivityReading.Of(row, "event:" + row.Id, kind, at, [ofPerson.Person], known, attributes) with
            {
                UserId = ActivityReading.UserOf(row, known),
                IsDayOnly = isDayOnly,
                IsWithdrawn = row.IsDeleted,
            }));
        }
    }

    private static string? Seconds(SalesforceRow row) =>
        int.TryParse(row.Get("DurationInMinutes"), System.Globalization.CultureInfo.InvariantCulture, out var minutes)
            ? (minutes * 60).ToString(System.Globalization.CultureInfo.InvariantCulture) : null;
}
