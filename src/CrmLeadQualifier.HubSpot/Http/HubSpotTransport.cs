using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Budget;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.HubSpot.Api;
using Refit;

namespace CrmLeadQualifier.HubSpot.Http;

/// <param name="Date">HubSpot's clock when it answered.</param>
/// <param name="Body">Null only where a 404 is an answer.</param>
internal sealed record Answer<T>(T Body, Instant Date);

/// <summary>Every request goes through here: the gate before, the headers and errors after, and the attempts that are safe.</summary>
internal sealed class HubSpotTransport : IDisposable
{
    private const int Attempts = 5;

    // A longer wait is the caller's: a run does other things meanwhile.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly HttpClient _client;
    private readonly TimeProvider _clock;
    private readonly RequestGate _gate;
    private long _sent;
    private long _refused;
    private long _date;

    public HubSpotTransport(HubSpotConnection connection, HttpClient client, ICallBudget budget, TimeProvider clock)
    {
        _clock = clock;
        _gate = new RequestGate(budget, clock, connection.MaxRequestsInFlight, connection.ShareOfDay);
        _client = client;
        _client.BaseAddress = new Uri(connection.BaseUrl.TrimEnd('/'));
        _client.Timeout = connection.Timeout;
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", connection.Token);
        var settings = new RefitSettings(new HubSpotJsonSerializer());
        Objects = RestService.For<IHubSpotObjects>(_client, settings);
        Associations = RestService.For<IHubSpotAssociations>(_client, settings);
        Properties = RestService.For<IHubSpotProperties>(_client, settings);
        Account = RestService.For<IHubSpotAccount>(_client, settings);
        Lists = RestService.For<IHubSpotLists>(_client, settings);
        Signals = RestService.For<IHubSpotSignals>(_client, settings);
        Paths = new HubSpotPaths(connection.Versions);
    }

    public IHubSpotObjects Objects { get; }

    public IHubSpotAssociations Associations { get; }

    public IHubSpotProperties Properties { get; }

    public IHubSpotAccount Account { get; }

    public IHubSpotLists Lists { get; }

    public IHubSpotSignals Signals { get; }

    public HubSpotPaths Paths { get; }

    /// <summary>HubSpot's clock at its last answer; null: there was none.</summary>
    public Instant? Date => Interlocked.Read(ref _date) is > 0 and var date ? new Instant(date) : null;

    /// <summary>The account's IANA time zone once it was read: its midnight gives the day's calls out again.</summary>
    public string? AccountTimeZone
    {
        get => _gate.TimeZone?.Id;
        set => _gate.TimeZone = value is not null && TimeZoneInfo.TryFindSystemTimeZoneById(value, out var zone) ? zone : null;
    }

    public CallCounts Calls => new(Interlocked.Read(ref _sent), Interlocked.Read(ref _refused)) { Busy = _gate.WhileManyReady.Time, SentWhileBusy = _gate.WhileManyReady.Sent };

    public long? Daily => _gate.Limits.Daily;

    public long? DailyRemaining => _gate.Limits.DailyRemaining;

    /// <summary>Null where HubSpot has no such thing (404).</summary>
    public async Task<Answer<T>?> FindAsync<T>(CallContext call, Func<CancellationToken, Task<ApiResponse<T>>> send, CancellationToken cancellation)
        where T : class => await SendAsync(call, send, isFind: true, cancellation).ConfigureAwait(false);

    public async Task<Answer<T>> CallAsync<T>(CallContext call, Func<CancellationToken, Task<ApiResponse<T>>> send, CancellationToken cancellation)
        where T : class => (await SendAsync(call, send, isFind: false, cancellation).ConfigureAwait(false))!;

    public void Dispose()
    {
        _gate.Dispose();
        _client.Dispose();
    }

