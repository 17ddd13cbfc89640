using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Serving;

/// <summary>What leads a browser from the address that <c>connect</c> printed to the page of the CRM and back: known to the admin and the browser; the ledger knows its digest.</summary>
internal static class AuthorizationTicket
{
    /// <summary>How long an admin may take.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(30);

    public static (string Ticket, string Digest) New()
    {
        var ticket = Random();
        return (ticket, Digest(ticket));
    }

    /// <summary>Nobody guesses it.</summary>
    public static string Random() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static string Digest(string ticket) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ticket)));

    /// <summary>What the way back needs, to be kept encrypted.</summary>
    public static string Write<T>(T app) => JsonSerializer.Serialize(app, JsonText.Options);

    public static T Read<T>(string secrets) => JsonSerializer.Deserialize<T>(secrets, JsonText.Options) ?? throw new InvalidOperationException("an authorization without an app");

    /// <summary>Notes what an admin is to agree to in the browser, and says where that is: the end of every <c>connect</c> that needs it.</summary>
    /// <param name="console">Where the browser reaches <c>serve</c>.</param>
    /// <param name="whereRedirect">Where the app has to name the redirect URL, as a sentence begins.</param>
    public static async Task PrintAsync<T>(CommandContext context, string name, string crm, string? baseUrl, T app, bool isReplacing, string console, string whereRedirect)
    {
        var (ticket, digest) = New();
        var now = Instant.Now(TimeProvider.System);
        var row = new AuthorizationRow(digest, name, crm, baseUrl, context.Clients.Secrets.Protect(Write(app)), isReplacing, now + Life);
        await context.WriteAsync(async ledger =>
        {
            await ledger.Authorizations.AddAsync(row, now);
            return true;
        });
        var (address, redirect) = ($"{console}{AuthorizationPages.StartPath(crm)}/{ticket}", $"{console}{AuthorizationPages.CallbackPath(crm)}");
        if (context.IsJson)
        {
            context.Terminal.Json(new { connection = name, authorize = address, redirect_url = redirect, expires_at = row.ExpiresAt.ToString() });
        }
        else
        {
            context.Terminal.Result(address);
            context.Terminal.Say($"Open this address within {Life.TotalMinutes:0} minutes, while `serve` runs, as an administrator of its console. {whereRedirect} {redirect}.");
        }
    }
}
