using System.Collections.Concurrent;
using CrmLeadQualifier.Crm.Budget;
using CrmLeadQualifier.HubSpot.Authorization;
using CrmLeadQualifier.HubSpot.Mapping;
using CrmLeadQualifier.HubSpot.Http;
using Microsoft.Extensions.DependencyInjection;

namespace CrmLeadQualifier.HubSpot;

/// <summary>Makes the client of a connection; one for each run, or one kept as long as its settings hold.</summary>
public sealed class HubSpotCrmFactory(IHttpClientFactory clients, IHttpMessageHandlerFactory handlers, TimeProvider clock)
{
    internal const string ClientName = "HubSpot";

    private readonly ConcurrentDictionary<string, PortalDescription> _descriptions = new();

    /// <param name="budget">What all processes at work on the portal share; null: nobody else is.</param>
    /// <param name="knownAs">Clients of the same name share what the portal says of itself; another one whenever its fields were provisioned anew. Null: it shares with none.</param>
    public HubSpotCrm Create(HubSpotConnection connection, ICallBudget? budget = null, string? knownAs = null) => new(
        connection,
        connection.AccessTokens is { } give ? new HttpClient(new AccessTokenHandler(give, handlers.CreateHandler(ClientName)), disposeHandler: false) : clients.CreateClient(ClientName),
        budget ?? new ProcessBudget(clock),
        clock,
        knownAs is null ? null : _descriptions.GetOrAdd(knownAs, _ => new PortalDescription(clock)));

    /// <summary>HubSpot's OAuth, for what lies before a connection or beside it.</summary>
    public HubSpotAuthorization Authorization() => new(clients.CreateClient(ClientName));
}

public static class HubSpotServices
{
    /// <summary>Adds <see cref="HubSpotCrmFactory"/>; needs a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddHubSpot(this IServiceCollection services)
    {
        // A redirect would carry the token to wherever it points.
        services.AddHttpClient(HubSpotCrmFactory.ClientName)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                AutomaticDecompression = System.Net.DecompressionMethods.All,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            })
            .RemoveAllLoggers();
        services.AddSingleton<HubSpotCrmFactory>();
        return services;
    }
}
