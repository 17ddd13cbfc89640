using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CrmLeadQualifier.Resilience.Processes;

/// <summary>
/// Stands between worker and sandbox, hands every call on as it is, and knows their order: which call is a write. It can cut one call, or hold it: the worker then waits in the
/// middle of it, to be killed. Which one is told by its number among the calls of a kind: how many reads there are depends a little on how fast the machine is.
/// </summary>
public sealed class CallRecorder : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly HttpClient _http;
    private readonly List<string> _calls = [];
    private readonly List<JsonNode> _writes = [];
    private int _cuts;
    private Func<string, bool> _isCounted = _ => true;
    private int _faultAt;
    private bool _isCut;
    private bool _isAfterHandling;
    private TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private CallRecorder(WebApplication web)
    {
        _web = web;
        // A connection for each call: a cut on one that was used before would be tried again here, and not be met by the worker.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.Zero });
    }

    public string BaseUrl => _web.Urls.Single();

    /// <summary>Where calls are handed on to.</summary>
    public string Target { get; set; } = "";

    /// <summary>Calls that were cut since counting began, by this or by the sandbox.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>The bodies of the writes that were handed on, since the start.</summary>
    public IReadOnlyList<JsonNode> Writes
    {
        get
        {
            lock (_calls)
            {
                return [.. _writes];
            }
        }
    }

    /// <summary>Method and path, in the order of arrival.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_calls)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>Done once the call to be held has arrived.</summary>
    public Task Held => _held.Task;

    public static async Task<CallRecorder> StartAsync(string target = "")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var web = builder.Build();
        var recorder = new CallRecorder(web) { Target = target };
        web.Run(recorder.HandleAsync);
        await web.StartAsync();
        return recorder;
    }

    public static bool IsAny(string call) => true;

    public static bool IsWrite(string call) => call.Contains("/batch/update", StringComparison.Ordinal) || call.StartsWith("PATCH", StringComparison.Ordinal);

    /// <summary>Counts anew, and holds that one of the calls of a kind: before it is handed on, or after it was handled and before it is answered.</summary>
    public void HoldAt(Func<string, bool> isCounted, int number, bool afterHandling = false) => Fault(isCounted, number, isCut: false, afterHandling);

    /// <summary>Counts anew, and cuts that one of the calls of a kind: before it is handed on, or after it was handled and before it is answered.</summary>
    public void CutAt(Func<string, bool> isCounted, int number, bool afterHandling) => Fault(isCounted, number, isCut: true, afterHandling);

    /// <summary>Counts anew, and disturbs nothing.</summary>
    public void Restart() => Fault(_ => true, 0, isCut: false, afterHandling: false);

    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        _http.Dispose();
    }

    private void Fault(Func<string, bool> isCounted, int number, bool isCut, bool afterHandling)
    {
        lock (_calls)
        {
            _calls.Clear();
            _cuts = 0;
            _isCounted = isCounted;
            _faultAt = number;
            _isCut = isCut;
            _isAfterHandling = afterHandling;
            _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private async Task HandleAsync(HttpContext context)
    {
        bool isDisturbed;
        lock (_calls)
        {
            var call = $"{context.Request.Method} {context.Request.Path}";
            _calls.Add(call);
            isDisturbed = _isCounted(call) && _calls.Count(_isCounted) == _faultAt;
        }

        if (isDisturbed && !_isAfterHandling)
        {
            await DisturbAsync(context);
            return;
        }

        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), Target + context.Request.Path + context.Request.QueryString);
        if (context.Request.ContentLength is not null || context.Request.Headers.TransferEncoding.Count > 0)
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            request.Content = new ByteArrayContent(body.ToArray());
            if (IsWrite($"{context.Request.Method} {context.Request.Path}"))
            {
                lock (_calls)
                {
                    _writes.Add(JsonNode.Parse(body.ToArray())!);
                }
            }
        }

        foreach (var (name, values) in context.Request.Headers.Where(header => header.Key is not ("Host" or "Connection" or "Transfer-Encoding" or "Content-Length")))
        {
            _ = request.Headers.TryAddWithoutValidation(name, values.ToArray()) || request.Content?.Headers.TryAddWithoutValidation(name, values.ToArray()) == true;
        }

        try
        {
            using var answer = await _http.SendAsync(request);
            var content = await answer.Content.ReadAsByteArrayAsync();
            if (isDisturbed)
            {
                await DisturbAsync(context);
                return;
            }

            context.Response.StatusCode = (int)answer.StatusCode;
            foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
            {
                if (name is not ("Transfer-Encoding" or "Connection" or "Content-Length"))
                {
                    context.Response.Headers[name] = values.ToArray();
                }
            }

            await context.Response.Body.WriteAsync(content);
        }
        catch (HttpRequestException)
        {
            Cut(context);
        }
    }

    private async Task DisturbAsync(HttpContext context)
    {
        if (_isCut)
        {
            Cut(context);
            return;
        }

        _held.TrySetResult();
        await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private void Cut(HttpContext context)
    {
        Interlocked.Increment(ref _cuts);
        context.Abort();
    }
}
