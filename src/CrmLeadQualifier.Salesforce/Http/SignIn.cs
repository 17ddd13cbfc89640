using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Authorization;
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
/// Keeps a session until Salesforce refuses its token, and then gets another, one at a time. The address that comes with a token is followed within Salesforce's own domains only; a
/// sandbox on this machine keeps the address it was given.
/// </summary>
internal sealed class SignIn : IDisposable
{
    private readonly SalesforceConnection _connection;
    private readonly SalesforceAuthorization _authorization;
    private readonly Func<HttpClient> _newClient;
    private readonly SemaphoreSlim _one = new(1);
    private readonly RefitSettings _settings = new(new SalesforceJsonSerializer());
    private readonly List<HttpClient> _clients = [];
    private Session? _session;

    public SignIn(SalesforceConnection connection, Func<HttpClient> newClient, TimeProvider clock)
    {
        _connection = connection;
        _newClient = newClient;
        _authorization = new SalesforceAuthorization(newClient, clock);
    }

    /// <summary>Requests for tokens so far.</summary>
    public long Sent => _authorization.Sent;

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

            var login = LoginAddress.Parse(_connection.LoginUrl);
            var grant = _connection.Grants is { } give
                ? await give(refused?.Token, cancellation).ConfigureAwait(false)
                : await _authorization.RequestAsync(_connection.LoginUrl, _connection.App, cancellation).ConfigureAwait(false);
            var session = new Session(grant.AccessToken, RestService.For<ISalesforceApi>(ClientOf(LoginAddress.InstanceOf(login, grant.InstanceUrl)), _settings), grant.UserId);
            Volatile.Write(ref _session, session);
            return session;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>The org's event logs name us by it.</summary>
    public static void TellWhoWeAre(HttpClient client) => client.DefaultRequestHeaders.TryAddWithoutValidation("Sforce-Call-Options", "client=CrmLeadQualifier");

    public void Dispose()
    {
        _one.Dispose();
        foreach (var client in _clients)
        {
            client.Dispose();
        }
    }

    private HttpClient ClientOf(Uri address)
    {
        if (_clients.Find(client => client.BaseAddress == address) is { } known)
        {
            return known;
        }

        var client = _newClient();
        client.BaseAddress = address;
        client.Timeout = _connection.Timeout;
        TellWhoWeAre(client);
        _clients.Add(client);
        return client;
    }
}
