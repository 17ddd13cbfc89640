using System.Net;
using System.Net.Http.Headers;
using CrmLeadQualifier.HubSpot.Authorization;

namespace CrmLeadQualifier.HubSpot.Http;

/// <summary>
/// Puts the access token of the moment on every request. One that HubSpot refuses (401) is exchanged for another, and the request is sent once more; a second 401 is the caller's. A
/// request that was refused for its token was not carried out, so a write may be sent again too.
/// </summary>
internal sealed class AccessTokenHandler(GiveAccessToken give, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var token = await give(null, cancellationToken).ConfigureAwait(false);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (request.Content is { } content)
        {
            await content.LoadIntoBufferAsync(cancellationToken).ConfigureAwait(false);
        }

        var answer = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (answer.StatusCode != HttpStatusCode.Unauthorized)
        {
            return answer;
        }

        answer.Dispose();
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await give(token, cancellationToken).ConfigureAwait(false));
        return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }
}
