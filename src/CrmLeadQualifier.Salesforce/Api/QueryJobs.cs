namespace CrmLeadQualifier.Salesforce.Api;

/// <param name="Operation"><c>query</c>, or <c>queryAll</c> with deleted rows and archived activities.</param>
internal sealed record QueryJobRequest(string Operation, string Query);

/// <summary>A query that Salesforce carries out by itself (Bulk API 2.0); its rows are fetched as CSV afterwards.</summary>
internal sealed record QueryJob
{
    public string? Id { get; init; }

    /// <summary>UploadComplete, InProgress, JobComplete, Failed, Aborted.</summary>
    public string? State { get; init; }

    /// <summary>Of a failed job; it may quote what the query was about.</summary>
    public string? ErrorMessage { get; init; }
}
