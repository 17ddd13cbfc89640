using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;

namespace CrmLeadQualifier.Salesforce.Authorization;

/// <summary>Says who wants a token, signed by the key whose certificate the app has (RFC 7523, RS256).</summary>
internal static partial class JwtAssertion
{
    /// <summary>No longer than Salesforce takes one; it is used at once.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(3);

    private static readonly string Header = Base64Url.EncodeToString("""{"alg":"RS256"}"""u8);

    /// <exception cref="FatalCrmException">The key is none.</exception>
    public static string Sign(SalesforceApp app, string audience, Instant now)
    {
        var claims = new Claims(app.ClientId, app.Username ?? "", audience, (now + Life).UnixMilliseconds / 1000);
        var signed = $"{Header}.{Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims, ClaimsJson.Default.Claims))}";
        using var key = RSA.Create();
        try
        {
            key.ImportFromPem(app.PrivateKey);
            var signature = key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            return $"{signed}.{Base64Url.EncodeToString(signature)}";
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or CryptographicException)
        {
            throw new FatalCrmException("The private key cannot be read.",
                "Give the RSA private key as PEM without a password (-----BEGIN PRIVATE KEY-----), the one whose certificate the External Client App has: connect salesforce --jwt-key FILE.");
        }
    }

    internal sealed record Claims(
        [property: JsonPropertyName("iss")] string Issuer,
        [property: JsonPropertyName("sub")] string Subject,
        [property: JsonPropertyName("aud")] string Audience,
        [property: JsonPropertyName("exp")] long ExpiresAt);

    [JsonSerializable(typeof(Claims))]
    private sealed partial class ClaimsJson : JsonSerializerContext;
}
