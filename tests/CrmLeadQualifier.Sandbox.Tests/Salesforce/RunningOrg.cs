using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.CommandLine;
using CrmLeadQualifier.Sandbox.Limits;

namespace CrmLeadQualifier.Sandbox.Tests.Salesforce;

/// <summary>A sandbox with an emulated org in this process, signed in and spoken to over real HTTP.</summary>
internal sealed class RunningOrg : IAsyncDisposable
{
    public const string Data = "/services/data/v66.0";
    private readonly SandboxServer _server;
    private readonly string? _leads;

    private RunningOrg(SandboxServer server, string? leads)
    {
        _server = server;
        _leads = leads;
        Http = new HttpClient { BaseAddress = new Uri(server.Salesforce!.BaseUrl) };
        HubSpot = server.HubSpot is { } hub ? new HttpClient { BaseAddress = new Uri(hub.BaseUrl) } : null;
        if (HubSpot is not null)
            HubSpot.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", server.HubSpot!.Token);
    }

    public HttpClient Http { get; }

    public HttpClient? HubSpot { get; }

    public List<string> Notices { get; } = [];

    public SalesforceAccess Access => _server.Salesforce!;

    /// <summary>Without limits; what people do is seen at once unless the options say otherwise.</summary>
    public static async Task<RunningOrg> StartAsync(SandboxOptions? options = null, params string[] lines)
    {
        string? file = null;
        options ??= new SandboxOptions { Contacts = 0, Limits = LimitTier.Off, IndexLag = TimeSpan.Zero };
        if (options.Split == Split.HubSpot)
            options = options with { Split = Split.Salesforce };
        if (lines.Length > 0)
        {
            file = Path.GetTempFileName();
            await File.WriteAllLinesAsync(file, lines);
            options = options with { Leads = file };
        }
        var notices = new List<string>();
        var org = new RunningOrg(await SandboxServer.StartAsync(options, TimeProvider.System, notices.Add, CancellationToken.None), file);
        org.Notices.AddRange(notices);
        await org.SignInAsync();
        return org;
    }

