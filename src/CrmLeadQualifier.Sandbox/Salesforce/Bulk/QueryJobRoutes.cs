using System.Globalization;
using System.Text;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Salesforce.Soql;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Bulk;

/// <summary>Bulk API 2.0 query: a job, its states, and its results page by page. Whoever holds a locator may read its page again.</summary>
internal sealed class QueryJobRoutes(Org org)
{
    private const int MostRows = 50_000;
    private const int MostJobsOfADay = 10_000;

    /// <summary>Objects that Bulk does not serve, although REST queries do.</summary>
    private static readonly HashSet<string> Refused = new(StringComparer.OrdinalIgnoreCase)
    {
        "TaskStatus", "TaskPriority", "TaskWhoRelation", "EventWhoRelation", "AcceptedEventRelation", "DeclinedEventRelation", "UndecidedEventRelation",
    };

    public Answer Create(SalesforceCall call)
    {
        var operation = call.BodyText("operation");
        if (operation is not ("query" or "queryAll"))
            throw SalesforceRefusal.With(400, "INVALIDJOB", $"Invalid operation: {operation}");
        if (call.BodyText("query") is not { Length: > 0 } text)
            throw SalesforceRefusal.With(400, "INVALIDJOB", "A query job needs a query");
        if (org.Jobs.QueriesOfTheDay(call.Now) >= MostJobsOfADay)
            throw SalesforceRefusal.With(400, "LIMIT_EXCEEDED", "The org has reached its daily limit of Bulk API 2.0 query jobs.");
        var query = SoqlParser.Parse(text);
        Check(query);
        var job = new QueryJob(org.Jobs.NextId(), operation, new QueryRun(org, query, operation == "queryAll", call.Now), CsvFormat.Read(call), call.Version,
            call.Now);
        org.Jobs.Add(job);
        return Describe(job);
    }

    public Answer Get(SalesforceCall call) => Describe(Find(call));

    public Answer Abort(SalesforceCall call)
    {
        var job = Find(call);
        JobState.Expect(call, "Aborted");
        if (job.Ended)
            throw JobState.Refuse(job, "aborted");
        job.Abort(call.Now);
        return Describe(job);
    }

    public Answer Delete(SalesforceCall call)
    {
        var job = Find(call);
        if (!job.Ended)
            throw JobState.Refuse(job, "deleted");
        org.Jobs.Remove(job);
        return SalesforceJson.NoContent;
    }

    public Answer Results(SalesforceCall call)
    {
        var job = Find(call);
        if (job.Version != call.Version)
            throw SalesforceRefusal.With(409, "API_ERROR", $"The job was created with version {job.Version}; its results are read with that version");
        if (job.State != "JobComplete")
            throw JobState.Refuse(job, "read");
        var most = MostRows;
        if (call.Query.TryGetValue("maxRecords", out var asked)
            && (!int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out most) || most < 1))
            throw SalesforceRefusal.With(400, "INVALIDJOB", $"Invalid maxRecords: {asked}");
        var from = call.Query.TryGetValue("locator", out var locator) ? Offset(job, locator) : 0;
        var to = Math.Min(job.Rows.Count, from + Math.Min(most, MostRows));
        var text = new StringBuilder();
        Csv.WriteRow(text, job.Columns.Select(column => column.Name), job.Format.Delimiter, job.Format.LineEnding);
        for (var i = from; i < to; i++)
        {
            var row = job.Rows[i];
            Csv.WriteRow(text, job.Columns.Select((column, at) => QueryJob.Text(column.Path.Field, row[at])), job.Format.Delimiter, job.Format.LineEnding);
        }
        return new Answer(200, Encoding.UTF8.GetBytes(text.ToString()), "text/csv;charset=UTF-8")
        {
            RowsRead = to - from,
            // The end is told by a word, not by an absent header.
            Headers = [("Sforce-Locator", to < job.Rows.Count ? Locator(job, to) : "null"),
                ("Sforce-NumberOfRecords", (to - from).ToString(CultureInfo.InvariantCulture))],
        };
    }

    public Answer List(SalesforceCall call) => JobState.List(org, org.Jobs.All.OfType<QueryJob>());

    private static void Check(SoqlQuery query)
    {
        if (query.Aggregates || query.CountsOnly)
            throw Unsupported("Aggregate functions and GROUP BY not supported in Bulk V2 Query");
        if (query.Offset is not null)
            throw Unsupported("OFFSET clause not supported in Bulk V2 Query");
        if (query.Unsupported is { } other)
            throw Unsupported($"{other} not supported in Bulk V2 Query");
        if (query.Select.Exists(selection => selection is ChildSelection))
            throw Unsupported("Aggregate Relationships not supported in Bulk V2 Query with CSV content type");
        if (Refused.Contains(query.From.Name))
            throw SalesforceRefusal.With(400, "INVALIDENTITY", $"Entity '{query.From.Name}' is not supported by the Bulk API.");
    }

    private static SalesforceRefusal Unsupported(string message) => SalesforceRefusal.With(400, "API_ERROR", message);

    private Answer Describe(QueryJob job) => SalesforceJson.Object(200, json => job.Write(json, org.Users.Integration.Id));

    private QueryJob Find(SalesforceCall call) => org.Jobs.Find<QueryJob>(call.Route("id")) ?? throw SalesforceRefusal.NotFound();

    private static string Locator(QueryJob job, int offset) =>
        Convert.ToBase64String(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"0:{job.Id[3..]}:{offset}"))).TrimEnd('=');

    private static int Offset(QueryJob job, string locator)
    {
        var bytes = new byte[locator.Length + 4];
        if (Convert.TryFromBase64String(locator.PadRight((locator.Length + 3) / 4 * 4, '='), bytes, out var length)
            && Encoding.ASCII.GetString(bytes, 0, length).Split(':') is ["0", { } tail, { } number] && tail == job.Id[3..]
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) && offset <= job.Rows.Count)
            return offset;
        throw SalesforceRefusal.With(400, "INVALID_QUERY_LOCATOR", "invalid query locator");
    }
}
