using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CrmLeadQualifier.Conformance.SandboxAnswers;
using CrmLeadQualifier.Sandbox;
using CrmLeadQualifier.Sandbox.CommandLine;
using CrmLeadQualifier.Sandbox.Limits;

namespace CrmLeadQualifier.Conformance.SalesforceSandbox;

/// <summary>The sandbox's answers beside bodies that Salesforce gave, key by key.</summary>
public sealed class OrgAnswers : IAsyncLifetime
{
    private SandboxServer _server = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _server = await SandboxServer.StartAsync(new SandboxOptions { Contacts = 40, Split = Split.Salesforce, Limits = LimitTier.Off },
            TimeProvider.System, _ => { }, CancellationToken.None);
        _http = new HttpClient { BaseAddress = new Uri(_server.Salesforce!.BaseUrl) };
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    private async Task<(int Status, JsonElement Body)> SendAsync(string method, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        using var response = await _http.SendAsync(request);
        return ((int)response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    private Task<(int Status, JsonElement Body)> TokenAsync(string secret) =>
        SendAsync("POST", "/services/oauth2/token", new FormUrlEncodedContent(new Dictionary<string, string>
    {
        ["grant_type"] = "client_credentials", ["client_id"] = _server.Salesforce!.ClientId, ["client_secret"] = secret,
    }));

    private async Task<JsonElement> SignInAsync()
    {
        var (_, token) = await TokenAsync(_server.Salesforce!.ClientSecret);
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.GetProperty("access_token").GetString());
        return token;
    }

    private Task<(int Status, JsonElement Body)> QueryAsync(string soql) =>
        SendAsync("GET", "/services/data/v57.0/query?q=" + Uri.EscapeDataString(soql));

    /// <summary>Every key of <paramref name="body"/> is in the recording with the same JSON type; a null fits any.</summary>
    private static void AssertWithin(JsonElement recorded, JsonElement body)
    {
        foreach (var member in body.EnumerateObject())
        {
            Assert.True(recorded.TryGetProperty(member.Name, out var known), $"{member.Name} is not in the recording.");
            if (known.ValueKind is not (JsonValueKind.Null or JsonValueKind.True or JsonValueKind.False)
                && member.Value.ValueKind != JsonValueKind.Null)
                Assert.Equal(known.ValueKind, member.Value.ValueKind);
        }
    }

    [SkippableFact]
    public async Task Signing_in()
    {
        var recorded = SalesforceRecording.Read("restforce/auth_success_response");
        AssertWithin(await SignInAsync(), recorded);
        var (status, refused) = await TokenAsync("wrong");
        Assert.Equal(400, status);
        Shape.AssertSame(SalesforceRecording.Read("restforce/auth_error_response"), refused);
    }

    [SkippableFact]
    public async Task A_session_that_has_ended()
    {
        var recorded = SalesforceRecording.Read("restforce/expired_session_response");
        var (status, body) = await QueryAsync("SELECT Id FROM Lead");
        Assert.Equal(401, status);
        Assert.True(JsonElement.DeepEquals(recorded, body), body.GetRawText());
    }

    [SkippableFact]
    public async Task Versions_to_the_letter()
    {
        var recorded = SalesforceRecording.Read("netcoreforce/versions").EnumerateArray().ToList();
        var (_, versions) = await SendAsync("GET", "/services/data");
        foreach (var (one, other) in recorded.Zip(versions.EnumerateArray()))
            Assert.Equal(JsonSerializer.Serialize(one).Replace("\\u2019", "\\u0027"), JsonSerializer.Serialize(other));
    }

    [SkippableFact]
    public async Task A_user()
    {
        var recorded = SalesforceRecording.Read("netcoreforce/user");
        await SignInAsync();
        var (_, found) = await QueryAsync("SELECT Id FROM User WHERE Name = 'Claire Dubois'");
        var (_, user) = await SendAsync("GET", "/services/data/v57.0/sobjects/User/" + found.GetProperty("records")[0].GetProperty("Id").GetString());
        AssertWithin(recorded, user);
        Assert.Equal(recorded.GetProperty("CreatedDate").GetString()!.Length, user.GetProperty("CreatedDate").GetString()!.Length);
    }

    [SkippableTheory]
    [InlineData("Lead")]
    [InlineData("Contact")]
    [InlineData("Task")]
    public async Task A_description_has_every_key_of_a_real_one(string type)
    {
        var recorded = SalesforceRecording.Read("restforce/sobject_sobject_describe_success_response");
        await SignInAsync();
        var (_, described) = await SendAsync("GET", $"/services/data/v66.0/sobjects/{type}/describe");
        // It was recorded with an old version; uiEditTemplate and its like are the pages of then.
        foreach (var key in recorded.EnumerateObject().Select(member => member.Name))
            Assert.True(described.TryGetProperty(key, out _), key);
        var field = recorded.GetProperty("fields")[0];
        foreach (var given in described.GetProperty("fields").EnumerateArray())
            AssertWithin(given, Without(field, given));
        var relationship = recorded.GetProperty("childRelationships")[0];
        Assert.All(described.GetProperty("childRelationships").EnumerateArray(), child => AssertWithin(child, relationship));
    }

    /// <summary>The recording without values whose type another kind of field changes.</summary>
    private static JsonElement Without(JsonElement field, JsonElement given) => JsonSerializer.SerializeToElement(field.EnumerateObject()
        .Where(member => given.GetProperty(member.Name).ValueKind != JsonValueKind.Null)
        .ToDictionary(member => member.Name, member => member.Value.ValueKind == JsonValueKind.Null ? given.GetProperty(member.Name) : member.Value));

    [SkippableFact]
    public async Task Groups()
    {
        var recorded = SalesforceRecording.Read("restforce/sobject_query_aggregate_success_response");
        await SignInAsync();
        await SendAsync("POST", "/services/data/v57.0/sobjects/Opportunity",
            new StringContent("""{"Name": "One", "StageName": "Prospecting", "CloseDate": "2026-12-01", "Amount": 300}""", Encoding.UTF8, "application/json"));
        var (_, groups) = await QueryAsync("SELECT CampaignId, SUM(Amount) FROM Opportunity GROUP BY CampaignId");
        Shape.AssertSame(recorded, groups);
    }

    [SkippableFact]
    public async Task What_changed_and_what_was_deleted()
    {
        var (updated, deleted) = (SalesforceRecording.Read("restforce/sobject_get_updated_success_response"),
            SalesforceRecording.Read("restforce/sobject_get_deleted_success_response"));
        await SignInAsync();
        var (_, made) = await SendAsync("POST", "/services/data/v66.0/sobjects/Lead", new StringContent("""{"LastName": "Roy", "Company": "A"}""", Encoding.UTF8, "application/json"));
        using (var gone = await _http.DeleteAsync("/services/data/v66.0/sobjects/Lead/" + made.GetProperty("id").GetString()))
            Assert.Equal(204, (int)gone.StatusCode);
        await SendAsync("POST", "/__sandbox/clock", new StringContent("""{"advance": "2m"}""", Encoding.UTF8, "application/json"));
        var (start, end) = (DateTimeOffset.UtcNow.AddDays(-14), DateTimeOffset.UtcNow.AddDays(1));
        var span = $"?start={start:yyyy-MM-ddTHH:mm:ss}%2B00:00&end={end:yyyy-MM-ddTHH:mm:ss}%2B00:00";
        var (_, changes) = await SendAsync("GET", "/services/data/v66.0/sobjects/Lead/updated" + span);
        Shape.AssertSame(updated, changes);
        var (_, deletions) = await SendAsync("GET", "/services/data/v66.0/sobjects/Lead/deleted" + span);
        Shape.AssertSame(deleted, deletions);
        Assert.Equal(made.GetProperty("id").GetString(), deletions.GetProperty("deletedRecords")[0].GetProperty("id").GetString());
    }

    [SkippableFact]
    public async Task Errors_of_writing()
    {
        var (write, delete) = (SalesforceRecording.Read("restforce/sobject_write_error_response"),
            SalesforceRecording.Read("restforce/sobject_delete_error_response"));
        await SignInAsync();
        var (status, refused) = await SendAsync("POST", "/services/data/v66.0/sobjects/Lead", new StringContent("""{"LastName": "Roy", "Company": "A", "foo": 1}""", Encoding.UTF8, "application/json"));
        Assert.Equal(400, status);
        Assert.Equal(write[0].GetProperty("errorCode").GetString(), refused[0].GetProperty("errorCode").GetString());
        Assert.Equal(write[0].GetProperty("message").GetString()!.Replace("Bar", "Lead"), refused[0].GetProperty("message").GetString());
        var (missing, gone) = await SendAsync("DELETE", "/services/data/v66.0/sobjects/Lead/rid");
        Assert.Equal(404, missing);
        Assert.True(JsonElement.DeepEquals(delete, gone), gone.GetRawText());
    }

    [SkippableFact]
    public async Task A_refresh_token_that_is_not_known()
    {
        var recorded = SalesforceRecording.Read("restforce/refresh_error_response");
        var (status, refused) = await SendAsync("POST", "/services/oauth2/token", new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "refresh_token", ["client_id"] = _server.Salesforce!.ClientId, ["client_secret"] = _server.Salesforce.ClientSecret, ["refresh_token"] = "spent",
        }));
        Assert.Equal(400, status);
        Assert.True(JsonElement.DeepEquals(recorded, refused), refused.GetRawText());
    }

    [SkippableFact]
    public async Task Several_records_of_one_external_id()
    {
        var recorded = SalesforceRecording.Read("restforce/sobject_upsert_multiple_error_response");
        await SignInAsync();
        const string xml = "xmlns=\"http://soap.sforce.com/2006/04/metadata\"";
        using var zip = new MemoryStream();
        using (var archive = new System.IO.Compression.ZipArchive(zip, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in new[]
            {
                ("package.xml", $"<Package {xml}><types><members>Lead</members><name>CustomObject</name></types><types><members>Keys</members><name>PermissionSet</name></types></Package>"),
                ("objects/Lead.object", $"<CustomObject {xml}><fields><fullName>Key__c</fullName><label>Key</label><type>Text</type><length>9</length><externalId>true</externalId></fields></CustomObject>"),
                ("permissionsets/Keys.permissionset", $"<PermissionSet {xml}><label>Keys</label><fieldPermissions><editable>true</editable><field>Lead.Key__c</field><readable>true</readable></fieldPermissions></PermissionSet>"),
            })
            {
                await using var entry = new StreamWriter(archive.CreateEntry(name).Open());
                await entry.WriteAsync(text);
            }
        }
        using var form = new MultipartFormDataContent { { new StringContent("{\"deployOptions\": {\"singlePackage\": true}}"), "json" }, { new ByteArrayContent(zip.ToArray()), "file", "deploy.zip" } };
        await SendAsync("POST", "/services/data/v66.0/metadata/deployRequest", form);
        await SendAsync("POST", "/__sandbox/clock", new StringContent("""{"advance": "5s"}"""));
        var (_, set) = await QueryAsync("SELECT Id FROM PermissionSet WHERE Name = 'Keys'");
        var (_, user) = await QueryAsync($"SELECT Id FROM User WHERE Username = '{_server.Salesforce!.Username}'");
        string Id(JsonElement found) => found.GetProperty("records")[0].GetProperty("Id").GetString()!;
        await SendAsync("POST", "/services/data/v66.0/sobjects/PermissionSetAssignment", new StringContent($$"""{"AssigneeId": "{{Id(user)}}", "PermissionSetId": "{{Id(set)}}"}"""));
        for (var twice = 0; twice < 2; twice++)
            await SendAsync("POST", "/services/data/v66.0/sobjects/Lead", new StringContent("""{"LastName": "Roy", "Company": "A", "Key__c": "K"}"""));
        var (status, several) = await SendAsync("PATCH", "/services/data/v66.0/sobjects/Lead/Key__c/K", new StringContent("{}"));
        Assert.Equal(300, status);
        Shape.AssertSame(recorded, several);
    }

    [SkippableFact]
    public void Every_code_that_the_sandbox_gives_is_one_of_salesforces()
    {
        Skip.If(SalesforceRecording.Folder is null, "../shared/recorded/salesforce is not beside the repository.");
        var known = File.ReadAllLines(Path.Combine(SalesforceRecording.Folder!, "restforce", "error-codes.txt")).ToHashSet();
        // Of newer versions than that list.
        known.UnionWith(["NOT_FOUND", "INVALID_MULTIPART_REQUEST", "UNSUPPORTED_MEDIA_TYPE", "PROCESSING_HALTED", "BATCH_PROCESSING_HALTED", "API_ERROR"]);
        // Bulk API 2.0 writes some of its own without underscores.
        known.UnionWith(["INVALIDENTITY", "INVALIDJOB", "INVALIDJOBSTATE"]);
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "CrmLeadQualifier.sln")))
            folder = folder.Parent!;
        var given = Directory.EnumerateFiles(Path.Combine(folder.FullName, "src", "CrmLeadQualifier.Sandbox", "Salesforce"), "*.cs",
            SearchOption.AllDirectories)
            .SelectMany(file => System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(file),
            "(?:With\\([0-9]+, |new SaveError\\(|new\\(|Invalid\\(|Body\\([0-9]+, )\"([A-Z_]{6,})\"")).Select(match => match.Groups[1].Value)
                .ToHashSet();
        Assert.True(given.Count > 20);
        // The regular expression also finds a method of HTTP.
        Assert.Empty(given.Except(known).Except(["DELETE"]));
    }
}
