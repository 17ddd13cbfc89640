using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace CrmLeadQualifier.Sandbox.HubSpot.Webhooks;

/// <summary>Where events go, and what signs them.</summary>
/// <param name="Wanted">Subscriptions such as contact.creation or contact.propertyChange:email; empty: everything.</param>
/// <param name="Generic">Whether every event has HubSpot's newer form, object.creation with an objectTypeId.</param>
internal sealed record WebhookTarget(Uri Url, string ClientSecret, IReadOnlyList<string> Wanted, bool Generic);

/// <summary>
/// Delivers events as HubSpot does: arrays of at most a hundred, signed (v3) over method, address, body and time stamp, each tried again until an answer of
/// 2xx comes within five seconds, ten times at most. Between tries pass a second, two, four, up to a minute: HubSpot spreads them over a day.
/// </summary>
internal sealed class WebhookSender : IAsyncDisposable
{
    private const int MostInBatch = 100;
    private const int MostAttempts = 10;
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = AnswerWithin };
    private readonly Lock _lock = new();
    private readonly List<PortalChange> _waiting = [];
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly CancellationTokenSource _end = new();
    private readonly HashSet<Task> _deliveries = [];
    private readonly Task _work;
    private WebhookTarget? _target;
    private long _events;
    private WebhookCounts _counts = new(0, 0, 0, 0);

    public WebhookSender(TimeProvider time, int seed)
    {
        _time = time;
        _random = new Random(seed);
        _work = WorkAsync();
    }

    /// <summary>Whether everything is delivered twice.</summary>
    public bool Repeats { get; set; }

    /// <summary>Whether events come in another order than they happened.</summary>
    public bool Shuffles { get; set; }

    public WebhookCounts Counts
    {
        get
        {
            lock (_lock)
                return _counts;
        }
    }

    /// <summary>From now on events go there; null: nowhere.</summary>
    public void Target(WebhookTarget? target)
    {
        lock (_lock)
            _target = target;
    }

    public void Tell(PortalChange change)
    {
        lock (_lock)
        {
            if (_target is not { } target || !WebhookEvent.IsWanted(change, target.Wanted))
                return;
            _waiting.Add(change);
            _counts = _counts with { Pending = _counts.Pending + 1 };
        }
        _arrived.Release();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _work;
        Task[] open;
        lock (_lock)
            open = [.. _deliveries];
        await Task.WhenAll(open);
        _http.Dispose();
        _end.Dispose();
        _arrived.Dispose();
    }

    private async Task WorkAsync()
    {
        try
        {
            while (true)
            {
                await _arrived.WaitAsync(_end.Token);
                if (Next() is not ({ } batch, { } target))
                    continue;
                // Deliveries do not wait for each other: one that is tried again is overtaken.
                for (var copy = 0; copy < (Repeats ? 2 : 1); copy++)
                    Start(DeliverAsync(batch, target, isCounted: copy == 0));
            }
        }
        catch (OperationCanceledException)
        {
            // The sandbox ends.
        }
    }

    private void Start(Task delivery)
    {
        lock (_lock)
        {
            _deliveries.RemoveWhere(known => known.IsCompleted);
            _deliveries.Add(delivery);
        }
    }

    private (List<WebhookEvent>? Batch, WebhookTarget? Target) Next()
    {
        lock (_lock)
        {
            if (_waiting.Count == 0 || _target is not { } target)
                return default;
            if (Shuffles)
                _random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_waiting));
            var batch = _waiting.Take(MostInBatch).Select(change => new WebhookEvent(++_events, change)).ToList();
            _waiting.RemoveRange(0, batch.Count);
            return (batch, target);
        }
    }

    private async Task DeliverAsync(List<WebhookEvent> batch, WebhookTarget target, bool isCounted)
    {
        var pause = TimeSpan.FromSeconds(1);
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var taken = await TryAsync(batch, target, attempt);
            if (_end.IsCancellationRequested)
                return;
            lock (_lock)
            {
                _counts = _counts with { Calls = _counts.Calls + 1 };
                if (isCounted && (taken || attempt + 1 == MostAttempts))
                {
                    _counts = taken ? _counts with { Pending = _counts.Pending - batch.Count, Delivered = _counts.Delivered + batch.Count }
                        : _counts with { Pending = _counts.Pending - batch.Count, GivenUp = _counts.GivenUp + batch.Count };
                }
            }
            if (taken)
                return;
            await Task.Delay(pause, _time, _end.Token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task<bool> TryAsync(List<WebhookEvent> batch, WebhookTarget target, int attempt)
    {
        var body = WebhookEvent.Write(batch, target.Generic, attempt);
        var stamp = _time.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, target.Url) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("X-HubSpot-Request-Timestamp", stamp);
        request.Headers.TryAddWithoutValidation("X-HubSpot-Signature-v3", Signature(target, body, stamp));
        try
        {
            using var answer = await _http.SendAsync(request, _end.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception failed) when (failed is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    private static string Signature(WebhookTarget target, ReadOnlyMemory<byte> body, string stamp)
    {
        var signed = $"POST{Uri.UnescapeDataString(target.Url.OriginalString)}{Encoding.UTF8.GetString(body.Span)}{stamp}";
        return Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(target.ClientSecret), Encoding.UTF8.GetBytes(signed)));
    }
}

/// <param name="Calls">Every try, repeated ones among them.</param>
/// <param name="Delivered">Events that were taken.</param>
/// <param name="GivenUp">Events that nobody took in ten tries.</param>
/// <param name="Pending">Events that are still to be taken.</param>
internal sealed record WebhookCounts(long Calls, long Delivered, long GivenUp, long Pending);
