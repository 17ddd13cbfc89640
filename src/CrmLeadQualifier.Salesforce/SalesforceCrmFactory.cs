using System.Collections.Concurrent;
using CrmLeadQualifier.Salesforce.Authorization;
using CrmLeadQualifier.Salesforce.Mapping;
using Microsoft.Extensions.DependencyInjection;

namespace CrmLeadQualifier.Salesforce;

/// <summary>Makes the client of a connection; one for each run, or one kept as long as its settings hold.</summary>
public sealed class SalesforceCrmFactory(IHttpClientFactory clients, TimeProvider clock)
{
    internal const string ClientName = "Salesforce";

    private readonly ConcurrentDictionary<string, KnownOrg> _known = new();

    /// <param name="knownAs">
    /// Clients of the same name share what the org says of its objects and users; another one whenever its fields were provisioned anew. Null: it shares with none.
    /// </param>
    public SalesforceCrm Create(SalesforceConnection connection, string? knownAs = null) =>
        new(connection, NewClient, clock, knownAs is null ? null : _known.GetOrAdd(knownAs, _ => new KnownOrg()));

    /// <summary>Salesforce's OAuth, for what lies before a connection or beside it.</summary>
    public SalesforceAuthorization Authorization() => new(NewClient, clock);

    private HttpClient NewClient() => clients.CreateClient(ClientName);
}

public static class SalesforceServices
{
    /// <summary>Adds <see cref="SalesforceCrmFactory"/>; needs a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddSalesforce(this IServiceCollection services)
    {
        // A redirect would carry the token to wherever it points.
        services.AddHttpClient(SalesforceCrmFactory.ClientName)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                AutomaticDecompression = System.Net.DecompressionMethods.All,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            })
            .RemoveAllLoggers();
        services.AddSingleton<SalesforceCrmFactory>();
        return services;
    }
}
