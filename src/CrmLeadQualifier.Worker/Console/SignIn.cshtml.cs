using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Worker.Accounts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace CrmLeadQualifier.Worker.ConsolePages;

/// <summary>One answer for an unknown account, a disabled one and a wrong password.</summary>
[AllowAnonymous]
internal sealed class SignInModel(ILedger ledger, SignInThrottle throttle) : PageModel
{
    [BindProperty(SupportsGet = true, Name = "ReturnUrl")]
    public string? ReturnUrl { get; set; }

    [BindProperty(Name = "name")]
    public string? Name { get; set; }

    [BindProperty(Name = "password")]
    public string? Password { get; set; }

    public string? Problem { get; private set; }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        var name = (Name ?? "").Trim();
        if (!throttle.Allows($"{HttpContext.Connection.RemoteIpAddress}", name))
        {
            Response.StatusCode = StatusCodes.Status429TooManyRequests;
            Response.Headers.RetryAfter = "15";
            Problem = "Too many attempts. Wait a quarter of a minute and try again.";
            return Page();
        }

        await using var transaction = await ledger.BeginReadAsync(cancellation);
        var account = await transaction.Accounts.FindAsync(name);
        if (!Passwords.Fits(account, Password ?? ""))
        {
            Response.StatusCode = StatusCodes.Status401Unauthorized;
            Problem = "There is no such account, or that is not its password.";
            return Page();
        }

        await Sessions.SignInAsync(HttpContext, account!);
        return LocalRedirect(Url.IsLocalUrl(ReturnUrl) ? ReturnUrl! : "/");
    }
}
