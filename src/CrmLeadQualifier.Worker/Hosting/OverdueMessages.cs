using System.Globalization;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using CrmLeadQualifier.Sync.Overdue;

namespace CrmLeadQualifier.Worker.Hosting;

/// <summary>Messages to one channel: an incoming webhook of Slack, or a workflow of Teams that starts when a webhook request is received.</summary>
/// <param name="address">A secret: in no message and no log line.</param>
internal sealed class OverdueMessages(Func<HttpClient> http, Uri address, string channel)
{
    public const string Slack = "slack";
    public const string Teams = "teams";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Never tried twice: the next run does, and says so where the first may have arrived.</summary>
    /// <exception cref="MessageRefusedException">It was not taken, or nothing came back.</exception>
    public async Task SendAsync(OverdueMessage message, CancellationToken cancellation)
    {
        using var content = new StringContent(JsonSerializer.Serialize(channel == Teams ? Card(message) : Text(message)), Encoding.UTF8, MediaTypeNames.Application.Json);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            using var client = http();
            using var answer = await client.PostAsync(address, content, limit.Token);
            if (!answer.IsSuccessStatusCode)
            {
                // A fault of the receiver's own may have come after it took the message.
                throw new MessageRefusedException(string.Create(CultureInfo.InvariantCulture, $"it answered {(int)answer.StatusCode} {Advice((int)answer.StatusCode)}"), (int)answer.StatusCode >= 500);
            }
        }
        catch (HttpRequestException e)
        {
            var neverLeft = e.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError;
            throw new MessageRefusedException($"it could not be reached ({e.HttpRequestError})", !neverLeft, e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new MessageRefusedException(string.Create(CultureInfo.InvariantCulture, $"no answer within {Patience.TotalSeconds} s"), mayHaveArrived: true, e);
        }
    }

    private static string Advice(int status) => status switch
    {
        403 or 404 or 410 => "(the webhook is no longer there: make another one and set its address)",
        429 => "(too many messages)",
        _ => "",
    };

    private static object Text(OverdueMessage message)
    {
        var text = Escaped(message.Text);
        return new { text = message.Link is { } link ? $"{text} <{Escaped(link)}|{Escaped(message.LinkText)}>" : text };
    }

    /// <summary>The three characters that Slack reads as markup.</summary>
    private static string Escaped(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");

    private static Dictionary<string, object> Card(OverdueMessage message)
    {
        var card = new Dictionary<string, object>
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = "1.4",
            ["body"] = new object[] { new { type = "TextBlock", text = message.Text, wrap = true } },
        };
        if (message.Link is { } link)
        {
            card["actions"] = new object[] { new { type = "Action.OpenUrl", title = message.LinkText, url = link } };
        }

        return new() { ["type"] = "message", ["attachments"] = new object[] { new { contentType = "application/vnd.microsoft.card.adaptive", content = card } } };
    }
}
