using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.HubSpot.Authorization;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Worker.Hosting;

/// <summary>The access token of an authorized connection, refreshed ahead of its end (<see cref="KeptCredentials{T}"/>).</summary>
internal sealed class HubSpotTokens(
    ConnectionRow connection, HubSpotCredentials credentials, HubSpotAuthorization authorization, ConnectionSecrets secrets, ILedger ledger, TimeProvider clock)
{
    /// <summary>Before its end, so that no long call meets it.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromMinutes(10);

    private readonly KeptCredentials<HubSpotCredentials> _kept = new(
        connection, credentials,
        stored => HubSpotCredentials.Read(stored)
            ?? throw new FatalCrmException($"Connection {connection.Name} was given a token instead of an authorization.", "Run the command again: it takes the token."),
        renewed => renewed.Write(), secrets, ledger, clock);

    /// <inheritdoc cref="GiveAccessToken"/>
    /// <exception cref="FatalCrmException">HubSpot takes the authorization no more, or it is another portal's.</exception>
    public async Task<string> GiveAsync(string? refused, CancellationToken cancellation)
    {
        try
        {
            return (await _kept.GetAsync(present => IsGood(present, refused), RefreshAsync, cancellation)).AccessToken;
        }
        catch (RetriableCrmException) when (refused is null && _kept.Present.ExpiresAt > Instant.Now(clock))
        {
            // Asked ahead of time: what is there is good for a while yet.
            return _kept.Present.AccessToken;
        }
    }

    private bool IsGood(HubSpotCredentials present, string? refused) => present.AccessToken != refused && present.ExpiresAt - Instant.Now(clock) > Ahead;

    private async Task<HubSpotCredentials> RefreshAsync(HubSpotCredentials stored)
    {
        var grant = await authorization.RefreshAsync(ConnectionSettings.Read(connection.Settings).BaseUrl, stored.App, stored.RefreshToken, CancellationToken.None);
        return grant.PortalId is { } portal && portal != connection.AccountId
            ? throw new FatalCrmException(
                $"Connection {connection.Name} is bound to the portal {connection.AccountId}, but its authorization is portal {portal}'s.",
                $"Authorize the app in portal {connection.AccountId} again: connect hubspot --name {connection.Name} --client-id … --replace.")
            : HubSpotCredentials.Of(stored.App, grant, Instant.Now(clock), stored.Scopes);
    }
}
