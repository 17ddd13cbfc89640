using System.Net;
using System.Text;
using System.Text.Json;
using CrmLeadQualifier.Salesforce;
using CrmLeadQualifier.Salesforce.Mapping;

namespace CrmLeadQualifier.Salesforce.Tests;

/// <summary>Answers as a test says, and remembers what was asked. Parts of composite calls are answered like calls of their own.</summary>
public class FakeOrg : HttpMessageHandler
{
    public const string Ours = "005000000000001AAA";
    public const string Person = "005000000000002AAA";
    public const string Connector = "005000000000003AAA";

    private static readonly DateTimeOffset Date = new(2026, 11, 23, 9, 30, 0, TimeSpan.Zero);

    private readonly List<(string Method, string Path, Func<Asked, HttpResponseMessage> Answer)> _routes = [];
    private readonly List<(string Part, Func<string, string> Answer)> _queries = [];
    private readonly List<Asked> _asked = [];

    public FakeOrg()
    {
        On("POST", "/services/oauth2/token", _ => Json($$"""
            {"access_token":"00D!token{{Tokens + 1}}","instance_url":"https://org.my.salesforce.com","id":"https://login.salesforce.com/id/00D000000000001EAA/{{Ours[..15]}}","token_type":"Bearer"}
            """));
        On("GET", "/query", asked => Rows(asked.Value("q")!));
        On("GET", "/queryAll", asked => Rows(asked.Value("q")!));
        On("POST", "/composite", Composite);
        // What an integration user may often not look up.
        On("GET", "/tooling/query", asked => asked.Value("q")!.Contains("QuickActionDefinition", StringComparison.Ordinal)
            ? Rows(asked.Value("q")!)
            : Json(Error("INVALID_TYPE", "sObject type is not supported."), 400));
        On("GET", "/limits", Error("NOT_FOUND", "The requested resource does not exist"), 404);
        // And what an org without Shared Activities does not have.
        foreach (var missing in new[] { "PermissionSet", "TaskRelation", "EventRelation" })
        {
            On("GET", $"/sobjects/{missing}/describe", Error("NOT_FOUND", "The requested resource does not exist"), 404);
        }

        foreach (var closed in new[] { "PermissionSetAssignment", "FieldDefinition", "UserRecordAccess", "FlowDefinitionView", "CurrencyType" })
        {
            OnQuery($"FROM {closed}", Error("INVALID_TYPE", $"sObject type '{closed}' is not supported."));
        }

        OnQuery("FROM PermissionSet ", Error("INVALID_TYPE", "sObject type 'PermissionSet' is not supported."));
        OnQuery("FROM User", Page($$"""
            {"attributes":{"type":"User"},"Id":"{{Ours}}","Username":"us@org.test","Name":"Us","Email":"us@org.test","IsActive":true},
            {"attributes":{"type":"User"},"Id":"{{Person}}","Username":"ann@org.test","Name":"Ann","Email":"ann@org.test","IsActive":true},
            {"attributes":{"type":"User"},"Id":"{{Connector}}","Username":"hub@org.test","Name":"HubSpot Integration","Email":"hub@org.test","IsActive":true}
            """));
        OnQuery("FROM Organization", Page("""{"Id":"00D000000000001EAA","TimeZoneSidKey":"Europe/Paris"}"""));
        OnQuery("FROM QuickActionDefinition", Page(""));
        OnQuery("FROM RecordType ", Page(""));
        OnQuery("FROM Group", Page("""{"Id":"00G000000000001AAA","Name":"Inbound"}"""));
        foreach (var sobject in new[] { "Account", "Opportunity", "OpportunityContactRole", "Task", "Event", "CampaignMember", "Campaign", "EmailMessage" })
        {
            Describe(sobject);
            OnQuery($"FROM {sobject} ", Page(""));
        }

        Describe("Lead", "Email", "FirstName", "OwnerId", "MasterRecordId", "IsConverted", "ConvertedDate", "ConvertedContactId", "LastModifiedById",
            "LastModifiedDate", "CreatedDate");
        Describe("Contact", "Email", "FirstName", "OwnerId", "MasterRecordId", "AccountId", "CreatedDate");
    }

    public sealed record Asked(string Method, string Path, string Query, string Body, string? Token, IReadOnlyDictionary<string, string> Headers)
    {
        public string? Value(string name) => Query.TrimStart('?').Split('&').Select(pair => pair.Split('=', 2)).Where(pair => pair[0] == name)
            .Select(pair => Uri.UnescapeDataString(pair[1])).FirstOrDefault();

        public bool Ends(string path) => Path.EndsWith(path, StringComparison.Ordinal);
    }

    public IReadOnlyList<Asked> Requests
    {
        get
        {
            lock (_asked)
            {
                return [.. _asked];
            }
        }
    }

