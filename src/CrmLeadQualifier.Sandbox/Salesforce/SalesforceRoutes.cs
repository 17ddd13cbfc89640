using CrmLeadQualifier.Sandbox.Salesforce.Access;
using CrmLeadQualifier.Sandbox.Salesforce.Metadata;
using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;
using CrmLeadQualifier.Sandbox.Salesforce.Soql;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce;

/// <summary>Every emulated route of the org.</summary>
internal static class SalesforceRoutes
{
    public static SalesforceRouter All(Org org, Sessions sessions, ApiUsage usage)
    {
        var router = new SalesforceRouter();
        var queries = new QueryRoutes(org);
        var described = new DescribeRoutes(org);
        var records = new RecordRoutes(org);
        var collections = new CollectionRoutes(org);
        var composite = new CompositeRoutes(router, usage);
        var metadata = new MetadataRoutes(org);
        var changes = new ChangeRoutes(org);
        const string data = "/services/data/v{version}";
        router.Add(
            new("POST", "/services/oauth2/token", sessions.Token) { Open = true },
            new("POST", "/services/oauth2/revoke", sessions.Revoke) { Open = true },
            new("GET", "/services/oauth2/userinfo", sessions.UserInfo),
            new("GET", "/services/data", _ => Versions.List()) { Open = true },
            new("GET", data, Versions.Resources),
            new("GET", data + "/limits", usage.Limits),
            new("GET", data + "/query", queries.Query),
            new("GET", data + "/queryAll", queries.QueryAll),
            new("GET", data + "/query/{locator}", queries.Next),
            new("GET", data + "/sobjects", described.Global),
            new("GET", data + "/sobjects/{type}", described.Basic),
            new("GET", data + "/sobjects/{type}/describe", described.Describe),
            new("GET", data + "/sobjects/{type}/updated", changes.Updated),
            new("GET", data + "/sobjects/{type}/deleted", changes.Deleted),
            new("POST", data + "/sobjects/{type}", records.Create),
            new("GET", data + "/sobjects/{type}/{id}", records.Get),
            new("PATCH", data + "/sobjects/{type}/{id}", records.Update),
            new("DELETE", data + "/sobjects/{type}/{id}", records.Delete),
            new("POST", data + "/composite", composite.Composite),
            new("POST", data + "/composite/batch", composite.Batch),
            new("PATCH", data + "/composite/sobjects", collections.Update),
            new("POST", data + "/composite/sobjects", collections.Create),
            new("DELETE", data + "/composite/sobjects", collections.Delete),
            new("POST", data + "/metadata/deployRequest", metadata.Deploy),
            new("GET", data + "/metadata/deployRequest/{id}", metadata.Status),
            new("PATCH", data + "/metadata/deployRequest/{id}", metadata.Cancel),
            new("POST", data + "/tooling/sobjects/CustomField", metadata.CreateField));
        return router;
    }
}
