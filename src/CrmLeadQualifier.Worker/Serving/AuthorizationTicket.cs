using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CrmLeadQualifier.HubSpot.Authorization;
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

    public static string Write(HubSpotApp app) => JsonSerializer.Serialize(app, JsonText.Options);

    public static HubSpotApp Read(string secrets) => JsonSerializer.Deserialize<HubSpotApp>(secrets, JsonText.Options) ?? throw new InvalidOperationException("an authorization without an app");
}
