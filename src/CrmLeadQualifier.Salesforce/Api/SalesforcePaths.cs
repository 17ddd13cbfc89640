namespace CrmLeadQualifier.Salesforce.Api;

/// <summary>The paths of the routes under one API version, without a leading slash.</summary>
internal sealed class SalesforcePaths(string version)
{
    private readonly string _data = $"services/data/v{version}";

    public const string Versions = "services/data";

    public string Query => _data + "/query";

    /// <summary>Deleted and merged rows and archived activities too.</summary>
    public string QueryAll => _data + "/queryAll";

    /// <summary>Queries of the org's own make-up: triggers, rules.</summary>
    public string ToolingQuery => _data + "/tooling/query";

    public string QueryJobs => _data + "/jobs/query";

    public string QueryJob(string id) => $"{QueryJobs}/{id}";

    public string QueryResults(string id) => $"{QueryJobs}/{id}/results";

    public string Composite => _data + "/composite";

    public string Collections => _data + "/composite/sobjects";

    public string Deployments => _data + "/metadata/deployRequest";

    public string Deployment(string id) => $"{Deployments}/{id}";

    public string Describe(string sobject) => $"{_data}/sobjects/{sobject}/describe";

    /// <summary>The ids of rows that were deleted.</summary>
    public string Deleted(string sobject) => $"{_data}/sobjects/{sobject}/deleted";

    /// <summary>A query as a part of a composite call names it; every character that is none of an address is escaped, + among them.</summary>
    public string QueryAllUrl(string soql) => $"/{QueryAll}?q={Uri.EscapeDataString(soql)}";
}
