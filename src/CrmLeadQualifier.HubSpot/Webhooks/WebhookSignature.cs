using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.HubSpot.Webhooks;

/// <summary>HubSpot's signature of a webhook, version 3: over the method, the address as HubSpot calls it, the body as it came and the time stamp.</summary>
public static class WebhookSignature
{
    public const string SignatureHeader = "X-HubSpot-Signature-v3";
    public const string TimestampHeader = "X-HubSpot-Request-Timestamp";

    /// <summary>One that is older, or as far ahead, may be somebody's recording.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    /// <param name="address">The public address that HubSpot was given, whatever a proxy made of it.</param>
    /// <param name="body">Byte by byte as it came.</param>
    /// <param name="timestamp">The header's text: milliseconds since 1970.</param>
    /// <param name="signature">The header's text.</param>
    public static bool IsValid(string clientSecret, string method, string address, ReadOnlySpan<byte> body, string? timestamp, string? signature, Instant now)
    {
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) || milliseconds > Instant.MaxValue.UnixMilliseconds
            || (now - new Instant(milliseconds)).Duration() > Window || string.IsNullOrEmpty(signature))
        {
            return false;
        }

        var given = new byte[HMACSHA256.HashSizeInBytes];
        return Convert.TryFromBase64String(signature, given, out var length) && length == given.Length
            && CryptographicOperations.FixedTimeEquals(Sign(clientSecret, method, address, body, timestamp), given);
    }

    public static byte[] Sign(string clientSecret, string method, string address, ReadOnlySpan<byte> body, string timestamp)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(clientSecret));
        hmac.AppendData(Encoding.UTF8.GetBytes(method + Uri.UnescapeDataString(address)));
        hmac.AppendData(body);
        hmac.AppendData(Encoding.UTF8.GetBytes(timestamp));
        return hmac.GetHashAndReset();
    }
}
