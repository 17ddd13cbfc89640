using System.Net;
using System.Text;
using CrmLeadQualifier.Crm.Budget;
using CrmLeadQualifier.HubSpot;

namespace CrmLeadQualifier.HubSpot.Tests;

/// <summary>Answers as a test says, and remembers what was asked.</summary>
public sealed class FakePortal : HttpMessageHandler
{
    private readonly List<(string Method, string Path, Func<Asked, HttpResponseMessage> Answer)> _routes = [];
    private readonly List<Asked> _asked = [];

    public sealed record Asked(string Method, string Path, string Query, string Body)
    {
        public string? Value(string name) => Query.TrimStart('?').Split('&').Select(pair => pair.Split('=', 2)).Where(pair => pair[0] == name)
            .Select(pair => Uri.UnescapeDataString(pair[1])).FirstOrDefault();
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

    /// <param name="path">How the path ends; the route given last is tried first.</param>
    public FakePortal On(string method, string path, Func<Asked, HttpResponseMessage> answer)
    {
        _routes.Insert(0, (method, path, answer));
        return this;
    }

    public FakePortal On(string method, string path, string body, int status = 200) => On(method, path, _ => Json(body, status));

    /// <summary>The portal's contact properties, by name.</summary>
    public FakePortal WithProperties(params string[] names) =>
        On("GET", "/properties/2026-03/contacts", $$"""{"results":[{{string.Join(',', names.Select(name => $$"""{"name":"{{name}}","type":"string"}"""))}}]}""");

    public HubSpotCrm Client(TimeProvider? clock = null, Func<HubSpotConnection, HubSpotConnection>? change = null)
    {
        var connection = new HubSpotConnection("pat-secret-token") { BaseUrl = "https://portal.test" };
        return new HubSpotCrm(change?.Invoke(connection) ?? connection, new HttpClient(this, disposeHandler: false), new ProcessBudget(clock ?? TimeProvider.System), clock ?? TimeProvider.System);
    }

    public static HttpResponseMessage Json(string body, int status = 200, params (string Name, string Value)[] headers)
    {
        var answer = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        answer.Headers.Date = new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.Zero);
        foreach (var (name, value) in headers)
        {
            answer.Headers.TryAddWithoutValidation(name, value);
        }

        return answer;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var asked = new Asked(request.Method.Method, request.RequestUri!.AbsolutePath, request.RequestUri.Query, body);
        lock (_asked)
        {
            _asked.Add(asked);
        }

        var route = _routes.FirstOrDefault(route => route.Method == asked.Method && asked.Path.EndsWith(route.Path, StringComparison.Ordinal));
        var answer = route.Answer?.Invoke(asked) ?? throw new InvalidOperationException($"No answer for {asked.Method} {asked.Path}.");
        answer.RequestMessage = request;
        return answer;
    }
}
