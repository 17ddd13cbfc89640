using System.Security.Cryptography;
using System.Text;
using System.Buffers.Text;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Http;
using Refit;

namespace CrmLeadQualifier.Salesforce.Authorization;

/// <summary>Salesforce's OAuth: tokens by an app's secret, by a key, by the code of a page on which a user agreed, and by a refresh token.</summary>
public sealed class SalesforceAuthorization
{
    /// <summary>The API, and a token that outlasts the visit.</summary>
    private const string Scopes = "api refresh_token";

    private const int Attempts = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Func<HttpClient> _newClient;
    private readonly TimeProvider _clock;
    private readonly RefitSettings _settings = new(new SalesforceJsonSerializer());
    private long _sent;

    public SalesforceAuthorization(Func<HttpClient> newClient, TimeProvider clock)
    {
        _newClient = newClient;
        _clock = clock;
    }

    /// <summary>Requests for tokens so far.</summary>
    internal long Sent => Interlocked.Read(ref _sent);

    /// <summary>What the browser's way is opened and closed with (PKCE): whoever got hold of the code alone gets nothing for it.</summary>
    public static string NewVerifier() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>The page to send the admin's browser to.</summary>
    /// <param name="redirect">Where Salesforce sends the browser afterwards; the app knows it.</param>
    /// <exception cref="FatalCrmException">The login address is none.</exception>
    public static string Address(string? loginUrl, string clientId, string redirect, string state, string verifier)
    {
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        return $"{LoginAddress.Parse(loginUrl).GetLeftPart(UriPartial.Authority)}/services/oauth2/authorize?response_type=code&client_id={Uri.EscapeDataString(clientId)}"
            + $"&redirect_uri={Uri.EscapeDataString(redirect)}&scope={Uri.EscapeDataString(Scopes)}&state={Uri.EscapeDataString(state)}"
            + $"&code_challenge={challenge}&code_challenge_method=S256";
    }

    /// <param name="redirect">The same as the page was asked with.</param>
    /// <exception cref="FatalCrmException">The code is used up or wrong, the app is, or it gives no refresh token.</exception>
    public async Task<SalesforceGrant> ExchangeAsync(string? loginUrl, SalesforceApp app, string code, string redirect, string verifier, CancellationToken cancellation)
    {
        var grant = await AskAsync(loginUrl, TokenFlow.Code, Form(app, "authorization_code", ("code", code), ("redirect_uri", redirect), ("code_verifier", verifier)), cancellation).ConfigureAwait(false);
        return grant.RefreshToken is not null ? grant : throw new FatalCrmException("Salesforce gave no refresh token.",
            "Let the External Client App have the scope 'Perform requests at any time (refresh_token, offline_access)', then run connect salesforce --browser again.");
    }

    /// <summary>A token by whatever the app is let in with.</summary>
    /// <exception cref="FatalCrmException">Salesforce takes it no more, or never did.</exception>
    public Task<SalesforceGrant> RequestAsync(string? loginUrl, SalesforceApp app, CancellationToken cancellation)
    {
        var login = LoginAddress.Parse(loginUrl);
        return app switch
        {
            { RefreshToken: { } refresh } => AskAsync(loginUrl, TokenFlow.Refresh, Form(app, "refresh_token", ("refresh_token", refresh)), cancellation),
            { PrivateKey: not null } => AskAsync(
                loginUrl, TokenFlow.Jwt,
                new Dictionary<string, string>
                {
                    ["grant_type"] = "urn:ietf:params:oauth:grant-type:jwt-bearer",
                    ["assertion"] = JwtAssertion.Sign(app, LoginAddress.Audience(login), Instant.Now(_clock)),
                },
                cancellation),
            _ when LoginAddress.IsShared(login) => throw new FatalCrmException($"{login.Host} gives no token for an app's secret alone.",
                "Give the org's My Domain, like https://NAME.my.salesforce.com (of a sandbox org https://NAME--SANDBOX.sandbox.my.salesforce.com): connect salesforce --login-url."),
            _ => AskAsync(loginUrl, TokenFlow.Secret, Form(app, "client_credentials"), cancellation),
        };
    }

    private static Dictionary<string, string> Form(SalesforceApp app, string grantType, params (string Name, string Value)[] more)
    {
        var form = new Dictionary<string, string> { ["grant_type"] = grantType, ["client_id"] = app.ClientId };
        if (app.ClientSecret is { } secret)
        {
            form["client_secret"] = secret;
        }

        foreach (var (name, value) in more)
        {
            form[name] = value;
        }

        return form;
    }

    private async Task<SalesforceGrant> AskAsync(string? loginUrl, TokenFlow flow, Dictionary<string, string> form, CancellationToken cancellation)
    {
        using var client = _newClient();
        client.BaseAddress = LoginAddress.Parse(loginUrl);
        client.Timeout = Patience;
        SignIn.TellWhoWeAre(client);
        var tokens = RestService.For<ISalesforceTokens>(client, _settings);
        for (var attempt = 1; ; attempt++)
        {
            Interlocked.Increment(ref _sent);
            using var response = await Attempt.SendAsync(t => tokens.GetTokenAsync(form, t), cancellation).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            if (response is { IsSuccessful: true, Content: { AccessToken: { Length: > 0 } token } answer })
            {
                var (org, user) = Identity(answer.Id);
                return new SalesforceGrant(token, answer.InstanceUrl, org, user, string.IsNullOrEmpty(answer.RefreshToken) ? null : answer.RefreshToken);
            }

            var failure = SalesforceErrors.OfToken(Attempt.Explain(response), flow);
            // A code serves once: whether a lost answer had used it up, a second try would only hide.
            if (failure.RetryIn is not { } wait || attempt == Attempts || flow == TokenFlow.Code)
            {
                throw failure.Exception;
            }

            await Task.Delay(wait * (1 << (attempt - 1)), _clock, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Of <c>https://HOST/id/ORG/USER</c>.</summary>
    private static (string? Org, string? User) Identity(string? identity) =>
        Uri.TryCreate(identity, UriKind.Absolute, out var uri) && uri.Segments is [.., var org, var user] && SalesforceId.IsId(org.TrimEnd('/')) && SalesforceId.IsId(user)
            ? (SalesforceId.To18(org.TrimEnd('/')), SalesforceId.To18(user))
            : (null, null);
}
