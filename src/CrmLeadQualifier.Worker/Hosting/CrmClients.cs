using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.HubSpot;
using CrmLeadQualifier.HubSpot.Mapping;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Worker.Hosting;

/// <summary>Opens the clients of connections: settings from the ledger, mapping from appsettings.json (<c>Connections:NAME:Mapping</c>), secrets by the keys of the data folder.</summary>
internal sealed class CrmClients : IAsyncDisposable
{
    private readonly IConfiguration _configuration;
    private readonly ServiceProvider _services;

    public CrmClients(IConfiguration configuration, DataFolder folder)
    {
        _configuration = configuration;
        Secrets = new ConnectionSecrets(folder);
        _services = new ServiceCollection().AddSingleton(TimeProvider.System).AddHubSpot().BuildServiceProvider();
    }

    public ConnectionSecrets Secrets { get; }

    /// <summary>The attributes that are read are those that the agreement knows.</summary>
    public ICrm Open(ConnectionRow connection, AgreementInForce? agreement) =>
        OpenHubSpot(connection.Name, Secrets.Unprotect(connection), ConnectionSettings.Read(connection.Settings).BaseUrl, agreement);

    public ICrm OpenHubSpot(string name, string token, string? baseUrl, AgreementInForce? agreement) =>
        _services.GetRequiredService<HubSpotCrmFactory>().Create(new HubSpotConnection(token)
        {
            BaseUrl = baseUrl ?? HubSpotConnection.DefaultBaseUrl,
            Mapping = _configuration.GetSection($"Connections:{name}:Mapping").Get<HubSpotMapping>() ?? new HubSpotMapping(),
            Attributes = agreement?.Definition.Attributes.Attributes ?? AttributeSchema.StandardAttributes,
        });

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
