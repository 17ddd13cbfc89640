using System.Text.Json;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.HubSpot.Api;

namespace CrmLeadQualifier.HubSpot.Authorization;

/// <summary>HubSpot's OAuth: the page on which an admin agrees, and what its code and a refresh token are changed for.</summary>
public sealed class HubSpotAuthorization(HttpClient client)
{
    private const string AuthorizePage = "https://app.hubspot.com/oauth/authorize";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    /// <summary>The page to send the admin's browser to.</summary>
    /// <param name="baseUrl">Null: HubSpot's own; else where HubSpot is emulated, which has the page under its own address.</param>
    /// <param name="redirect">Where HubSpot sends the browser afterwards; the app knows it.</param>
    public static string Address(string? baseUrl, string clientId, string redirect, string state)
    {
        var page = baseUrl is null ? AuthorizePage : baseUrl.TrimEnd('/') + "/oauth/authorize";
        var needed = HubSpotScopes.All.Where(scope => scope.Use == ScopeUse.Daily).Select(scope => scope.Name).Prepend(HubSpotScopes.OfEveryApp);
        var optional = HubSpotScopes.All.Where(scope => scope.Use != ScopeUse.Daily).Select(scope => scope.Name);
        return $"{page}?client_id={Uri.EscapeDataString(clientId)}&redirect_uri={Uri.EscapeDataString(redirect)}&scope={Uri.EscapeDataString(string.Join(' ', needed))}"
            + $"&optional_scope={Uri.EscapeDataString(string.Join(' ', optional))}&state={Uri.EscapeDataString(state)}";
    }

    /// <param name="redirect">The same as the page was asked with.</param>
    /// <exception cref="FatalCrmException">The code is used up or wrong, or the app's id or secret is.</exception>
    public Task<HubSpotGrant> ExchangeAsync(string? baseUrl, HubSpotApp app, string code, string redirect, CancellationToken cancellation) =>
        AskAsync(baseUrl, [new("grant_type", "authorization_code"), new("code", code), new("redirect_uri", redirect)], app, null, cancellation);

    /// <exception cref="FatalCrmException">HubSpot takes the refresh token no more: the app was removed from the portal, or its authorization withdrawn.</exception>
    public Task<HubSpotGrant> RefreshAsync(string? baseUrl, HubSpotApp app, string refreshToken, CancellationToken cancellation) =>
        AskAsync(baseUrl, [new("grant_type", "refresh_token"), new("refresh_token", refreshToken)], app, refreshToken, cancellation);

    private async Task<HubSpotGrant> AskAsync(
        string? baseUrl, IEnumerable<KeyValuePair<string, string>> form, HubSpotApp app, string? present, CancellationToken cancellation)
    {
        var address = $"{(baseUrl ?? HubSpotConnection.DefaultBaseUrl).TrimEnd('/')}/{new HubSpotPaths(new HubSpotApiVersions()).Token}";
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Timeout);
        try
        {
            using var request = new FormUrlEncodedContent([.. form, new("client_id", app.ClientId), new("client_secret", app.ClientSecret)]);
            using var answer = await client.PostAsync(new Uri(address), request, patience.Token).ConfigureAwait(false);
            var body = await answer.Content.ReadAsByteArrayAsync(patience.Token).ConfigureAwait(false);
            return answer.IsSuccessStatusCode ? Read(body, present) : throw Refusal(answer, body, present is not null);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            throw new RetriableCrmException("HubSpot could not be reached for an access token.", TimeSpan.Zero, fault);
        }
    }

    private static HubSpotGrant Read(byte[] body, string? present)
    {
        var token = Parse(body);
        return token is { AccessToken: { Length: > 0 } access } && (token.RefreshToken ?? present) is { Length: > 0 } refresh
            ? new HubSpotGrant(access, refresh, TimeSpan.FromSeconds(token.ExpiresIn ?? 1800), token.HubId, [.. (token.Scopes ?? []).OfType<string>()])
            : throw new RetriableCrmException("HubSpot's answer for an access token could not be read.", TimeSpan.Zero);
    }

    /// <summary>Its words are left out: they may repeat a token.</summary>
    private static CrmException Refusal(HttpResponseMessage answer, byte[] body, bool isRefresh)
    {
        var status = (int)answer.StatusCode;
        if (status is 429 or >= 500)
        {
            return new RetriableCrmException($"HubSpot gives no access token now ({status}).", answer.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1));
        }

        var error = Parse(body);
        if (error?.Error == "invalid_client" || error?.Status is "BAD_CLIENT_ID" or "BAD_CLIENT_SECRET")
        {
            return new FatalCrmException($"HubSpot does not know the app ({status} {error.Error ?? error.Status}).",
                "Copy the client id and the client secret again from the app's Auth tab, then connect hubspot --client-id … --replace.");
        }

        return isRefresh
            ? new FatalCrmException($"HubSpot takes the authorization no more ({status} {error?.Status ?? error?.Error}).",
                "The app was removed from the portal, or its secret changed: authorize it again, connect hubspot --client-id … --replace.")
            : new FatalCrmException($"HubSpot does not take the authorization's code ({status} {error?.Status ?? error?.Error}).",
                "Check that the app's redirect URL is the one that connect hubspot printed, then open the printed address again.");
    }

    private static TokenAnswer? Parse(byte[] body)
    {
        try
        {
            return HubSpotJsonSerializer.Read<TokenAnswer>(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
