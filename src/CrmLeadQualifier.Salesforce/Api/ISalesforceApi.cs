using Refit;

namespace CrmLeadQualifier.Salesforce.Api;

/// <summary>The routes of one org; <c>path</c> is of <see cref="SalesforcePaths"/>.</summary>
internal interface ISalesforceApi
{
    [Get("/{**path}")]
    Task<ApiResponse<List<ApiVersion>>> ListVersionsAsync(string path, [Authorize] string token, CancellationToken cancellation);

    [Get("/{**path}")]
    Task<ApiResponse<QueryPage>> QueryAsync(string path, string q, [Authorize] string token, CancellationToken cancellation);

    [Get("/{**path}")]
    Task<ApiResponse<LimitsAnswer>> ListLimitsAsync(string path, [Authorize] string token, CancellationToken cancellation);

    [Get("/{**path}")]
    Task<ApiResponse<LayoutAnswer>> GetLayoutAsync(string path, [Authorize] string token, CancellationToken cancellation);

    /// <param name="path"><see cref="QueryPage.NextRecordsUrl"/> of the page before.</param>
    [Get("/{**path}")]
    Task<ApiResponse<QueryPage>> QueryMoreAsync(string path, [Authorize] string token, CancellationToken cancellation);

    /// <param name="start">An instant of the last 15 days.</param>
    [Get("/{**path}")]
    Task<ApiResponse<DeletedAnswer>> ListDeletedAsync(string path, string start, string end, [Authorize] string token, CancellationToken cancellation);

    [Post("/{**path}")]
    Task<ApiResponse<QueryJob>> CreateQueryJobAsync(string path, [Body] QueryJobRequest request, [Authorize] string token, CancellationToken cancellation);

    [Get("/{**path}")]
    Task<ApiResponse<QueryJob>> GetQueryJobAsync(string path, [Authorize] string token, CancellationToken cancellation);

    /// <summary>CSV, which the caller reads as it comes in.</summary>
    /// <param name="locator">As the answer before named it in <c>Sforce-Locator</c>; null: from the first row.</param>
    [Get("/{**path}")]
    [Headers("Accept: text/csv")]
    Task<ApiResponse<Stream>> GetQueryResultsAsync(string path, int maxRecords, string? locator, [Authorize] string token, CancellationToken cancellation);

    [Delete("/{**path}")]
    Task<ApiResponse<string>> DeleteQueryJobAsync(string path, [Authorize] string token, CancellationToken cancellation);

    [Get("/{**path}")]
    Task<ApiResponse<ObjectDescription>> DescribeAsync(string path, [Authorize] string token, CancellationToken cancellation);

    [Post("/{**path}")]
    Task<ApiResponse<CompositeResponse>> CompositeAsync(string path, [Body] CompositeRequest request, [Authorize] string token, CancellationToken cancellation);

    /// <summary>Our fields must not run assignment rules again, which could change owners, nor be stopped by duplicates that were there before.</summary>
    [Patch("/{**path}")]
    [Headers("Sforce-Auto-Assign: FALSE", "Sforce-Duplicate-Rule-Header: allowSave=true")]
    Task<ApiResponse<List<SaveResult>>> UpdateAsync(string path, [Body] CollectionRequest request, [Authorize] string token, CancellationToken cancellation);

    [Post("/{**path}")]
    Task<ApiResponse<List<SaveResult>>> CreateAsync(string path, [Body] CollectionRequest request, [Authorize] string token, CancellationToken cancellation);

    /// <param name="ids">Up to 200, with commas.</param>
    [Delete("/{**path}")]
    Task<ApiResponse<List<SaveResult>>> DeleteAsync(string path, string ids, string allOrNone, [Authorize] string token, CancellationToken cancellation);

    /// <summary>No assignment rule is named: none is run.</summary>
    [Post("/{**path}")]
    [Headers("Sforce-Duplicate-Rule-Header: allowSave=true")]
    Task<ApiResponse<IngestJob>> CreateIngestJobAsync(string path, [Body] IngestJobRequest request, [Authorize] string token, CancellationToken cancellation);

    /// <param name="rows">CSV; answered by nothing.</param>
    [Put("/{**path}")]
    Task<ApiResponse<string>> UploadIngestAsync(string path, [Body] HttpContent rows, [Authorize] string token, CancellationToken cancellation);

    [Patch("/{**path}")]
    Task<ApiResponse<IngestJob>> ChangeIngestJobAsync(string path, [Body] IngestJobChange change, [Authorize] string token, CancellationToken cancellation);

    [Get("/{**path}")]
    Task<ApiResponse<IngestJob>> GetIngestJobAsync(string path, [Authorize] string token, CancellationToken cancellation);

    /// <summary>CSV, which the caller reads as it comes in.</summary>
    [Get("/{**path}")]
    [Headers("Accept: text/csv")]
    Task<ApiResponse<Stream>> GetIngestResultsAsync(string path, [Authorize] string token, CancellationToken cancellation);

    [Post("/{**path}")]
    Task<ApiResponse<DeployAnswer>> DeployAsync(string path, [Body] MultipartFormDataContent package, [Authorize] string token, CancellationToken cancellation);

    /// <param name="envelope">Holds the token too: SOAP has no other place for it.</param>
    [Post("/{**path}")]
    Task<ApiResponse<string>> SoapAsync(string path, [Body] HttpContent envelope, [Authorize] string token, CancellationToken cancellation);

    [Get("/{**path}")]
    Task<ApiResponse<DeployAnswer>> GetDeploymentAsync(string path, string includeDetails, [Authorize] string token, CancellationToken cancellation);
}

internal interface ISalesforceTokens
{
    [Post("/services/oauth2/token")]
    [Headers("Accept: application/json")]
    Task<ApiResponse<TokenAnswer>> GetTokenAsync([Body(BodySerializationMethod.UrlEncoded)] Dictionary<string, string> form, CancellationToken cancellation);
}
