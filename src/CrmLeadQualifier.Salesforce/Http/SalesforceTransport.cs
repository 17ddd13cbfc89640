using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Budget;
using CrmLeadQualifier.Salesforce.Api;
using Refit;

namespace CrmLeadQualifier.Salesforce.Http;

/// <param name="Date">Salesforce's clock when it answered.</param>
internal sealed record Answer<T>(T Body, Instant Date);

/// <summary>Sends one request with a session's token.</summary>
internal delegate Task<ApiResponse<T>> Send<T>(ISalesforceApi api, string token, CancellationToken cancellation)
    where T : class;

/// <summary>Every request goes through here: the token before, the limits and errors after, and the attempts that are safe.</summary>
internal sealed partial class SalesforceTransport : IDisposable
{
    private const int Attempts = 5;

    // A longer wait is the caller's: a run does other things meanwhile.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    private readonly SignIn _signIn;
    private readonly TimeProvider _clock;
    private readonly CallGate _gate;
    private long _sent;
    private long _refused;

    public SalesforceTransport(SalesforceConnection connection, Func<HttpClient> newClient, TimeProvider clock)
    {
        _clock = clock;
        _gate = new CallGate(connection.Budget ?? new ProcessBudget(clock), clock, connection.MaxRequestsInFlight, connection.ShareOfDay);
        _signIn = new SignIn(connection, newClient, clock);
        Paths = new SalesforcePaths(connection.ApiVersion);
    }

    public SalesforcePaths Paths { get; }

    public CallCounts Calls => new(Interlocked.Read(ref _sent) + _signIn.Sent, Interlocked.Read(ref _refused));

    /// <summary>As the last answer told; null: none did.</summary>
    public ApiUsage? Usage { get; private set; }

    /// <summary>What the org told of its calls of the last 24 hours.</summary>
    public void Observe(long used, long allowed)
    {
        Usage = new ApiUsage(used, allowed);
        _gate.Observe(used, allowed);
    }

    /// <summary>Our integration user; null: the token did not name it.</summary>
    public async Task<string?> GetUserIdAsync(CancellationToken cancellation) => (await _signIn.GetAsync(null, cancellation).ConfigureAwait(false)).UserId;

    /// <summary>Null where Salesforce has no such thing (404).</summary>
    public async Task<Answer<T>?> FindAsync<T>(CallContext call, Send<T> send, CancellationToken cancellation)
        where T : class
    {
        using var response = await SendAsync(call, send, isFind: true, cancellation).ConfigureAwait(false);
        return response is null ? null : new Answer<T>(response.Content!, DateOf(response));
    }

    public async Task<Answer<T>> CallAsync<T>(CallContext call, Send<T> send, CancellationToken cancellation)
        where T : class
    {
        using var response = (await SendAsync(call, send, isFind: false, cancellation).ConfigureAwait(false))!;
        return new Answer<T>(response.Content!, DateOf(response));
    }

    /// <summary>An answer whose body is read by the caller as it comes in; the caller disposes it.</summary>
    public async Task<ApiResponse<Stream>> OpenAsync(CallContext call, Send<Stream> send, CancellationToken cancellation) =>
        (await SendAsync(call, send, isFind: false, cancellation).ConfigureAwait(false))!;

    /// <summary>Salesforce's clock when it answered.</summary>
    public Instant DateOf<T>(ApiResponse<T> response) => response.Headers?.Date is { } date ? Instant.From(date) : Instant.Now(_clock);

    /// <summary>Waits within a call: a little longer or shorter each time, so that two that met do not meet again.</summary>
    public Task PauseAsync(TimeSpan span, CancellationToken cancellation)
    {
        var jitter = _clock.GetTimestamp() % 1000 / 1000.0;
        return Task.Delay(span * (0.75 + jitter / 2), _clock, cancellation);
    }

    public void Dispose()
    {
        _signIn.Dispose();
        _gate.Dispose();
    }

    /// <summary>The successful answer, which the caller disposes; null: there is no such thing (404).</summary>
    private async Task<ApiResponse<T>?> SendAsync<T>(CallContext call, Send<T> send, bool isFind, CancellationToken cancellation)
        where T : class
    {
        Session? refused = null;
        for (var attempt = 1; ; attempt++)
        {
            var session = await _signIn.GetAsync(refused, cancellation).ConfigureAwait(false);
            FailedAnswer failed;
            ApiResponse<T>? response = null;
            await _gate.EnterAsync(call, cancellation).ConfigureAwait(false);
            try
            {
                Interlocked.Increment(ref _sent);
                response = await Attempt.SendAsync(t => send(session.Api, session.Token, t), cancellation).ConfigureAwait(false);
                cancellation.ThrowIfCancellationRequested();
                if (response is { IsReceived: true, Headers: { } headers })
                {
                    Observe(headers);
                }

                if (response is { IsSuccessful: true, Content: not null })
                {
                    var successful = response;
                    response = null;
                    return successful;
                }

                if (isFind && response.IsReceived && response.StatusCode == HttpStatusCode.NotFound)
                {
                    return null;
                }

                failed = Attempt.Explain(response);
            }
            finally
            {
                response?.Dispose();
                _gate.Leave();
            }

            if (failed.Status is 401 or 403 or 420 or 429)
            {
                Interlocked.Increment(ref _refused);
            }

            var failure = SalesforceErrors.Of(call, failed);
            if (failure.IsCrowded)
            {
                _gate.Narrow();
            }

            if (failure.RenewsToken && refused is null)
            {
                refused = session;
                continue;
            }

            if (failure.RetryIn is not { } wait || wait > LongestWait || attempt >= Attempts)
            {
                throw failure.Exception;
            }

            // What lasts is left more time each turn.
            await PauseAsync(wait * (1 << (attempt - 1)), cancellation).ConfigureAwait(false);
        }
    }

    private void Observe(HttpResponseHeaders headers)
    {
        // The app's own share may stand behind the org's.
        if (headers.TryGetValues("Sforce-Limit-Info", out var values) && UsageOfOrg().Match(string.Join("; ", values)) is { Success: true } match
            && long.TryParse(match.Groups["used"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var used)
            && long.TryParse(match.Groups["allowed"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var allowed))
        {
            Observe(used, allowed);
        }
    }

    [GeneratedRegex(@"(?<![\w-])api-usage=(?<used>\d+)/(?<allowed>\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex UsageOfOrg();
}
