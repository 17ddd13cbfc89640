using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace CrmLeadQualifier.Resilience.Processes;

/// <summary>A chat's incoming webhook: takes messages over real HTTP and answers as a test says.</summary>
public sealed class WebhookReceiver : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly List<JsonNode> _messages = [];

    public WebhookReceiver()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/services/secret-of-the-channel";
        }

        _listener.Prefixes.Add(new Uri(Address).GetLeftPart(UriPartial.Authority) + "/");
        _listener.Start();
        _ = ReceiveAsync();
    }

    public string Address { get; }

    /// <summary>What is done with a message that has arrived, before it is answered.</summary>
    public Action OnMessage { get; set; } = () => { };

    public int Status { get; set; } = 200;

    public IReadOnlyList<JsonNode> Messages
    {
        get
        {
            lock (_messages)
            {
                return [.. _messages];
            }
        }
    }

    private async Task ReceiveAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var call = await _listener.GetContextAsync();
                var message = (await JsonNode.ParseAsync(call.Request.InputStream))!;
                lock (_messages)
                {
                    _messages.Add(message);
                }

                OnMessage();
                call.Response.StatusCode = Status;
                call.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // Whoever called is gone, or the test is over.
            }
        }
    }

    public void Dispose() => _listener.Close();
}
