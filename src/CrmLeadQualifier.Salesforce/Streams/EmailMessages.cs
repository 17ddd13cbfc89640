using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Http;
using CrmLeadQualifier.Salesforce.Mapping;
using CrmLeadQualifier.Salesforce.Queries;

namespace CrmLeadQualifier.Salesforce.Streams;

/// <summary>The messages behind Tasks that are e-mails: which way they went, and when they were opened.</summary>
internal sealed class EmailMessages(QueryReading queries, ObjectDescriptions descriptions)
{
    private const string SObject = "EmailMessage";

    private static readonly CallContext Call = new("the messages of e-mails", "email_messages");
    private static readonly string[] Fields = ["Id", "ActivityId", "Subject", "Incoming", "MessageDate", "FirstOpenedDate", "LastOpenedDate"];

    /// <summary>By the Task's id; none where the org keeps no messages, or hides them from our user.</summary>
    public async Task<IReadOnlyDictionary<string, SalesforceRow>> OfTasksAsync(IReadOnlyCollection<string> tasks, CancellationToken cancellation)
    {
        if (tasks.Count == 0)
        {
            return new Dictionary<string, SalesforceRow>();
        }

        try
        {
            var fields = await descriptions.ExistingAsync(SObject, Fields, Call.Stream, cancellation).ConfigureAwait(false);
            var rows = await queries.ReadByIdsAsync(Call, SObject, fields, "ActivityId", tasks, withDeleted: false, null, cancellation).ConfigureAwait(false);
            return rows.Where(row => row.Get("ActivityId") is not null).DistinctBy(row => row.Get("ActivityId")).ToDictionary(row => row.Get("ActivityId")!);
        }
        catch (Exception refused) when (refused is StreamRefusedException or StaleDescriptionException)
        {
            return new Dictionary<string, SalesforceRow>();
        }
    }

    /// <summary>An e-mail of a Task and its openings, as activities of a person of the Task's; it counts once, at the message's time.</summary>
    public static void Add(OfPerson ofPerson, SalesforceRow message, Users known, RowCollector collector)
    {
        var task = ofPerson.Row;
        if (message.Time("MessageDate") is not { } at)
        {
            collector.Unreadable(task.Id!, "no readable MessageDate of its e-mail");
            return;
        }

        var isReply = message.Is("Incoming");
        if (isReply && !ofPerson.IsFirst)
        {
            return;
        }

        AddOne("task:" + task.Id, isReply ? "email_reply" : "email_sent", at, isReply ? null : ActivityReading.UserOf(task, known));
        var first = message.Time("FirstOpenedDate");
        if (!ofPerson.IsFirst)
        {
            return;
        }

        if (first is { } opened)
        {
            AddOne($"email:{message.Id}:first_opened", "email_open", opened, null);
        }

        if (message.Time("LastOpenedDate") is { } again && again != first)
        {
            AddOne($"email:{message.Id}:last_opened", "email_open", again, null);
        }

        void AddOne(string id, string kind, Instant instant, string? user) =>
            collector.Activities.Add(ofPerson.Tie(ActivityReading.Of(task, id, kind, instant, [ofPerson.Person], known, ("subject", message.Get("Subject"))) with
            {
                UserId = user,
                IsWithdrawn = task.IsDeleted || !task.Is("IsClosed"),
            }));
    }
}

/// <summary>
/// E-mail messages. In a first read each brings what its Task is needed for along, so that no Task is asked for. Of those that changed the Tasks are read again: opening a message
/// does not touch its Task.
/// </summary>
internal sealed class EmailMessageReader(UserDirectory users) : IRowReader
{
    private const string Task = "Activity";

    private static readonly string[] OfTask = ["Id", RowTimes.StampField, "WhoId", "IsDeleted", "IsClosed", "IsRecurrence", "CreatedById", "OwnerId"];

    public string SObject => "EmailMessage";

    public IReadOnlyList<string> Fields { get; } =
        ["ActivityId", "Subject", "Incoming", "MessageDate", "FirstOpenedDate", "LastOpenedDate", .. OfTask.Select(field => $"{Task}.{field}")];

    public string FirstReadCondition => "ActivityId != null";

    public required ObjectStream Tasks { get; init; }

    public async ValueTask ReadAsync(IReadOnlyList<SalesforceRow> rows, RowCollector collector, CancellationToken cancellation)
    {
        var withTask = rows.Where(row => row.Get("ActivityId") is not null).Select(row => (Message: row, Task: row.Parent(Task))).ToList();
        var known = await users.GetAsync(cancellation).ConfigureAwait(false);
        var further = new HashSet<string>();
        foreach (var (message, task) in withTask)
        {
            if (!collector.IsFirstRead || task.Id is null || task.Stamp() is null)
            {
                further.Add(message.Get("ActivityId")!);
            }
            else if (SalesforceId.IsPerson(task.Get("WhoId")) && !task.Is("IsRecurrence"))
            {
                EmailMessages.Add(new OfPerson(task, task.Get("WhoId")!), message, known, collector);
            }
        }

        if (further.Count > 0)
        {
            collector.Activities.AddRange((await Tasks.FetchAsync([.. further], cancellation).ConfigureAwait(false)).Activities);
        }
    }
}
