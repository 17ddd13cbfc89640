using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Mapping;

namespace CrmLeadQualifier.Salesforce.Streams;

/// <summary>
/// Tasks of people: calls, e-mails, meetings and the rest. One counts once closed, at its completion where the org keeps that; its own day is when it
/// was due. An e-mail is a Task and, with Enhanced Email, an e-mail message too: it counts once, as the Task, at the message's time, and its openings
/// are the message's.
/// </summary>
internal sealed class TaskReader(SalesforceMapping mapping, EmailMessages messages, UserDirectory users, Organization organization) : IActivityReader
{
    public string SObject => "Task";

    public IReadOnlyList<string> Fields { get; } =
    [
        "WhoId", "Subject", "Status", "IsClosed", "Type", "TaskSubtype", "CallType", "CallDisposition", "CallDurationInSeconds", "ActivityDate",
            "CompletedDateTime",
        "CreatedDate", "CreatedById", "OwnerId", "IsRecurrence",
    ];

    public string FirstReadCondition => "WhoId != null";

    public bool IsArchived => true;

    public ValueTask ReadAsync(IReadOnlyList<SalesforceRow> rows, RowCollector collector, CancellationToken cancellation) => AddAsync(OfPerson.In(rows), collector, cancellation);

    public async ValueTask AddAsync(IEnumerable<OfPerson> activities, RowCollector collector, CancellationToken cancellation)
    {
        var known = await users.GetAsync(cancellation).ConfigureAwait(false);
        var days = await organization.GetDaysAsync(cancellation).ConfigureAwait(false);
        var ofPeople = activities.Where(activity => !activity.Row.Is("IsRecurrence")).Select(activity => (OfPerson: activity, Kind: KindOf(activity.Row))).ToList();
        // In a first read the messages come by their own stream, behind this one, for the first of each Task's people.
        var emails = await messages.OfTasksAsync(
            [.. ofPeople.Where(task => task.Kind == "email_sent" && (!collector.IsFirstRead || task.OfPerson.Relation is not null)).Select(task => task.OfPerson.Row.Id!).Distinct()],
            cancellation).ConfigureAwait(false);
        foreach (var (ofPerson, kind) in ofPeople)
        {
            var row = ofPerson.Row;
            if (emails.TryGetValue(row.Id!, out var message))
            {
                EmailMessages.Add(ofPerson, message, known, collector);
                continue;
            }

            if (TimeOf(row, days) is not var (at, isDayOnly))
            {
                collector.Unreadable(row.Id!, "no readable CreatedDate");
                continue;
            }

            collector.Activities.Add(ofPerson.Tie(ActivityReading.Of(row, "task:" + row.Id, kind, at, [ofPerson.Person], known, Attributes(row, kind)) with
            {
                UserId = ActivityReading.UserOf(row, known),
                IsDayOnly = isDayOnly,
                IsWithdrawn = row.IsDeleted || !row.Is("IsClosed"),
            }));
        }
    }

    private string KindOf(SalesforceRow row) => mapping.KindOf(row.Get("TaskSubtype"), row.Get("Type")) ?? "task";

    private static (Instant At, bool IsDayOnly)? TimeOf(SalesforceRow row, OrgDays days) =>
        row.Time("CompletedDateTime") is { } completed ? (completed, false)
        : row.Time("ActivityDate") is { } day ? days.Of(day, row.Time("CreatedDate"))
        : row.Time("CreatedDate") is { } created ? (created, false)
        : null;

    private static (string, string?)[] Attributes(SalesforceRow row, string kind) => kind switch
    {
        "call" => [("outcome", row.Get("CallDisposition")), ("direction", row.Get("CallType")), ("duration_seconds", row.Get("CallDurationInSeconds"))],
        "email_sent" or "email_reply" => [("subject", row.Get("Subject"))],
        "meeting" => [("title", row.Get("Subject")), ("outcome", row.Get("Status"))],
        "task" => [("subject", row.Get("Subject")), ("type", row.Get("Type")), ("status", row.Get("Status"))],
        _ => [],
    };
}
