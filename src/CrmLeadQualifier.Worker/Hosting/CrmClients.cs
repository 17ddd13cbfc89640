using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Budget;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.HubSpot;
using CrmLeadQualifier.HubSpot.Mapping;
using CrmLeadQualifier.Salesforce;
using CrmLeadQualifier.Salesforce.Mapping;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Worker.Hosting;

/// <summary>Opens the clients of connections: settings from the ledger, mapping from appsettings.json (<c>Connections:NAME:Mapping</c>), secrets by the keys of the data folder.</summary>
internal sealed class CrmClients : IAsyncDisposable
{
    private readonly IConfiguration _configuration;
    private readonly Func<ILedger?> _ledger;
    private readonly ServiceProvider _services;

    /// <param name="ledger">Where the calls of all processes are counted; null while none is open.</param>
    public CrmClients(IConfiguration configuration, DataFolder folder, Func<ILedger?> ledger)
    {
        _ledger = ledger;
        _configuration = configuration;
        Secrets = new ConnectionSecrets(folder);
        _services = new ServiceCollection().AddSingleton(TimeProvider.System).AddHubSpot().AddSalesforce().BuildServiceProvider();
    }

    public ConnectionSecrets Secrets { get; }

    /// <summary>The attributes that are read are those that the agreement knows.</summary>
    public ICrm Open(ConnectionRow connection, AgreementInForce? agreement)
    {
        var secrets = Secrets.Unprotect(connection);
        var settings = ConnectionSettings.Read(connection.Settings);
        return connection.Crm == CrmWords.Salesforce
            ? OpenSalesforce(connection.Name, AppCredentials.Read(secrets), settings.BaseUrl, agreement)
            : OpenHubSpot(connection.Name, secrets, settings.BaseUrl, agreement, settings.ShareOfDay, _ledger() is { } ledger ? new LedgerBudget(ledger, connection.Id) : null);
    }

    /// <param name="budget">Null: the portal is not connected yet.</param>
    public ICrm OpenHubSpot(string name, string token, string? baseUrl, AgreementInForce? agreement, double? shareOfDay = null, ICallBudget? budget = null)
    {
        var connection = new HubSpotConnection(token)
        {
            BaseUrl = baseUrl ?? HubSpotConnection.DefaultBaseUrl,
            Mapping = Mapping<HubSpotMapping>(name),
            Versions = _configuration.GetSection($"Connections:{name}:ApiVersions").Get<HubSpotApiVersions>() ?? new HubSpotApiVersions(),
            Attributes = Attributes(agreement),
        };
        return _services.GetRequiredService<HubSpotCrmFactory>().Create(shareOfDay is { } share ? connection with { ShareOfDay = share } : connection, budget);
    }

    /// <param name="loginUrl">The org's My Domain; Salesforce gives this kind of token nowhere else.</param>
    public ICrm OpenSalesforce(string name, AppCredentials app, string? loginUrl, AgreementInForce? agreement) =>
        _services.GetRequiredService<SalesforceCrmFactory>().Create(new SalesforceConnection(loginUrl ?? "", app.ClientId, app.ClientSecret)
        {
            Mapping = Mapping<SalesforceMapping>(name),
            Attributes = Attributes(agreement),
        });

    private T Mapping<T>(string name)
        where T : new() => _configuration.GetSection($"Connections:{name}:Mapping").Get<T>() ?? new T();

    private static IReadOnlyList<LeadAttribute> Attributes(AgreementInForce? agreement) => agreement?.Definition.Attributes.Attributes ?? AttributeSchema.StandardAttributes;

    /// <summary>A client for what lies outside any connection: the demo reads its records back by it.</summary>
    public HttpClient PlainHttp() => _services.GetRequiredService<IHttpClientFactory>().CreateClient();

    /// <exception cref="FatalCrmException">The token belongs to another account than the one that the connection is bound to.</exception>
    public static async Task EnsureBoundAsync(ICrm crm, ConnectionRow connection, CancellationToken cancellation)
    {
        var account = await crm.GetAccountAsync(cancellation);
        if (account.Id != connection.AccountId)
        {
            throw new FatalCrmException(
                $"Connection {connection.Name} is bound to the {connection.Crm} account {connection.AccountId}, but its token belongs to {account.Id}.",
                $"Run connect {connection.Crm} --name {connection.Name} --replace with a token of {connection.AccountId}, or connect {account.Id} under another name.");
        }
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
