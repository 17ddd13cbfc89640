using System.Globalization;
using System.Net;
using System.Text;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.HubSpot.Authorization;
using CrmLeadQualifier.Resilience.Processes;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Sqlite;
using CrmLeadQualifier.Worker.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace CrmLeadQualifier.Worker.Tests.Hosting;

/// <summary>An access token that ends, several who need it, and a refresh token that HubSpot may change at any time.</summary>
public sealed class HubSpotTokensTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));
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
        _connection = new ConnectionRow(0, "hub", "hubspot", "4711") { Secrets = _secrets.Protect(Credentials("a0", "r0").Write()), CreatedAt = Now };
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
    public async Task It_is_refreshed_ahead_of_its_end_and_not_before()
    {
        var tokens = await TokensAsync();
        Assert.Equal("a0", await tokens.GiveAsync(null, default));
        Assert.Empty(_endpoint.Asked);

        _clock.Advance(TimeSpan.FromMinutes(21));

        Assert.Equal("a1", await tokens.GiveAsync(null, default));
        Assert.Equal("a1", await tokens.GiveAsync(null, default));
        Assert.Single(_endpoint.Asked);
    }

    [Fact]
    public async Task Many_workers_whose_token_is_refused_at_once_refresh_it_once()
    {
        var all = new List<HubSpotTokens>();
        for (var i = 0; i < 6; i++)
        {
            all.Add(await TokensAsync());
        }

        _endpoint.Delay = TimeSpan.FromMilliseconds(300);
        var given = Task.WhenAll(all.SelectMany(tokens => new[] { tokens, tokens }).Select(tokens => Task.Run(() => tokens.GiveAsync("a0", default))));
        await FinishAsync(given);

        Assert.All(await given, token => Assert.Equal("a1", token));
        Assert.Equal(["r0"], _endpoint.Asked);
    }

    [Fact]
    public async Task A_refresh_token_that_HubSpot_changed_is_in_the_ledger_before_its_access_token_is_given()
    {
        var tokens = await TokensAsync();
        Assert.Equal("a1", await tokens.GiveAsync("a0", default));

        Assert.Equal("r1", (await StoredAsync()).RefreshToken);
        Assert.Equal("a2", await tokens.GiveAsync("a1", default));
        Assert.Equal(["r0", "r1"], _endpoint.Asked);
    }

    [Fact]
    public async Task Who_is_told_to_stop_in_the_middle_of_a_refresh_keeps_what_HubSpot_gave()
    {
        using var stop = new CancellationTokenSource();
        _endpoint.OnAsked = stop.Cancel;
        var tokens = await TokensAsync();

        await tokens.GiveAsync("a0", stop.Token);

        Assert.Equal("r1", (await StoredAsync()).RefreshToken);
    }

    [Fact]
    public async Task The_lock_of_one_that_died_is_waited_for_and_then_taken()
    {
        var ledger = await OpenAsync();
        await using (var transaction = await ledger.BeginAsync(null, default))
        {
            Assert.True(await transaction.Connections.TryLockTokenAsync(_connection.Id, "dead", Now, Now + TimeSpan.FromSeconds(45)));
            await transaction.CommitAsync(default);
        }

        var given = (await TokensAsync()).GiveAsync("a0", default);
        Assert.False(given.IsCompleted);
        await FinishAsync(given);

        Assert.Equal("a1", await given);
        Assert.True(Now >= Instant.From(new DateTimeOffset(2026, 11, 23, 9, 0, 45, TimeSpan.Zero)));
    }

    [Fact]
    public async Task An_authorization_of_another_portal_is_not_taken()
    {
        _endpoint.Portal = "999";
        var tokens = await TokensAsync();

        var fatal = await Assert.ThrowsAsync<FatalCrmException>(() => tokens.GiveAsync("a0", default));

        Assert.Contains("999", fatal.Message);
        Assert.Equal("r0", (await StoredAsync()).RefreshToken);
    }

    [Fact]
    public async Task A_withdrawn_authorization_stops_the_connection_and_says_what_to_do()
    {
        _endpoint.Refusal = """{"status":"BAD_REFRESH_TOKEN","error":"invalid_grant","message":"missing or invalid refresh token"}""";
        var tokens = await TokensAsync();

        var fatal = await Assert.ThrowsAsync<FatalCrmException>(() => tokens.GiveAsync("a0", default));

        Assert.Contains("--replace", fatal.Advice);
        _endpoint.Refusal = null;
        Assert.Equal("a1", await tokens.GiveAsync("a0", default));
    }

    [Fact]
    public async Task Where_HubSpot_gives_none_now_the_present_one_does_until_its_end()
    {
        _endpoint.Status = HttpStatusCode.TooManyRequests;
        var tokens = await TokensAsync();
        _clock.Advance(TimeSpan.FromMinutes(25));
        Assert.Equal("a0", await tokens.GiveAsync(null, default));

        _clock.Advance(TimeSpan.FromMinutes(6));

        await Assert.ThrowsAsync<RetriableCrmException>(() => tokens.GiveAsync(null, default));
    }

    private Instant Now => Instant.Now(_clock);

    private static HubSpotCredentials Credentials(string access, string refresh) =>
        new("id", "secret", refresh, access, new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), ["oauth"]);

    /// <summary>As another process would: a ledger and an access of its own.</summary>
    private async Task<HubSpotTokens> TokensAsync()
    {
        var ledger = await OpenAsync();
        return new HubSpotTokens(
            _connection, Credentials("a0", "r0"), new HubSpotAuthorization(new HttpClient(_endpoint, disposeHandler: false)), _secrets, ledger, _clock);
    }

    private async Task<ILedger> OpenAsync()
    {
        var ledger = new SqliteLedger(_folder.File("ledger.db"), TimeProvider.System);
        await ledger.OpenAsync(default);
        _ledgers.Add(ledger);
        return ledger;
    }

    private async Task<HubSpotCredentials> StoredAsync()
    {
        await using var transaction = await _ledgers[0].BeginReadAsync(default);
        return HubSpotCredentials.Read(_secrets.Unprotect((await transaction.Connections.FindAsync("hub"))!))!;
    }

    /// <summary>Lets the clock run while they wait for each other.</summary>
    private async Task FinishAsync(Task task)
    {
        while (!task.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.WhenAny(task, Task.Delay(5));
        }
    }

    /// <summary>Gives a1 and r1 for r0, a2 and r2 for r1, and so on; a refresh token is good once.</summary>
    private sealed class TokenEndpoint : HttpMessageHandler
    {
        private readonly List<string> _asked = [];
        private int _given;

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

        public TimeSpan Delay { get; set; }

        public string Portal { get; set; } = "4711";

        public string? Refusal { get; set; }

        public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

        public Action OnAsked { get; set; } = () => { };

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var form = (await request.Content!.ReadAsStringAsync(cancellationToken)).Split('&').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
            Assert.Equal(("refresh_token", "id", "secret"), (form["grant_type"], form["client_id"], form["client_secret"]));
            OnAsked();
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Delay(Delay, cancellationToken);
            if (Refusal is not null || Status != HttpStatusCode.OK)
            {
                return new HttpResponseMessage(Refusal is null ? Status : HttpStatusCode.BadRequest) { Content = new StringContent(Refusal ?? "{}") };
            }

            string expected;
            lock (_asked)
            {
                expected = string.Create(CultureInfo.InvariantCulture, $"r{_given}");
                _asked.Add(form["refresh_token"]);
                _given++;
            }

            Assert.Equal(expected, form["refresh_token"]);
            return new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new StringContent(
                    string.Create(CultureInfo.InvariantCulture, $$"""{"token_type":"bearer","access_token":"a{{_given}}","refresh_token":"r{{_given}}","hub_id":{{Portal}},"scopes":["oauth"],"expires_in":1800}"""),
                    Encoding.UTF8, "application/json"),
            };
        }
    }
}
