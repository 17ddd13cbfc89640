using CrmLeadQualifier.Sandbox.Salesforce.Access;
using CrmLeadQualifier.Sandbox.Salesforce.Bulk;
using CrmLeadQualifier.Sandbox.Salesforce.Metadata;
using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;
using CrmLeadQualifier.Sandbox.Salesforce.Soql;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce;

/// <summary>Every emulated route of the org.</summary>
internal static class SalesforceRoutes
{
    public static SalesforceRouter All(Org org, SignInRoutes oauth, ConsentPage consent, Sessions sessions, ApiUsage usage)
    {
        var router = new SalesforceRouter();
        var queries = new QueryRoutes(org);
        var described = new DescribeRoutes(org);
        var records = new RecordRoutes(org);
        var collections = new CollectionRoutes(org);
        var composite = new CompositeRoutes(org, router, usage);
        var bulkQueries = new QueryJobRoutes(org);
        var ingests = new IngestJobRoutes(org);
        var tooling = new QueryRoutes(org, tooling: true);
        var retrieves = new RetrieveRoutes(org, sessions, usage);
        var metadata = new MetadataRoutes(org);
        var changes = new ChangeRoutes(org);
        const string data = "/services/data/v{version}";
        router.Add(
            new("GET", "/services/oauth2/authorize", consent.Ask) { Open = true },
            new("POST", "/services/oauth2/authorize", consent.Decide) { Open = true },
            new("POST", "/services/oauth2/token", oauth.Token) { Open = true },
            new("POST", "/services/oauth2/revoke", oauth.Revoke) { Open = true },
            new("POST", "/services/oauth2/introspect", oauth.Introspect) { Open = true },
            new("GET", "/services/oauth2/userinfo", oauth.UserInfo),
            new("POST", "/services/oauth2/userinfo", oauth.UserInfo),
            new("GET", "/id/{org}/{user}", oauth.UserInfo),
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
            new("PATCH", data + "/composite/sobjects/{type}/{field}", collections.Upsert),
            new("PATCH", data + "/sobjects/{type}/{field}/{value}", records.Upsert),
            new("POST", data + "/jobs/query", bulkQueries.Create),
            new("GET", data + "/jobs/query", bulkQueries.List),
            new("GET", data + "/jobs/query/{id}", bulkQueries.Get),
            new("PATCH", data + "/jobs/query/{id}", bulkQueries.Abort),
            new("DELETE", data + "/jobs/query/{id}", bulkQueries.Delete),
            new("GET", data + "/jobs/query/{id}/results", bulkQueries.Results),
            new("POST", data + "/jobs/ingest", ingests.Create),
            new("GET", data + "/jobs/ingest", ingests.List),
            new("GET", data + "/jobs/ingest/{id}", ingests.Get),
            new("PATCH", data + "/jobs/ingest/{id}", ingests.Patch),
            new("DELETE", data + "/jobs/ingest/{id}", ingests.Delete),
            new("PUT", data + "/jobs/ingest/{id}/batches", ingests.Upload),
            new("GET", data + "/jobs/ingest/{id}/successfulResults", ingests.Successful),
            new("GET", data + "/jobs/ingest/{id}/failedResults", ingests.Failed),
            new("GET", data + "/jobs/ingest/{id}/unprocessedrecords", ingests.Unprocessed),
            new("POST", data + "/metadata/deployRequest", metadata.Deploy),
            new("GET", data + "/metadata/deployRequest/{id}", metadata.Status),
            new("PATCH", data + "/metadata/deployRequest/{id}", metadata.Cancel),
            new("POST", "/services/Soap/m/{version}", retrieves.Handle) { Open = true },
            new("POST", "/services/Soap/m/{version}/{org}", retrieves.Handle) { Open = true },
            new("GET", data + "/tooling/query", tooling.Query),
            new("GET", data + "/tooling/query/{locator}", tooling.Next),
            new("GET", data + "/tooling/sobjects/Layout/{id}", metadata.Layout),
            new("POST", data + "/tooling/sobjects/CustomField", metadata.CreateField));
        return router;
    }
}
