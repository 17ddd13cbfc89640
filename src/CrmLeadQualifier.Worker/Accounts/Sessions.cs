using System.Security.Claims;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using MediaType = Microsoft.Net.Http.Headers.MediaTypeHeaderValue;

namespace CrmLeadQualifier.Worker.Accounts;

/// <summary>Who is signed in: an encrypted cookie, held against the account at every request, so that a disabled one is out at once.</summary>
internal static class Sessions
{
    public const string SignInPath = "/sign-in";

    private const string StampClaim = "stamp";
    private static readonly MediaType TextHtml = new("text/html");
    private static readonly TimeSpan Life = TimeSpan.FromHours(8);

    public static IServiceCollection AddSessions(this IServiceCollection services)
    {
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(cookie =>
        {
            cookie.Cookie.Name = "lead_qualifier_session";
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            cookie.ExpireTimeSpan = Life;
            cookie.SlidingExpiration = true;
            cookie.LoginPath = SignInPath;
            cookie.AccessDeniedPath = "/denied";
            cookie.Events.OnValidatePrincipal = ValidateAsync;
            cookie.Events.OnRedirectToLogin = context => RedirectReaders(context, StatusCodes.Status401Unauthorized);
            cookie.Events.OnRedirectToAccessDenied = context => RedirectReaders(context, StatusCodes.Status403Forbidden);
        });
        services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build())
            .AddPolicy(Policies.SignedIn, policy => policy.RequireAuthenticatedUser())
            .AddPolicy(Policies.Admin, policy => policy.RequireRole(Roles.Admin));
        return services;
    }

    public static Task SignInAsync(HttpContext context, AccountRow account) => context.SignInAsync(
        CookieAuthenticationDefaults.AuthenticationScheme,
        new ClaimsPrincipal(new ClaimsIdentity(
            [new Claim(ClaimTypes.Name, account.Name), new Claim(ClaimTypes.Role, account.Role), new Claim(StampClaim, account.Stamp)],
            CookieAuthenticationDefaults.AuthenticationScheme)));

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var ledger = context.HttpContext.RequestServices.GetRequiredService<ILedger>();
        await using var transaction = await ledger.BeginReadAsync(context.HttpContext.RequestAborted);
        var account = context.Principal?.Identity?.Name is { } name ? await transaction.Accounts.FindAsync(name) : null;
        if (account is not { IsDisabled: false } || context.Principal is not { } principal || account.Stamp != principal.FindFirstValue(StampClaim) || !principal.IsInRole(account.Role))
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        }
    }

    /// <summary>A person who reads a page is led to the sign-in; a program, and whatever would change something, is answered with a status.</summary>
    private static Task RedirectReaders(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (HttpMethods.IsGet(context.Request.Method) && context.Request.GetTypedHeaders().Accept.Any(accept => accept.IsSubsetOf(TextHtml)))
        {
            context.Response.Redirect(context.RedirectUri);
        }
        else
        {
            context.Response.StatusCode = status;
        }

        return Task.CompletedTask;
    }
}
