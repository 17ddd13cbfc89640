using System.Text.Json;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.HubSpot.Webhooks;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Worker.CommandLine;
using CrmLeadQualifier.Worker.Hosting;
using Microsoft.AspNetCore.Http.Features;

namespace CrmLeadQualifier.Worker.Serving;

/// <summary>
/// Where HubSpot tells what changed (<c>Connections:NAME:Webhooks</c>; off unless configured). Who calls proves by a signature over the body as it came and the public address that it has
/// the app's secret. What it tells is noted in the ledger before it is answered, and read from HubSpot afterwards; nothing that stands in it is taken over.
/// </summary>
internal static class HubSpotWebhooks
{
    public const string Path = "/webhooks/hubspot";

    /// <summary>A hundred events take some 50 kB.</summary>
    private const int MostBytes = 1_000_000;

    public static void MapHubSpotWebhooks(this IEndpointRouteBuilder web) => web.MapPost(Path + "/{connection}", TakeAsync).AllowAnonymous();

    private static async Task<IResult> TakeAsync(HttpContext http, string connection, CommandContext context, ILedger ledger, WebhookReading reading, LogFile log)
    {
        ConnectionRow? row;
        await using (var transaction = await ledger.BeginReadAsync(http.RequestAborted))
        {
            row = await transaction.Connections.FindAsync(connection);
        }

        if (row is not { Crm: CrmWords.HubSpot } || SecretOf(context, row) is not { } secret)
        {
            return Results.NotFound();
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = MostBytes;
        }

        using var buffer = new MemoryStream();
        await http.Request.Body.CopyToAsync(buffer, http.RequestAborted);
        var body = buffer.ToArray();
        var address = (PublicAddress.Of(context.Configuration) ?? $"{http.Request.Scheme}://{http.Request.Host}") + http.Request.Path + http.Request.QueryString;
        if (!WebhookSignature.IsValid(
            secret, http.Request.Method, address, body, http.Request.Headers[WebhookSignature.TimestampHeader], http.Request.Headers[WebhookSignature.SignatureHeader], Instant.Now(TimeProvider.System)))
        {
            log.Write("webhooks", $"refused one for {row.Name}: its signature is not the app's over {address.Split('?')[0]}, or it is older than {WebhookSignature.Window.TotalMinutes:0} minutes");
            return Results.Unauthorized();
        }

        IReadOnlyList<(string Stream, string RowId)> rows;
        try
        {
            rows = WebhookEvents.Read(body, row.AccountId);
        }
        catch (JsonException)
        {
            return Results.BadRequest();
        }

        if (rows.Count > 0)
        {
            await using var transaction = await ledger.BeginAsync(null, http.RequestAborted);
            await transaction.Cursors.TouchAsync(row.Id, rows);
            await transaction.CommitAsync(http.RequestAborted);
            reading.Notice(row);
        }

        return Results.NoContent();
    }

    /// <summary>Null: the connection takes no webhooks. The secret is the configured one, else that of the app which an admin authorized.</summary>
    private static string? SecretOf(CommandContext context, ConnectionRow row)
    {
        var section = context.Configuration.GetSection($"Connections:{row.Name}:Webhooks");
        return section["ClientSecret"] is { Length: > 0 } configured ? configured
            : bool.TryParse(section["Enabled"], out var isOn) && isOn ? HubSpotCredentials.Read(context.Clients.Secrets.Unprotect(row))?.ClientSecret
            : null;
    }
}
