using CrmLeadQualifier.Salesforce.Authorization;
using Microsoft.Extensions.DependencyInjection;

namespace CrmLeadQualifier.Salesforce;

/// <summary>Makes the client of a connection; one for each run, or one kept as long as its settings hold.</summary>
public sealed class SalesforceCrmFactory(IHttpClientFactory clients, TimeProvider clock)
{
    internal const string ClientName = "Salesforce";

    public SalesforceCrm Create(SalesforceConnection connection) => new(connection, NewClient, clock);

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
