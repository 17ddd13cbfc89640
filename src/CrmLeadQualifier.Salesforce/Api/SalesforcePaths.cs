namespace CrmLeadQualifier.Salesforce.Api;

/// <summary>The paths of the routes under one API version, without a leading slash.</summary>
internal sealed class SalesforcePaths(string version)
{
    private readonly string _data = $"services/data/v{version}";

    public const string Versions = "services/data";

    public string Query => _data + "/query";

    /// <summary>Deleted and merged rows and archived activities too.</summary>
    public string QueryAll => _data + "/queryAll";

    public string QueryJobs => _data + "/jobs/query";

    public string QueryJob(string id) => $"{QueryJobs}/{id}";

    public string QueryResults(string id) => $"{QueryJobs}/{id}/results";

    public string Composite => _data + "/composite";

    public string Collections => _data + "/composite/sobjects";

    public string IngestJobs => _data + "/jobs/ingest";

    public string IngestJob(string id) => $"{IngestJobs}/{id}";

    public string IngestRows(string id) => $"{IngestJobs}/{id}/batches";

    public string IngestSuccesses(string id) => $"{IngestJobs}/{id}/successfulResults";

    public string IngestFailures(string id) => $"{IngestJobs}/{id}/failedResults";

    /// <summary>Queries of what the org is made of.</summary>
    public string ToolingQuery => _data + "/tooling/query";

    public string ToolingRow(string type, string id) => $"{_data}/tooling/sobjects/{type}/{id}";

    /// <summary>What is left of the org's limits.</summary>
    public string Limits => _data + "/limits";

    /// <summary>The Metadata API retrieves by SOAP only.</summary>
    public string MetadataSoap { get; } = $"services/Soap/m/{version}";

    public string Deployments => _data + "/metadata/deployRequest";

    public string Deployment(string id) => $"{Deployments}/{id}";

    public string Describe(string sobject) => $"{_data}/sobjects/{sobject}/describe";

    /// <summary>The ids of rows that were deleted.</summary>
    public string Deleted(string sobject) => $"{_data}/sobjects/{sobject}/deleted";

    /// <summary>A query as a part of a composite call names it; every character that is none of an address is escaped, + among them.</summary>
    public string QueryAllUrl(string soql) => $"/{QueryAll}?q={Uri.EscapeDataString(soql)}";
}
