namespace CrmLeadQualifier.Salesforce.Api;

internal sealed record IngestJobRequest(string Object, string Operation, string ContentType, string LineEnding);

/// <param name="State"><c>UploadComplete</c> begins a job, <c>Aborted</c> gives it up.</param>
internal sealed record IngestJobChange(string State);

/// <summary>An update that Salesforce carries out by itself (Bulk API 2.0).</summary>
internal sealed record IngestJob
{
    public string? Id { get; init; }

    /// <summary>Open, UploadComplete, InProgress, JobComplete, Failed, Aborted.</summary>
    public string? State { get; init; }

    /// <summary>Failed rows among them.</summary>
    public int? NumberRecordsProcessed { get; init; }

    /// <summary>Milliseconds, of all parts together.</summary>
    public long? TotalProcessingTime { get; init; }

    public string? ErrorMessage { get; init; }
}
