using System.Security.Cryptography;
using System.Text;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.HubSpot.Authorization;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Worker.Accounts;
using CrmLeadQualifier.Worker.CommandLine;
using CrmLeadQualifier.Worker.Commands.Connections;
using CrmLeadQualifier.Worker.Hosting;

namespace CrmLeadQualifier.Worker.Serving;

/// <summary>
/// Where an admin's browser begins and ends on its way over HubSpot's page (OAuth, authorization code). The state that comes back must be the one that this browser was sent away
/// with, by a cookie of its own: a link that somebody else made connects nothing.
/// </summary>
internal static class HubSpotAuthorizationPages
{
    public const string StartPath = "/oauth/hubspot/start";
    public const string CallbackPath = "/oauth/hubspot/callback";

    private const string Cookie = "lead_qualifier_authorization";

    public static void MapHubSpotAuthorization(this IEndpointRouteBuilder web)
    {
        web.MapGet(StartPath + "/{ticket}", StartAsync).RequireAuthorization(Policies.Admin);
        web.MapGet(CallbackPath, FinishAsync).RequireAuthorization(Policies.Admin);
    }

    private static async Task<IResult> StartAsync(HttpContext http, string ticket, CommandContext context, ILedger ledger)
    {
        if (await FindAsync(ledger, ticket, http.RequestAborted) is not { } row)
        {
            return Say(StatusCodes.Status404NotFound, "This address is used up or has expired. Run connect hubspot again; it prints a new one.");
        }

        var state = AuthorizationTicket.Random();
        http.Response.Cookies.Append(Cookie, $"{ticket}.{state}", new CookieOptions
        {
            HttpOnly = true,
            IsEssential = true,
            MaxAge = AuthorizationTicket.Life,
            Path = "/oauth/hubspot",
            // HubSpot's page leads back by a link: Lax lets the cookie come along, and nothing else.
            SameSite = SameSiteMode.Lax,
            Secure = http.Request.IsHttps || PublicAddress.Of(context.Configuration)?.StartsWith("https:", StringComparison.Ordinal) == true,
        });
        var app = AuthorizationTicket.Read(context.Clients.Secrets.Unprotect(row.Secrets, row.Name));
        return Results.Redirect(HubSpotAuthorization.Address(row.BaseUrl, app.ClientId, Redirect(http, context), state));
    }

    private static async Task<IResult> FinishAsync(HttpContext http, CommandContext context, ILedger ledger, LogFile log)
    {
        var sent = http.Request.Cookies[Cookie]?.Split('.');
        http.Response.Cookies.Delete(Cookie, new CookieOptions { Path = "/oauth/hubspot" });
        if (sent is not [var ticket, var state] || !IsSame(state, http.Request.Query["state"].ToString()))
        {
            return Say(StatusCodes.Status400BadRequest, "This answer does not belong to a question of this browser. Open the address that connect hubspot printed, and agree there.");
        }

        if (http.Request.Query["code"].ToString() is not { Length: > 0 } code)
        {
            return Say(StatusCodes.Status400BadRequest, "HubSpot gave no authorization: it was declined, or the user may not install apps. A super admin of the portal may; open the printed address again.");
        }

        if (await FindAsync(ledger, ticket, http.RequestAborted) is not { } row || !await UseAsync(ledger, row, http.RequestAborted))
        {
            return Say(StatusCodes.Status404NotFound, "This authorization is used up or has expired. Run connect hubspot again.");
        }

        try
        {
            var connection = await ConnectAsync(context, row, code, Redirect(http, context), http.RequestAborted);
            return Say(StatusCodes.Status200OK, $"Connection {connection.Name}: HubSpot portal {connection.AccountId}. This page can be closed. Next: check {connection.Name}, then provision {connection.Name}.");
        }
        catch (FatalCrmException fatal)
        {
            log.Write("connect", $"refused: {fatal.Message}");
            return Say(StatusCodes.Status400BadRequest, fatal.WithAdvice);
        }
        catch (Exception refused) when (refused is CrmException or UsageException)
        {
            log.Write("connect", refused.Message);
            return Say(StatusCodes.Status400BadRequest, $"{refused.Message} Run connect hubspot again.");
        }
    }

    private static async Task<ConnectionRow> ConnectAsync(CommandContext context, AuthorizationRow row, string code, string redirect, CancellationToken cancellation)
    {
        var app = AuthorizationTicket.Read(context.Clients.Secrets.Unprotect(row.Secrets, row.Name));
        var grant = await context.Clients.Authorization.ExchangeAsync(row.BaseUrl, app, code, redirect, cancellation);
        var credentials = HubSpotCredentials.Of(app, grant, Instant.Now(TimeProvider.System), []);
        return await new NewConnection(row.Name, CrmWords.HubSpot, "portal", "authorization", credentials.Write(), row.BaseUrl, row.IsReplacing)
            .StoreAsync(context, address => context.Clients.OpenHubSpot(row.Name, grant.AccessToken, address, null));
    }

    private static async Task<AuthorizationRow?> FindAsync(ILedger ledger, string ticket, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginReadAsync(cancellation);
        return await transaction.Authorizations.FindAsync(AuthorizationTicket.Digest(ticket), Instant.Now(TimeProvider.System));
    }

    private static async Task<bool> UseAsync(ILedger ledger, AuthorizationRow row, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginAsync(null, cancellation);
        var isFirst = await transaction.Authorizations.DeleteAsync(row.Ticket);
        await transaction.CommitAsync(cancellation);
        return isFirst;
    }

    private static string Redirect(HttpContext http, CommandContext context) =>
        (PublicAddress.Of(context.Configuration) ?? $"{http.Request.Scheme}://{http.Request.Host}") + CallbackPath;

    private static bool IsSame(string a, string b) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b));

    private static IResult Say(int status, string sentence) => Results.Text(sentence + "\n", "text/plain", Encoding.UTF8, status);
}
