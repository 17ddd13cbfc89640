using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Salesforce.Authorization;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Worker.Hosting;

/// <summary>
/// The access token of a Salesforce connection, shared by all workers until Salesforce refuses it, since it does not tell how long one lasts (<see cref="KeptCredentials{T}"/>).
/// </summary>
internal sealed class SalesforceTokens(
    ConnectionRow connection, SalesforceCredentials credentials, SalesforceAuthorization authorization, ConnectionSecrets secrets, ILedger ledger, TimeProvider clock)
{
    private readonly KeptCredentials<SalesforceCredentials> _kept = new(
        connection, credentials, SalesforceCredentials.Read, renewed => renewed.Write(), secrets, ledger, clock);

    /// <inheritdoc cref="GiveGrant"/>
    /// <exception cref="FatalCrmException">Salesforce takes the app no more, or it is another org's.</exception>
    public async Task<SalesforceGrant> GiveAsync(string? refused, CancellationToken cancellation)
    {
        var given = await _kept.GetAsync(present => present.AccessToken is not null && present.AccessToken != refused, RenewAsync, cancellation);
        return new SalesforceGrant(given.AccessToken!, given.InstanceUrl, connection.AccountId, given.UserId, null);
    }

    private async Task<SalesforceCredentials> RenewAsync(SalesforceCredentials stored)
    {
        var grant = await authorization.RequestAsync(ConnectionSettings.Read(connection.Settings).BaseUrl, stored.App, CancellationToken.None);
        return grant.OrgId is { } org && org != connection.AccountId
            ? throw new FatalCrmException(
                $"Connection {connection.Name} is bound to the org {connection.AccountId}, but its token is org {org}'s.",
                $"Connect org {connection.AccountId} again: connect salesforce --name {connection.Name} --replace; or connect {org} under another name.")
            : stored.With(grant);
    }
}
