using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.HubSpot.Authorization;
using CrmLeadQualifier.Salesforce.Authorization;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Worker.CommandLine;
using CrmLeadQualifier.Worker.Commands.Connections;
using CrmLeadQualifier.Worker.Hosting;

namespace CrmLeadQualifier.Worker.Serving;

/// <summary>What differs between the CRMs on an admin's way over their pages.</summary>
/// <param name="Crm"><c>hubspot</c> or <c>salesforce</c>.</param>
/// <param name="Account">How that CRM calls an account.</param>
/// <param name="WhyDeclined">What else than a no may stand behind no authorization, and who may.</param>
internal abstract record CrmAuthorization(string Crm, string Title, string Account, string WhyDeclined)
{
    /// <summary>The CRM's page, on which the user agrees.</summary>
    /// <param name="secrets">As <see cref="AuthorizationTicket.Write"/> made them.</param>
    public abstract string Page(AuthorizationRow row, string secrets, string redirect, string state);

    /// <exception cref="CrmException">The CRM takes the code not, or the account cannot be read.</exception>
    /// <exception cref="UsageException">The account is bound otherwise.</exception>
    public abstract Task<ConnectionRow> ConnectAsync(CommandContext context, AuthorizationRow row, string secrets, string code, string redirect, CancellationToken cancellation);
}

internal sealed record HubSpotAuthorizing() : CrmAuthorization(
    CrmWords.HubSpot, "HubSpot", "portal", "the user may not install apps. A super admin of the portal may")
{
    public override string Page(AuthorizationRow row, string secrets, string redirect, string state) =>
        HubSpotAuthorization.Address(row.BaseUrl, AuthorizationTicket.Read<HubSpotApp>(secrets).ClientId, redirect, state);

    public override async Task<ConnectionRow> ConnectAsync(CommandContext context, AuthorizationRow row, string secrets, string code, string redirect, CancellationToken cancellation)
    {
        var app = AuthorizationTicket.Read<HubSpotApp>(secrets);
        var grant = await context.Clients.Authorization.ExchangeAsync(row.BaseUrl, app, code, redirect, cancellation);
        var credentials = HubSpotCredentials.Of(app, grant, Instant.Now(TimeProvider.System), []);
        return await new NewConnection(row.Name, Crm, Account, "authorization", credentials.Write(), row.BaseUrl, row.IsReplacing)
            .StoreAsync(context, address => context.Clients.OpenHubSpot(row.Name, grant.AccessToken, address, null));
    }
}

internal sealed record SalesforceAuthorizing() : CrmAuthorization(
    CrmWords.Salesforce, "Salesforce", "org", "the app's policies do not admit this user. Sign in there as the integration user")
{
    public override string Page(AuthorizationRow row, string secrets, string redirect, string state)
    {
        var app = AuthorizationTicket.Read<SalesforceBrowserApp>(secrets);
        return SalesforceAuthorization.Address(row.BaseUrl, app.ClientId, redirect, state, app.Verifier);
    }

    public override async Task<ConnectionRow> ConnectAsync(CommandContext context, AuthorizationRow row, string secrets, string code, string redirect, CancellationToken cancellation)
    {
        var browser = AuthorizationTicket.Read<SalesforceBrowserApp>(secrets);
        var app = new SalesforceApp(browser.ClientId, browser.ClientSecret);
        var grant = await context.Clients.SalesforceAuthorization.ExchangeAsync(row.BaseUrl, app, code, redirect, browser.Verifier, cancellation);
        return await new NewConnection(row.Name, Crm, Account, "authorization", SalesforceCredentials.Of(app).With(grant).Write(), row.BaseUrl, row.IsReplacing)
            .StoreAsync(context, address => context.Clients.OpenSalesforce(row.Name, app, address, grant));
    }
}

/// <summary>An app on its way over Salesforce's page.</summary>
/// <param name="Verifier">Whose digest the page is asked with: the code is worth nothing without it.</param>
internal sealed record SalesforceBrowserApp(string ClientId, string? ClientSecret, string Verifier)
{
    /// <summary>Never a secret: it may end up in a log.</summary>
    public override string ToString() => $"app {ClientId}";
}