    public int Tokens => Requests.Count(asked => asked.Ends("/services/oauth2/token")) - 1;

    /// <summary>Every query in the order asked, those in composite calls among them.</summary>
    public List<string> Queries { get; } = [];

    /// <param name="path">How the path ends; the route given last is tried first.</param>
    public FakeOrg On(string method, string path, Func<Asked, HttpResponseMessage> answer)
    {
        _routes.Insert(0, (method, path, answer));
        return this;
    }

    public FakeOrg On(string method, string path, string body, int status = 200) => On(method, path, _ => Json(body, status));

    /// <param name="part">What the query contains; the one given last is tried first.</param>
    public FakeOrg OnQuery(string part, string body) => OnQuery(part, _ => body);

    public FakeOrg OnQuery(string part, Func<string, string> answer)
    {
        _queries.Insert(0, (part, answer));
        return this;
    }

    /// <summary>The object's fields, beside Id, IsDeleted and SystemModstamp, as text fields.</summary>
    public FakeOrg Describe(string sobject, params string[] fields) => DescribeAs(
        sobject, string.Join(',', fields.Concat(["Id", "IsDeleted", "SystemModstamp"]).Select(name => $$"""{"name":"{{name}}","type":"string","label":"{{name}}","updateable":true}""")));

    public FakeOrg DescribeAs(string sobject, string fields) => On("GET", $"/sobjects/{sobject}/describe", $$"""{"name":"{{sobject}}","fields":[{{fields}}]}""");

    internal SalesforceCrm Client(
        TimeProvider? clock = null, Func<SalesforceConnection, SalesforceConnection>? change = null, SalesforceMapping? mapping = null, KnownOrg? known = null)
    {
        var connection = new SalesforceConnection("https://org.my.salesforce.com", "consumer-key", "consumer-secret") { Mapping = mapping ?? new() };
        return new SalesforceCrm(change?.Invoke(connection) ?? connection, () => new HttpClient(this, disposeHandler: false), clock ?? TimeProvider.System, known);
    }

    public static string Page(string rows, string? next = null) =>
        $$"""{"totalSize":1,"done":{{(next is null ? "true" : "false")}},{{(next is null ? "" : $"\"nextRecordsUrl\":\"{next}\",")}}"records":[{{rows}}]}""";

    public static string Error(string code, string message) => $$"""[{"message":"{{message}}","errorCode":"{{code}}"}]""";

    public static HttpResponseMessage Json(string body, int status = 200, params (string Name, string Value)[] headers)
    {
        var answer = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        answer.Headers.Date = Date;
        foreach (var (name, value) in headers)
        {
            answer.Headers.TryAddWithoutValidation(name, value);
        }

        return answer;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : Encoding.Latin1.GetString(await request.Content.ReadAsByteArrayAsync(cancellationToken));
        var headers = request.Headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value));
        var asked = new Asked(request.Method.Method, request.RequestUri!.AbsolutePath, request.RequestUri.Query, body,
            request.Headers.Authorization?.Parameter, headers);
        lock (_asked)
        {
            _asked.Add(asked);
        }

        var answer = Answer(asked);
        answer.RequestMessage = request;
        return answer;
    }

    private HttpResponseMessage Answer(Asked asked)
    {
        var route = _routes.FirstOrDefault(route => route.Method == asked.Method && asked.Ends(route.Path));
        return route.Answer?.Invoke(asked) ?? throw new InvalidOperationException($"No answer for {asked.Method} {asked.Path}.");
    }

    /// <summary>The rows of a query, wherever it is asked.</summary>
    public HttpResponseMessage Tooling(string soql) => Rows(soql);

    private HttpResponseMessage Rows(string soql)
    {
        Queries.Add(soql);
        var query = _queries.FirstOrDefault(query => (soql + " ").Contains(query.Part, StringComparison.Ordinal));
        var body = query.Answer?.Invoke(soql) ?? throw new InvalidOperationException($"No answer for {soql}.");
        return Json(body, body.StartsWith('[') ? 400 : 200);
    }

    private HttpResponseMessage Composite(Asked asked)
    {
        using var request = JsonDocument.Parse(asked.Body);
        var parts = request.RootElement.GetProperty("compositeRequest").EnumerateArray().Select(part =>
        {
            var url = new Uri(new Uri("https://org.test"), part.GetProperty("url").GetString());
            var answer = Answer(new Asked(part.GetProperty("method").GetString()!, url.AbsolutePath, url.Query, "", asked.Token, asked.Headers));
            var body = answer.Content.ReadAsStringAsync().Result;
            return $$"""{"body":{{body}},"httpHeaders":{},"httpStatusCode":{{(int)answer.StatusCode}},"referenceId":"{{part.GetProperty("referenceId").GetString()}}"}""";
        });
        return Json($$"""{"compositeResponse":[{{string.Join(',', parts)}}]}""");
    }
}