    public async Task SignInAsync()
    {
        var token = await TokenAsync(("grant_type", "client_credentials"), ("client_id", Access.ClientId), ("client_secret", Access.ClientSecret));
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token["access_token"].GetString());
    }

    public async Task<Reply> TokenAsync(params (string Name, string Value)[] form)
    {
        using var content = new FormUrlEncodedContent(form.Select(pair => KeyValuePair.Create(pair.Name, pair.Value)));
        using var response = await Http.PostAsync("/services/oauth2/token", content);
        return new Reply((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers);
    }

    public async Task<Reply> SendAsync(string method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await Http.SendAsync(request);
        return new Reply((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers);
    }

    public Task<Reply> QueryAsync(string soql, bool all = false, params (string Name, string Value)[] headers) =>
        SendAsync("GET", $"{Data}/{(all ? "queryAll" : "query")}?q={Uri.EscapeDataString(soql)}", null, headers);

    public async Task<JsonElement[]> RowsAsync(string soql, bool all = false)
    {
        var reply = await QueryAsync(soql, all);
        Assert.True(reply.Status == 200, reply.Body);
        return [.. reply["records"].EnumerateArray()];
    }

    public Task<Reply> PatchAsync(string type, string id, object fields, bool assign = false) =>
        SendAsync("PATCH", $"{Data}/sobjects/{type}/{id}", fields, ("Sforce-Auto-Assign", assign ? "TRUE" : "FALSE"));

    public async Task<string> CreateAsync(string type, object fields)
    {
        var created = await SendAsync("POST", $"{Data}/sobjects/{type}", fields, ("Sforce-Auto-Assign", "FALSE"));
        Assert.True(created.Status == 201, created.Body);
        return created["id"].GetString()!;
    }

    public Task<Reply> CollectAsync(params object[] records) =>
        SendAsync("PATCH", $"{Data}/composite/sobjects", new { allOrNone = false, records }, ("Sforce-Auto-Assign", "FALSE"));

    public Task<Reply> ControlAsync(string path, object body) => SendAsync("POST", "/__sandbox/" + path, body);

    public Task<Reply> AdvanceAsync(string by) => ControlAsync("clock", new { advance = by });

    /// <summary>Deploys files as one zip, and moves the clock until the deployment has ended.</summary>
    public async Task<JsonElement> DeployAsync(params (string Name, string Content)[] files)
    {
        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in files.Any(file => file.Name == "package.xml") ? files : files.Append(("package.xml", Manifest(files))))
            {
                await using var writer = new StreamWriter(archive.CreateEntry(name).Open());
                await writer.WriteAsync(text);
            }
        }
        using var form = new MultipartFormDataContent
        {
            { new StringContent("{\"deployOptions\": {\"singlePackage\": true, \"rollbackOnError\": true}}", Encoding.UTF8, "application/json"),
                "json" },
            { new ByteArrayContent(zip.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/zip") } }, "file", "deploy.zip" },
        };
        using var response = await Http.PostAsync($"{Data}/metadata/deployRequest", form);
        var begun = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(201, (int)response.StatusCode);
        Assert.False(begun.GetProperty("deployResult").GetProperty("done").GetBoolean());
        await AdvanceAsync("5s");
        return (await SendAsync("GET", $"{Data}/metadata/deployRequest/{begun.GetProperty("id").GetString()}?includeDetails=true"))["deployResult"];
    }

    /// <summary>A package.xml that names every file.</summary>
    private static string Manifest((string Name, string Content)[] files) => "<Package xmlns=\"http://soap.sforce.com/2006/04/metadata\">"
        + string.Concat(files.Where(file => !file.Name.StartsWith("destructive", StringComparison.Ordinal)).Select(file => (Path.GetFileNameWithoutExtension(file.Name),
            Type: file.Name.Split('/')[0] switch { "objects" => "CustomObject", "permissionsets" => "PermissionSet", "layouts" => "Layout", _ => "QuickAction" }))
            .Select(file => $"<types><members>{file.Item1}</members><name>{file.Type}</name></types>")) + "<version>66.0</version></Package>";

    /// <summary>The product's kind of fields: a score, a verdict with history, reasons; granted by an assigned permission set.</summary>
    public async Task ProvisionAsync()
    {
        var deployed = await DeployAsync(("objects/Lead.object", LeadFields), ("permissionsets/Worker.permissionset", WorkerPermissions));
        Assert.Equal("Succeeded", deployed.GetProperty("status").GetString());
        await AssignAsync();
    }

    public async Task AssignAsync()
    {
        var set = (await RowsAsync("SELECT Id FROM PermissionSet WHERE Name = 'Worker'"))[0].GetProperty("Id").GetString();
        var user = (await RowsAsync($"SELECT Id FROM User WHERE Username = '{Access.Username}'"))[0].GetProperty("Id").GetString();
        await CreateAsync("PermissionSetAssignment", new { AssigneeId = user, PermissionSetId = set });
    }

    public const string LeadFields = """
        <CustomObject xmlns="http://soap.sforce.com/2006/04/metadata">
          <fields><fullName>LQ_Score__c</fullName><label>Score</label><type>Number</type><precision>4</precision><scale>0</scale></fields>
          <fields><fullName>LQ_Grade__c</fullName><label>Grade</label><type>Text</type><length>10</length></fields>
          <fields><fullName>LQ_Reasons__c</fullName><label>Reasons</label><type>LongTextArea</type><length>32000</length><visibleLines>5</visibleLines></fields>
          <fields><fullName>LQ_Verdict__c</fullName><label>Verdict</label><type>Picklist</type><trackHistory>true</trackHistory><valueSet><restricted>true</restricted>
            <valueSetDefinition><sorted>false</sorted><value><fullName>qualified</fullName><default>false</default><label>Qualified</label></value>
            <value><fullName>rejected</fullName><default>false</default><label>Rejected</label></value></valueSetDefinition></valueSet></fields>
          <listViews><fullName>LQ_To_Answer</fullName><label>To answer</label><filterScope>Mine</filterScope><columns>FULL_NAME</columns><columns>LQ_Score__c</columns></listViews>
        </CustomObject>
        """;

    public static readonly string WorkerPermissions = "<PermissionSet xmlns=\"http://soap.sforce.com/2006/04/metadata\"><label>Worker</label>"
        + string.Concat(new[] { "Score", "Grade", "Reasons", "Verdict" }.Select(name =>
            $"<fieldPermissions><editable>true</editable><field>Lead.LQ_{name}__c</field><readable>true</readable></fieldPermissions>"))
                + "</PermissionSet>";

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        HubSpot?.Dispose();
        await _server.DisposeAsync();
        if (_leads is not null)
            File.Delete(_leads);
    }
}
