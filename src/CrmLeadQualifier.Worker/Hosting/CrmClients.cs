using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Budget;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.HubSpot;
using CrmLeadQualifier.HubSpot.Authorization;
using CrmLeadQualifier.HubSpot.Mapping;
using CrmLeadQualifier.Salesforce;
using CrmLeadQualifier.Salesforce.Authorization;
using CrmLeadQualifier.Salesforce.Mapping;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Feedback;
using CrmLeadQualifier.Sync.Runs;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Hosting;

/// <summary>Opens the clients of connections: settings from the ledger, mapping from appsettings.json (<c>Connections:NAME:Mapping</c>), secrets by the keys of the data folder.</summary>
internal sealed class CrmClients : IAsyncDisposable
{
    private readonly IConfiguration _configuration;
    private readonly Func<ILedger> _ledger;
    private readonly ServiceProvider _services;

    /// <param name="ledger">Where connections come from, the calls of all processes are counted, and an access token that changes is kept.</param>
    public CrmClients(IConfiguration configuration, DataFolder folder, Func<ILedger> ledger)
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
            ? OpenSalesforce(connection, SalesforceCredentials.Read(secrets), settings, agreement)
            : OpenHubSpot(connection, secrets, settings, agreement);
    }

    /// <summary>By a token that stays the same, of a portal that is not connected yet.</summary>
    public ICrm OpenHubSpot(string name, string token, string? baseUrl, AgreementInForce? agreement) =>
        _services.GetRequiredService<HubSpotCrmFactory>().Create(HubSpot(name, token, baseUrl, agreement));

    private HubSpotCrm OpenHubSpot(ConnectionRow row, string secrets, ConnectionSettings settings, AgreementInForce? agreement)
    {
        var credentials = HubSpotCredentials.Read(secrets);
        var connection = HubSpot(row.Name, credentials?.AccessToken ?? secrets, settings.BaseUrl, agreement) with { ShareOfDay = settings.ShareOfDay };
        if (credentials is not null)
        {
            var tokens = new HubSpotTokens(row, credentials, Authorization, Secrets, _ledger(), TimeProvider.System);
            connection = connection with { AccessTokens = tokens.GiveAsync, GrantedScopes = credentials.Scopes };
        }

        return _services.GetRequiredService<HubSpotCrmFactory>().Create(connection, new LedgerBudget(_ledger(), row.Id), $"{row.Id} {row.ProvisionedFingerprint} {settings.IsMinimal}");
    }

    /// <summary>HubSpot's OAuth, for what lies before a connection.</summary>
    public HubSpotAuthorization Authorization => _services.GetRequiredService<HubSpotCrmFactory>().Authorization();

    private HubSpotConnection HubSpot(string name, string token, string? baseUrl, AgreementInForce? agreement) => new(token)
    {
        BaseUrl = baseUrl ?? HubSpotConnection.DefaultBaseUrl,
        Mapping = Mapping<HubSpotMapping>(name),
        Versions = _configuration.GetSection($"Connections:{name}:ApiVersions").Get<HubSpotApiVersions>() ?? new HubSpotApiVersions(),
        Attributes = Attributes(agreement),
    };

    /// <summary>Salesforce's OAuth, for what lies before a connection.</summary>
    public SalesforceAuthorization SalesforceAuthorization => _services.GetRequiredService<SalesforceCrmFactory>().Authorization();

    /// <summary>Of an org that is not connected yet: by what its app gives, or was given in the browser just now.</summary>
    /// <param name="loginUrl">The org's My Domain, or Salesforce's login address.</param>
    public ICrm OpenSalesforce(string name, SalesforceApp app, string? loginUrl, SalesforceGrant? grant = null)
    {
        var connection = Salesforce(name, app, loginUrl, null);
        return _services.GetRequiredService<SalesforceCrmFactory>().Create(grant is null ? connection : connection with { Grants = (_, _) => Task.FromResult(grant) });
    }

    private SalesforceCrm OpenSalesforce(ConnectionRow row, SalesforceCredentials credentials, ConnectionSettings settings, AgreementInForce? agreement)
    {
        var tokens = new SalesforceTokens(row, credentials, SalesforceAuthorization, Secrets, _ledger(), TimeProvider.System);
        return _services.GetRequiredService<SalesforceCrmFactory>().Create(Salesforce(row.Name, credentials.App, settings.BaseUrl, agreement) with
        {
            Grants = tokens.GiveAsync,
            Budget = new LedgerBudget(_ledger(), row.Id),
            ShareOfDay = settings.ShareOfDay,
        }, $"{row.Id} {row.ProvisionedFingerprint} {settings.IsMinimal}");
    }

    private SalesforceConnection Salesforce(string name, SalesforceApp app, string? loginUrl, AgreementInForce? agreement) => new(loginUrl ?? "", app)
    {
        ApiVersion = _configuration[$"Connections:{name}:ApiVersion"] ?? SalesforceConnection.DefaultApiVersion,
        Mapping = Mapping<SalesforceMapping>(name),
        Attributes = Attributes(agreement),
    };

    /// <summary>What appsettings.json says about a connection beside its mapping.</summary>
    /// <exception cref="UsageException">It says something that cannot be.</exception>
    public ConnectionOptions Options(string name)
    {
        var section = _configuration.GetSection($"Connections:{name}");
        ConnectionOptions options;
        try
        {
            options = section.Get<ConnectionOptions>() ?? ConnectionOptions.None;
        }
        catch (InvalidOperationException e)
        {
            throw new UsageException($"{ApplicationFolder.Settings}: Connections:{name}: {e.InnerException?.Message ?? e.Message}");
        }

        if (options.LifecycleStages?.Keys.FirstOrDefault(stage => stage is not ("mql" or "sql" or "recycled")) is { } unknown)
        {
            throw new UsageException($"{ApplicationFolder.Settings}: Connections:{name}:LifecycleStages names '{unknown}': only mql, sql and recycled move the CRM's own lifecycle.");
        }

        if (options.Verdicts?.FirstOrDefault(verdict => StatusVerdicts.Meaning(verdict.Value) is null) is { Key: { } status, Value: var meaning })
        {
            throw new UsageException(
                $"{ApplicationFolder.Settings}: Connections:{name}:Verdicts:{status} is '{meaning}': it is accepted, qualified, rejected, reopened, or 'rejected: REASON'.");
        }

        return options.MaxHandOversPerDay is < 0
            ? throw new UsageException($"{ApplicationFolder.Settings}: Connections:{name}:MaxHandOversPerDay is below 0.")
            : options;
    }

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