    private async Task<Answer<T>?> SendAsync<T>(CallContext call, Func<CancellationToken, Task<ApiResponse<T>>> send, bool isFind, CancellationToken cancellation)
        where T : class
    {
        for (var attempt = 1; ; attempt++)
        {
            FailedAnswer failed;
            using (var slot = await _gate.EnterAsync(call, cancellation).ConfigureAwait(false))
            {
                Interlocked.Increment(ref _sent);
                using var response = await AttemptAsync(send, cancellation).ConfigureAwait(false);
                cancellation.ThrowIfCancellationRequested();
                if (response is { IsReceived: true })
                {
                    Observe(response.Headers!, slot.LeftAt);
                }

                if (response is { IsSuccessful: true, Content: { } body })
                {
                    var date = response.Headers?.Date is { } told ? Instant.From(told) : Instant.Now(_clock);
                    Interlocked.Exchange(ref _date, date.UnixMilliseconds);
                    return new Answer<T>(body, date);
                }

                if (isFind && response.IsReceived && response.StatusCode == HttpStatusCode.NotFound)
                {
                    return null;
                }

                failed = Explain(response);
            }

            if (failed.Status is 401 or 403 or 423 or 429 or 477)
            {
                Interlocked.Increment(ref _refused);
            }

            var failure = HubSpotErrors.Of(call, failed);
            if (failure is { IsRateLimit: true, RetryIn: { } pause })
            {
                await _gate.PauseAsync(pause, failure.PausesSearchOnly, cancellation).ConfigureAwait(false);
            }

            if (failure.RetryIn is not { } wait || wait > LongestWait || attempt == Attempts)
            {
                throw failure.Exception;
            }

            // A fault that lasts is left more time each turn; a rate limit says itself how long it lasts.
            await Task.Delay(failure.IsRateLimit ? wait : wait * (1 << (attempt - 1)), _clock, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Refit keeps what was thrown in the response; what escapes it is put there too, so that there is one way.</summary>
    private static async Task<ApiResponse<T>> AttemptAsync<T>(Func<CancellationToken, Task<ApiResponse<T>>> send, CancellationToken cancellation)
        where T : class
    {
        try
        {
            var response = await send(cancellation).ConfigureAwait(false);
            // What the access token's giver has to say is not the answer to this request.
            return response is { IsReceived: false, Error.InnerException: CrmException refusal } ? throw refusal : response;
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            var request = new HttpRequestMessage();
            return new ApiResponse<T>(request, null, null, new RefitSettings(), new ApiRequestException(request, request.Method, new RefitSettings(), fault));
        }
    }

    private FailedAnswer Explain<T>(ApiResponse<T> response)
    {
        if (!response.IsReceived)
        {
            var fault = response.Error?.InnerException;
            var kind = (fault as HttpRequestException)?.HttpRequestError;
            return new FailedAnswer(0, null)
            {
                NotSent = kind is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError
                    or HttpRequestError.ProxyTunnelError,
                Fault = kind switch
                {
                    HttpRequestError.ConnectionError => "no connection",
                    HttpRequestError.NameResolutionError => "its name could not be resolved",
                    HttpRequestError.SecureConnectionError => "no secure connection",
                    HttpRequestError.ProxyTunnelError => "the proxy made no connection",
                    _ => fault is OperationCanceledException ? "no answer in time" : kind?.ToString() ?? fault?.GetType().Name ?? "no answer",
                },
            };
        }

        var headers = response.Headers;
        var body = (response.Error as ApiException)?.Content;
        var interval = Number(headers, "X-HubSpot-RateLimit-Interval-Milliseconds") is { } span ? TimeSpan.FromMilliseconds(span) : default(TimeSpan?);
        return new FailedAnswer((int)response.StatusCode!.Value, body, RetryAfter(headers), interval)
        {
            Fault = response.Error?.InnerException switch
            {
                JsonException when (body ?? "").AsSpan().TrimStart() is ['<', ..] => "HTML instead of JSON",
                JsonException => "empty, cut off or not of the expected shape",
                null => "empty",
                var other => other.GetType().Name,
            },
            UntilMidnight = _gate.TimeZone is null ? null : TimeSpan.FromDays(1) - _gate.SinceMidnight,
        };
    }

    private void Observe(HttpResponseHeaders headers, long leftAt) => _gate.Observe(
        (int?)Number(headers, "X-HubSpot-RateLimit-Max"),
        Number(headers, "X-HubSpot-RateLimit-Interval-Milliseconds") is { } span ? TimeSpan.FromMilliseconds(span) : null,
        (int?)Number(headers, "X-HubSpot-RateLimit-Remaining"),
        Number(headers, "X-HubSpot-RateLimit-Daily"),
        Number(headers, "X-HubSpot-RateLimit-Daily-Remaining"),
        leftAt);

    private static long? Number(HttpResponseHeaders? headers, string name) =>
        headers is not null && headers.TryGetValues(name, out var values)
        && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private TimeSpan? RetryAfter(HttpResponseHeaders? headers) => headers?.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > _clock.GetUtcNow() => date - _clock.GetUtcNow(),
        _ => null,
    };
}
