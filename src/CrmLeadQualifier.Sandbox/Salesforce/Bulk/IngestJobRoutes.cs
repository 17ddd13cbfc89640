using System.Text;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Bulk;

/// <summary>Bulk API 2.0 ingest: a job, one upload, UploadComplete (nothing is processed without it), states, and three lists of results.</summary>
internal sealed class IngestJobRoutes(Org org)
{
    private const int MostBytes = 150_000_000;
    private const int MostBatchesOfADay = 15_000;
    private static readonly string[] Operations = ["insert", "update", "upsert", "delete", "hardDelete"];

    public Answer Create(SalesforceCall call)
    {
        var operation = call.BodyText("operation") ?? "";
        if (!Operations.Contains(operation))
            throw SalesforceRefusal.With(400, "INVALIDJOB", $"Invalid operation: {operation}");
        var name = call.BodyText("object") ?? throw SalesforceRefusal.With(400, "INVALIDJOB", "An ingest job needs an object");
        var type = org.FindType(name) ?? throw SalesforceRefusal.With(400, "INVALIDENTITY", $"Entity '{name}' is not supported by the Bulk API.");
        if (!(operation switch { "insert" => type.Createable, "update" or "upsert" => type.Updateable, _ => type.Deletable }))
            throw SalesforceRefusal.With(400, "INVALIDENTITY", $"{operation} is not supported for entity '{type.Name}'");
        SObjectField? external = null;
        if (operation == "upsert" && (call.BodyText("externalIdFieldName") is not { } by || !type.TryField(by, out external)
            || !(external.ExternalId || external.Type is FieldType.Id)))
            throw SalesforceRefusal.With(400, "INVALIDJOB", $"An upsert job needs externalIdFieldName, an external id of {type.Name}");
        if (org.Jobs.BatchesOfTheDay(call.Now) >= MostBatchesOfADay)
            throw SalesforceRefusal.With(400, "LIMIT_EXCEEDED", "The org has reached its daily limit of batches.");
        var job = new IngestJob(org, org.Jobs.NextId(), operation, type, external, call.BodyText("assignmentRuleId") is not null, CsvFormat.Read(call),
            call.Version, call.Now).Opened();
        org.Jobs.Add(job);
        return Describe(job);
    }

    public Answer Upload(SalesforceCall call)
    {
        var job = Find(call);
        if (!call.ContentType.StartsWith("text/csv", StringComparison.OrdinalIgnoreCase))
            throw SalesforceRefusal.With(415, "UNSUPPORTED_MEDIA_TYPE", "The content-type header specified in HTTP request is not supported: "
                + call.ContentType);
        if (job.State != "Open" || job.Uploaded)
            throw JobState.Refuse(job, "uploaded to");
        // The limit counts what base64 makes of the upload.
        if ((long)call.Body.Length * 4 / 3 > MostBytes)
            throw SalesforceRefusal.With(400, "REQUEST_LIMIT_EXCEEDED", "The upload exceeds 150 MB");
        job.Upload(call.Body.ToArray());
        return SalesforceJson.NoContent with { Status = 201 };
    }

    public Answer Get(SalesforceCall call) => Describe(Find(call));

    public Answer List(SalesforceCall call) => JobState.List(org, org.Jobs.All.OfType<IngestJob>());

    public Answer Patch(SalesforceCall call)
    {
        var job = Find(call);
        JobState.Expect(call, "UploadComplete", "Aborted");
        if (call.BodyText("state") == "Aborted")
        {
            if (job.Ended)
                throw JobState.Refuse(job, "aborted");
            job.Abort(call.Now);
        }
        else
        {
            if (job.State != "Open")
                throw JobState.Refuse(job, "closed");
            job.Close(call.Now);
        }
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

    public Answer Successful(SalesforceCall call)
    {
        var job = Ended(call);
        return Write(job, ["sf__Id", "sf__Created", .. job.Header], job.Results.Where(result => result.Error is null)
            .Select(result => (IEnumerable<string>)[result.Id, result.Created ? "true" : "false", .. job.Row(result.Row)]));
    }

    public Answer Failed(SalesforceCall call)
    {
        var job = Ended(call);
        return Write(job, ["sf__Id", "sf__Error", .. job.Header], job.Results.Where(result => result.Error is not null)
            .Select(result => (IEnumerable<string>)[result.Id, result.Error!, .. job.Row(result.Row)]));
    }

    public Answer Unprocessed(SalesforceCall call)
    {
        var job = Ended(call);
        return Write(job, job.Header, job.Unprocessed);
    }

    private static Answer Write(IngestJob job, IEnumerable<string> header, IEnumerable<IEnumerable<string>> rows)
    {
        var text = new StringBuilder();
        Csv.WriteRow(text, header, job.Format.Delimiter, job.Format.LineEnding);
        foreach (var row in rows)
            Csv.WriteRow(text, row, job.Format.Delimiter, job.Format.LineEnding);
        return new Answer(200, Encoding.UTF8.GetBytes(text.ToString()), "text/csv;charset=UTF-8");
    }

    private Answer Describe(IngestJob job) => SalesforceJson.Object(200, json => job.Write(json, org.Users.Integration.Id));

    private IngestJob Find(SalesforceCall call) => org.Jobs.Find<IngestJob>(call.Route("id")) ?? throw SalesforceRefusal.NotFound();

    private IngestJob Ended(SalesforceCall call)
    {
        var job = Find(call);
        return job.Ended ? job : throw JobState.Refuse(job, "read");
    }
}
