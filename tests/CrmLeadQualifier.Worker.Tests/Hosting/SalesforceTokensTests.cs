using System.Globalization;
using System.Net;
using System.Text;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Resilience.Processes;
using CrmLeadQualifier.Salesforce.Authorization;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Sqlite;
using CrmLeadQualifier.Worker.Hosting;

namespace CrmLeadQualifier.Worker.Tests.Hosting;

/// <summary>One access token of an org for all workers, and a refresh token that Salesforce changes each time.</summary>
public sealed class SalesforceTokensTests : IAsyncLifetime
{
    private const string Org = "00D000000000001EAA";

    private readonly TemporaryFolder _folder = new();
    private readonly TokenEndpoint _endpoint = new();
    private readonly List<ILedger> _ledgers = [];
    private ConnectionSecrets _secrets = null!;
    private ConnectionRow _connection = null!;

    public async Task InitializeAsync()
    {
        _secrets = new ConnectionSecrets(new DataFolder(_folder.File("data")));
        var ledger = await OpenAsync();
        await using var transaction = await ledger.BeginAsync(null, default);
        _connection = new ConnectionRow(0, "org", "salesforce", Org)
        {
            Secrets = _secrets.Protect(Credentials.Write()),
            Settings = """{"base_url":"https://org.my.salesforce.com"}""",
            CreatedAt = Instant.Now(TimeProvider.System),
        };
        _connection = _connection with { Id = await transaction.Connections.SaveAsync(_connection) };
        await transaction.CommitAsync(default);
    }

    public async Task DisposeAsync()
    {
        foreach (var ledger in _ledgers)
        {
            await ledger.DisposeAsync();
        }

        _endpoint.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_first_worker_asks_for_a_token_and_the_others_take_it()
    {
        var given = new[] { await (await TokensAsync()).GiveAsync(null, default), await (await TokensAsync()).GiveAsync(null, default) };
        Assert.All(given, grant => Assert.Equal(("a1", "https://eu1.my.salesforce.com", "005000000000001AAA"), (grant.AccessToken, grant.InstanceUrl, grant.UserId)));
        Assert.Equal(["r0"], _endpoint.Asked);
    }

    [Fact]
    public async Task Many_workers_whose_token_is_refused_at_once_refresh_it_once()
    {
        var all = new List<SalesforceTokens>();
        for (var i = 0; i < 6; i++)
        {
            all.Add(await TokensAsync());
        }

        await all[0].GiveAsync(null, default);
        var given = await Task.WhenAll(all.SelectMany(tokens => new[] { tokens, tokens }).Select(tokens => Task.Run(() => tokens.GiveAsync("a1", default))));
        Assert.All(given, grant => Assert.Equal("a2", grant.AccessToken));
        Assert.Equal(["r0", "r1"], _endpoint.Asked);
        Assert.Equal("r2", (await StoredAsync()).RefreshToken);
    }

    [Fact]
    public async Task A_token_of_another_org_is_not_taken()
    {
        _endpoint.Org = "00D000000000002EAA";
        var fatal = await Assert.ThrowsAsync<FatalCrmException>(async () => await (await TokensAsync()).GiveAsync(null, default));
        Assert.Contains("00D000000000002EAA", fatal.Message);
        Assert.Null((await StoredAsync()).AccessToken);
    }

    [Fact]
    public async Task A_withdrawn_authorization_stops_the_connection_and_says_what_to_do()
    {
        _endpoint.Refusal = """{"error":"invalid_grant","error_description":"expired access/refresh token"}""";
        var fatal = await Assert.ThrowsAsync<FatalCrmException>(async () => await (await TokensAsync()).GiveAsync(null, default));
        Assert.Contains("--browser --replace", fatal.Advice);
        _endpoint.Refusal = null;
        Assert.Equal("a1", (await (await TokensAsync()).GiveAsync(null, default)).AccessToken);
    }

    private static SalesforceCredentials Credentials => new("id", null) { RefreshToken = "r0" };

    /// <summary>As another process would: a ledger and an access of its own.</summary>
    private async Task<SalesforceTokens> TokensAsync() => new(
        _connection, Credentials, new SalesforceAuthorization(() => new HttpClient(_endpoint, disposeHandler: false), TimeProvider.System), _secrets, await OpenAsync(), TimeProvider.System);

    private async Task<ILedger> OpenAsync()
    {
        var ledger = new SqliteLedger(_folder.File("ledger.db"), TimeProvider.System);
        await ledger.OpenAsync(default);
        _ledgers.Add(ledger);
        return ledger;
    }

    private async Task<SalesforceCredentials> StoredAsync()
    {
        await using var transaction = await _ledgers[0].BeginReadAsync(default);
        return SalesforceCredentials.Read(_secrets.Unprotect((await transaction.Connections.FindAsync("org"))!));
    }

    /// <summary>Gives a1 and r1 for r0, a2 and r2 for r1, and so on; a refresh token is good once.</summary>
    private sealed class TokenEndpoint : HttpMessageHandler
    {
        private readonly List<string> _asked = [];

        public IReadOnlyList<string> Asked
        {
            get
            {
                lock (_asked)
                {
                    return [.. _asked];
                }
            }
        }

        public string Org { get; set; } = SalesforceTokensTests.Org;

        public string? Refusal { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var form = (await request.Content!.ReadAsStringAsync(cancellationToken)).Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
            if (Refusal is { } refusal)
            {
                return new HttpResponseMessage(HttpStatusCode.BadRequest) { RequestMessage = request, Content = new StringContent(refusal, Encoding.UTF8, "application/json") };
            }

            int given;
            lock (_asked)
            {
                Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"r{_asked.Count}"), form["refresh_token"]);
                _asked.Add(form["refresh_token"]);
                given = _asked.Count;
            }

            return new HttpResponseMessage(HttpStatusCode.OK)
            {
                RequestMessage = request,
                Content = new StringContent(
                    string.Create(CultureInfo.InvariantCulture, $$"""
                        {"access_token":"a{{given}}","refresh_token":"r{{given}}","instance_url":"https://eu1.my.salesforce.com","id":"https://login.salesforce.com/id/{{Org}}/005000000000001AAA"}
                        """),
                    Encoding.UTF8, "application/json"),
            };
        }
    }
}
