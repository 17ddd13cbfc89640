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
}

/// <summary>E-mail messages that changed: opening one does not touch its Task, so that those are read again.</summary>
internal sealed class EmailMessageReader : IRowReader
{
    public string SObject => "EmailMessage";

    public IReadOnlyList<string> Fields { get; } = ["ActivityId"];

    /// <summary>None: the Tasks' own first read brings them all.</summary>
    public string FirstReadCondition => "Id = null";

    public required ObjectStream Tasks { get; init; }

    public async ValueTask ReadAsync(IReadOnlyList<SalesforceRow> rows, RowCollector collector, CancellationToken cancellation)
    {
        var ids = rows.Select(row => row.Get("ActivityId")).OfType<string>().Distinct().ToList();
        if (ids.Count > 0)
        {
            collector.Activities.AddRange((await Tasks.FetchAsync(ids, cancellation).ConfigureAwait(false)).Activities);
        }
    }
}
