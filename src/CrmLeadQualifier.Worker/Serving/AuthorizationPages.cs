using System.Security.Cryptography;
using System.Text;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Worker.Accounts;
using CrmLeadQualifier.Worker.CommandLine;
using CrmLeadQualifier.Worker.Hosting;

namespace CrmLeadQualifier.Worker.Serving;

/// <summary>
/// Where an admin's browser begins and ends on its way over a CRM's page (OAuth, authorization code). The state that comes back must be the one that this browser was sent away
/// with, by a cookie of its own: a link that somebody else made connects nothing.
/// </summary>
internal static class AuthorizationPages
{
    private static readonly CrmAuthorization[] Crms = [new HubSpotAuthorizing(), new SalesforceAuthorizing()];

    private const string Cookie = "lead_qualifier_authorization";

    /// <param name="crm"><c>hubspot</c> or <c>salesforce</c>.</param>
    public static string StartPath(string crm) => $"/oauth/{crm}/start";

    public static string CallbackPath(string crm) => $"/oauth/{crm}/callback";

    public static void MapAuthorization(this IEndpointRouteBuilder web)
    {
        foreach (var crm in Crms)
        {
            web.MapGet(StartPath(crm.Crm) + "/{ticket}", (HttpContext http, string ticket, CommandContext context, ILedger ledger) => StartAsync(crm, http, ticket, context, ledger))
                .RequireAuthorization(Policies.Admin);
            web.MapGet(CallbackPath(crm.Crm), (HttpContext http, CommandContext context, ILedger ledger, LogFile log) => FinishAsync(crm, http, context, ledger, log))
                .RequireAuthorization(Policies.Admin);
        }
    }

    private static async Task<IResult> StartAsync(CrmAuthorization crm, HttpContext http, string ticket, CommandContext context, ILedger ledger)
    {
        if (await FindAsync(crm, ledger, ticket, http.RequestAborted) is not { } row)
        {
            return Say(StatusCodes.Status404NotFound, $"This address is used up or has expired. Run connect {crm.Crm} again; it prints a new one.");
        }

        var state = AuthorizationTicket.Random();
        http.Response.Cookies.Append(Cookie, $"{ticket}.{state}", new CookieOptions
        {
            HttpOnly = true,
            IsEssential = true,
            MaxAge = AuthorizationTicket.Life,
            Path = CookiePath(crm),
            // The CRM's page leads back by a link: Lax lets the cookie come along, and nothing else.
            SameSite = SameSiteMode.Lax,
            Secure = http.Request.IsHttps || PublicAddress.Of(context.Configuration)?.StartsWith("https:", StringComparison.Ordinal) == true,
        });
        return Results.Redirect(crm.Page(row, Secrets(context, row), Redirect(crm, http, context), state));
    }

    private static async Task<IResult> FinishAsync(CrmAuthorization crm, HttpContext http, CommandContext context, ILedger ledger, LogFile log)
    {
        var sent = http.Request.Cookies[Cookie]?.Split('.');
        http.Response.Cookies.Delete(Cookie, new CookieOptions { Path = CookiePath(crm) });
        if (sent is not [var ticket, var state] || !IsSame(state, http.Request.Query["state"].ToString()))
        {
            return Say(StatusCodes.Status400BadRequest, $"This answer does not belong to a question of this browser. Open the address that connect {crm.Crm} printed, and agree there.");
        }

        if (http.Request.Query["code"].ToString() is not { Length: > 0 } code)
        {
            return Say(StatusCodes.Status400BadRequest, $"{crm.Title} gave no authorization: it was declined, or {crm.WhyDeclined}; open the printed address again.");
        }

        if (await FindAsync(crm, ledger, ticket, http.RequestAborted) is not { } row || !await UseAsync(ledger, row, http.RequestAborted))
        {
            return Say(StatusCodes.Status404NotFound, $"This authorization is used up or has expired. Run connect {crm.Crm} again.");
        }

        try
        {
            var connection = await crm.ConnectAsync(context, row, Secrets(context, row), code, Redirect(crm, http, context), http.RequestAborted);
            return Say(StatusCodes.Status200OK, $"Connection {connection.Name}: {crm.Title} {crm.Account} {connection.AccountId}. This page can be closed. Next: check {connection.Name}, then provision {connection.Name}.");
        }
        catch (FatalCrmException fatal)
        {
            log.Write("connect", $"refused: {fatal.Message}");
            return Say(StatusCodes.Status400BadRequest, fatal.WithAdvice);
        }
        catch (Exception refused) when (refused is CrmException or UsageException)
        {
            log.Write("connect", refused.Message);
            return Say(StatusCodes.Status400BadRequest, $"{refused.Message} Run connect {crm.Crm} again.");
        }
    }

    /// <summary>One of this CRM: an address of another one's leads nowhere.</summary>
    private static async Task<AuthorizationRow?> FindAsync(CrmAuthorization crm, ILedger ledger, string ticket, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginReadAsync(cancellation);
        return await transaction.Authorizations.FindAsync(AuthorizationTicket.Digest(ticket), Instant.Now(TimeProvider.System)) is { } row && row.Crm == crm.Crm ? row : null;
    }

    private static string Secrets(CommandContext context, AuthorizationRow row) => context.Clients.Secrets.Unprotect(row.Secrets, row.Name, row.Crm);

    private static string CookiePath(CrmAuthorization crm) => $"/oauth/{crm.Crm}";

    private static async Task<bool> UseAsync(ILedger ledger, AuthorizationRow row, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginAsync(null, cancellation);
        var isFirst = await transaction.Authorizations.DeleteAsync(row.Ticket);
        await transaction.CommitAsync(cancellation);
        return isFirst;
    }

    private static string Redirect(CrmAuthorization crm, HttpContext http, CommandContext context) =>
        (PublicAddress.Of(context.Configuration) ?? $"{http.Request.Scheme}://{http.Request.Host}") + CallbackPath(crm.Crm);

    private static bool IsSame(string a, string b) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b));

    private static IResult Say(int status, string sentence) => Results.Text(sentence + "\n", "text/plain", Encoding.UTF8, status);
}
