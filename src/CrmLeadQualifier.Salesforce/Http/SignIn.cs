using System.Text.Json;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Salesforce.Api;
using Refit;

namespace CrmLeadQualifier.Salesforce.Http;

/// <summary>A token and the org it is good for.</summary>
/// <param name="UserId">Our integration user, 18 characters; null: the answer did not name it.</param>
internal sealed class Session(string token, ISalesforceApi api, string? userId)
{
    public string Token => token;

    public ISalesforceApi Api => api;

    public string? UserId => userId;
}

/// <summary>
/// Gets tokens by client credentials: one at a time, kept until Salesforce refuses it, since it does not tell how long a token lasts.
/// The address that comes with a token is followed within Salesforce's own domains only; a sandbox on this machine keeps the address it was given.
/// </summary>
internal sealed class SignIn : IDisposable
{
    private const int Attempts = 3;

    private static readonly string[] SalesforceDomains = [".salesforce.com", ".force.com", ".salesforce.mil", ".sfcrmproducts.cn"];

    private readonly SalesforceConnection _connection;
    private readonly Func<HttpClient> _newClient;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _one = new(1);
    private readonly RefitSettings _settings = new(new SalesforceJsonSerializer());
    private readonly List<HttpClient> _clients = [];
    private ISalesforceTokens? _tokens;
    private Session? _session;
    private long _sent;

    public SignIn(SalesforceConnection connection, Func<HttpClient> newClient, TimeProvider clock)
    {
        _connection = connection;
        _newClient = newClient;
        _clock = clock;
    }

    /// <summary>Requests for tokens so far.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <param name="refused">The session that Salesforce refused: another one is wanted. Null: any.</param>
    public async Task<Session> GetAsync(Session? refused, CancellationToken cancellation)
    {
        if (Volatile.Read(ref _session) is { } present && present != refused)
        {
            return present;
        }

        await _one.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            // Whoever waited behind another's refresh takes what it brought.
            if (_session is { } renewed && renewed != refused)
            {
                return renewed;
            }

            var session = await RequestAsync(cancellation).ConfigureAwait(false);
            Volatile.Write(ref _session, session);
            return session;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Where an org's calls go: the token's instance where it is Salesforce's, or the login address itself on this machine.</summary>
    /// <exception cref="FatalCrmException">The token would leave Salesforce.</exception>
    public static Uri InstanceOf(Uri login, string? instanceUrl)
    {
        if (login.IsLoopback)
        {
            return new Uri(login.GetLeftPart(UriPartial.Authority));
        }

        if (Uri.TryCreate(instanceUrl, UriKind.Absolute, out var instance) && instance.Scheme == Uri.UriSchemeHttps
            && (instance.Host == login.Host || SalesforceDomains.Any(domain => instance.Host.EndsWith(domain, StringComparison.OrdinalIgnoreCase))))
        {
            return new Uri(instance.GetLeftPart(UriPartial.Authority));
        }

        throw new FatalCrmException("Salesforce's token names an address that is not Salesforce's.", "Check the connection's login address: it is the org's My Domain.");
    }

    public void Dispose()
    {
        _one.Dispose();
        foreach (var client in _clients)
        {
            client.Dispose();
        }
    }

    private async Task<Session> RequestAsync(CancellationToken cancellation)
    {
        var login = LoginAddress();
        _tokens ??= RestService.For<ISalesforceTokens>(ClientOf(new Uri(login.GetLeftPart(UriPartial.Authority))), _settings);
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = _connection.ClientId,
            ["client_secret"] = _connection.ClientSecret,
        };
        for (var attempt = 1; ; attempt++)
        {
            Interlocked.Increment(ref _sent);
            using var response = await Attempt.SendAsync(t => _tokens.GetTokenAsync(form, t), cancellation).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            if (response is { IsSuccessful: true, Content: { AccessToken: { Length: > 0 } token } answer })
            {
                var api = RestService.For<ISalesforceApi>(ClientOf(InstanceOf(login, answer.InstanceUrl)), _settings);
                return new Session(token, api, UserOf(answer.Id));
            }

            var failure = SalesforceErrors.OfToken(Attempt.Explain(response));
            if (failure.RetryIn is not { } wait || attempt == Attempts)
            {
                throw failure.Exception;
            }

            await Task.Delay(wait * (1 << (attempt - 1)), _clock, cancellation).ConfigureAwait(false);
        }
    }

    private Uri LoginAddress() =>
        Uri.TryCreate(_connection.LoginUrl, UriKind.Absolute, out var login) && (login.Scheme == Uri.UriSchemeHttps || (login.Scheme == Uri.UriSchemeHttp && login.IsLoopback))
            ? login
            : throw new FatalCrmException("The login address is not an https address.", "Give the org's My Domain, like https://NAME.my.salesforce.com: connect salesforce.");

    private HttpClient ClientOf(Uri address)
    {
        if (_clients.Find(client => client.BaseAddress == address) is { } known)
        {
            return known;
        }

        var client = _newClient();
        client.BaseAddress = address;
        client.Timeout = _connection.Timeout;
        client.DefaultRequestHeaders.TryAddWithoutValidation("Sforce-Call-Options", "client=CrmLeadQualifier");
        _clients.Add(client);
        return client;
    }

    private static string? UserOf(string? identity) =>
        Uri.TryCreate(identity, UriKind.Absolute, out var uri) && uri.Segments is [.., var user] && SalesforceId.IsId(user) ? SalesforceId.To18(user) : null;
}
