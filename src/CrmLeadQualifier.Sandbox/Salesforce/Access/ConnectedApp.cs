using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Access;

/// <summary>
/// The External Client App that an admin made for the client: consumer key and secret, the certificate that checks its assertions, and whether the
/// integration user is approved for it.
/// </summary>
internal sealed class ConnectedApp(Org org, string clientId, string clientSecret)
{
    private static readonly string[] Audiences = ["https://login.salesforce.com", "https://test.salesforce.com"];
    private RSA? _key;

    public string ClientId => clientId;

    /// <summary>Whether the user is pre-authorised; without, every assertion is refused.</summary>
    public bool Approved { get; set; } = true;

    /// <summary>Uploads a certificate, or a public key, in PEM.</summary>
    public void SetCertificate(string pem)
    {
        if (pem.Contains("BEGIN CERTIFICATE", StringComparison.Ordinal))
        {
            using var certificate = X509Certificate2.CreateFromPem(pem);
            _key = certificate.GetRSAPublicKey() ?? throw new CryptographicException("The certificate has no RSA key.");
            return;
        }
        var key = RSA.Create();
        key.ImportFromPem(pem);
        _key = key;
    }

    public void CheckClient(string? id, string? secret)
    {
        if (id != clientId)
            throw SalesforceRefusal.OAuth("invalid_client_id", "client identifier invalid");
        if (secret != clientSecret)
            throw SalesforceRefusal.OAuth("invalid_client", "invalid client credentials");
    }

    /// <summary>An assertion of the JWT bearer flow: RS256, of the app, for the user, for this org, and not ended.</summary>
    /// <param name="assertion">header.payload.signature.</param>
    /// <param name="baseUrl">The org's own address, an audience too.</param>
    /// <param name="now">The instant.</param>
    public void CheckAssertion(string? assertion, string baseUrl, long now)
    {
        if (assertion?.Split('.') is not [var header, var payload, var signature] || Json(header) is not { } head || Json(payload) is not { } claims
            || Decode(signature) is not { } signed)
            throw Invalid("invalid assertion");
        if (Text(head, "alg") != "RS256")
            throw Invalid("algorithm not supported");
        if (Text(claims, "iss") != clientId)
            throw SalesforceRefusal.OAuth("invalid_client_id", "client identifier invalid");
        if (_key is null || !_key.VerifyData(Encoding.ASCII.GetBytes($"{header}.{payload}"), signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
            throw Invalid("invalid assertion");
        var audience = Text(claims, "aud")?.TrimEnd('/');
        if (audience != baseUrl && !Audiences.Contains(audience))
            throw Invalid("audience is invalid");
        // Seconds, as the standard says; a client of Salesforce's own sends milliseconds.
        if (!claims.TryGetProperty("exp", out var ends) || ends.ValueKind != JsonValueKind.Number || !ends.TryGetDouble(out var end) || end * 1_000 <= now)
            throw Invalid("expired assertion");
        if (!Approved || !string.Equals(Text(claims, "sub"), org.Users.Integration.Text("Username"), StringComparison.OrdinalIgnoreCase))
            throw Invalid("user hasn't approved this consumer");
    }

    private static SalesforceRefusal Invalid(string description) => SalesforceRefusal.OAuth("invalid_grant", description);

    private static string? Text(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonElement? Json(string part)
    {
        if (Decode(part) is not { } bytes)
            return null;
        try
        {
            var root = JsonDocument.Parse(bytes).RootElement;
            return root.ValueKind == JsonValueKind.Object ? root : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[]? Decode(string part)
    {
        var text = part.Replace('-', '+').Replace('_', '/');
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), bytes, out var length) ? bytes[..length] : null;
    }
}
