using System.Text.Json;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Salesforce;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Authorization;
using CrmLeadQualifier.Salesforce.Http;
using CrmLeadQualifier.Salesforce.Streams;

namespace CrmLeadQualifier.Conformance.SalesforceClient;

/// <summary>Bodies that Salesforce sent to others, read by our client.</summary>
public sealed class RecordedBodiesTests
{
    private const string Absent = "The recorded bodies are not beside the repository (../shared/recorded/salesforce).";

    private static readonly string? Folder = Find();

    [SkippableFact]
    public void A_token_and_the_refusals_of_one_are_read()
    {
        Skip.If(Folder is null, Absent);
        var token = SalesforceJsonSerializer.Read<TokenAnswer>(Body("restforce/auth_success_response.json"))!;
        Assert.StartsWith("00Dx0000000BV7z!", token.AccessToken);
        Assert.Equal("https://na1.salesforce.com/", LoginAddress.InstanceOf(new Uri("https://login.salesforce.com"), token.InstanceUrl).ToString());
        Assert.Equal("https://login.salesforce.com/id/00Dx0000000BV7z/005x00000012Q9P", token.Id);
        foreach (var file in new[] { "restforce/auth_error_response.json", "restforce/refresh_error_response.json" })
        {
            var refused = Assert.IsType<FatalCrmException>(SalesforceErrors.OfToken(new FailedAnswer(400, Text(file)), TokenFlow.Refresh).Exception);
            Assert.Contains("invalid_grant", refused.Message);
            Assert.NotEmpty(refused.Advice);
        }
    }

    [SkippableFact]
    public void An_expired_session_renews_the_token()
    {
        Skip.If(Folder is null, Absent);
        Assert.True(SalesforceErrors.Of(new CallContext("contacts"), new FailedAnswer(401, Text("restforce/expired_session_response.json"))).RenewsToken);
    }

    [SkippableFact]
    public void A_refused_write_and_a_missing_record_are_typed()
    {
        Skip.If(Folder is null, Absent);
        var refused = SalesforceErrors.Of(new CallContext("the update", IsWrite: true),
            new FailedAnswer(400, Text("restforce/sobject_write_error_response.json"))).Exception;
        Assert.Contains("No such column 'foo' on sobject of type Bar", Assert.IsType<BatchRefusedException>(refused).Message);
        var missing = SalesforceErrors.Of(new CallContext("tasks", "tasks"),
            new FailedAnswer(404, Text("restforce/sobject_delete_error_response.json"))).Exception;
        Assert.Contains("NOT_FOUND", Assert.IsType<StreamRefusedException>(missing).Message);
    }

    [SkippableFact]
    public void Rows_and_descriptions_keep_every_value()
    {
        Skip.If(Folder is null, Absent);
        var page = SalesforceJsonSerializer.Read<QueryPage>(Body("restforce/sobject_query_aggregate_success_response.json"))!;
        Assert.Equal([("701E0000000JuFHIA0", "300.0"), ("701E00000005ZqAIAU", "100.0"), (null, "400")],
            page.Records!.Select(row => (row!.Get("CampaignId"), row.Get("expr0"))));
        var user = SalesforceJsonSerializer.Read<QueryPage>([.. """{"done":true,"records":["""u8, .. Body("netcoreforce/user.json"), .. "]}"u8])!.Records![0]!;
        Assert.Equal(("005i0000008yJDWAA2", "true", "Orlando"), (user.Id, user.Get("IsActive"), user.Get("Address.city")));
        Assert.Null(user.Get("Division"));
        var description = SalesforceJsonSerializer.Read<ObjectDescription>(Body("restforce/sobject_sobject_describe_success_response.json"))!;
        using var raw = JsonDocument.Parse(Body("restforce/sobject_sobject_describe_success_response.json"));
        Assert.Equal(
            raw.RootElement.GetProperty("fields").EnumerateArray()
                .Select(field => (field.GetProperty("name").GetString(), field.GetProperty("picklistValues").GetArrayLength())),
            description.Fields!.Select(field => (field!.Name, field.PicklistValues!.Count)));
        Assert.Contains(SalesforceJsonSerializer.Read<List<ApiVersion>>(Body("netcoreforce/versions.json"))!, version => version.Version == "57.0");
    }

    [SkippableFact]
    public void Instants_are_read_as_salesforce_writes_them()
    {
        Skip.If(Folder is null, Absent);
        using var deleted = JsonDocument.Parse(Body("restforce/sobject_get_deleted_success_response.json"));
        var row = new SalesforceRow(new Dictionary<string,
            string> { ["At"] = deleted.RootElement.GetProperty("deletedRecords")[0].GetProperty("deletedDate").GetString()! });
        Assert.Equal("2013-05-07T22:07:19Z", row.Time("At")!.Value.ToString());
    }

    /// <summary>
    /// Every code that a public client of many years lists is taken for something; what this program does not know, it refuses with the code's name.
    /// </summary>
    [SkippableFact]
    public void Every_listed_error_code_is_typed_and_named()
    {
        Skip.If(Folder is null, Absent);
        var codes = File.ReadAllLines(Path.Combine(Folder!, "restforce/error-codes.txt")).Where(line => line.Length > 0).ToList();
        Assert.True(codes.Count > 150);
        Assert.All(codes, code =>
        {
            var body = $$"""[{"message":"words","errorCode":"{{code}}"}]""";
            foreach (var status in new[] { 400, 403, 404 })
            {
                Assert.Contains(code, SalesforceErrors.Of(new CallContext("contacts"), new FailedAnswer(status, body)).Exception.Message);
            }

            Assert.StartsWith(code, SalesforceErrors.OfRow([new ErrorBody { StatusCode = code, Message = "words" }]).Reason);
        });
    }

    [SkippableFact]
    public void Our_routes_are_those_that_salesforce_publishes()
    {
        Skip.If(Folder is null, Absent);
        using var requests = JsonDocument.Parse(Body("postman/requests.json"));
        var published = requests.RootElement.EnumerateArray()
            .Select(request => $"{request.GetProperty("method").GetString()} {request.GetProperty("url").GetString()}".Split('?')[0]).ToList();
        var paths = new SalesforcePaths(SalesforceConnection.DefaultApiVersion);
        foreach (var (method, path) in new[] { ("GET", paths.Query), ("GET", paths.QueryAll), ("POST", paths.Composite), ("POST", paths.Collections),
            ("GET", paths.Describe("<SOBJECT_API_NAME>")) })
        {
            var tail = path.Split($"v{SalesforceConnection.DefaultApiVersion}")[1];
            Assert.Contains(published, route => route.StartsWith(method, StringComparison.Ordinal) && route.TrimEnd('/')
                .EndsWith(tail, StringComparison.Ordinal));
        }
    }

    private static byte[] Body(string file) => File.ReadAllBytes(Path.Combine(Folder!, file));

    private static string Text(string file) => File.ReadAllText(Path.Combine(Folder!, file));

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CrmLeadQualifier.sln")))
            {
                var recorded = Path.Combine(folder.Parent!.FullName, "shared", "recorded", "salesforce");
                return Directory.Exists(recorded) ? recorded : null;
            }
        }

        return null;
    }
}
