using System.Globalization;
using CrmLeadQualifier.Crm.Budget;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Http;

namespace CrmLeadQualifier.HubSpot.Streams;

/// <summary>Openings, clicks, bounces and opt-outs of marketing e-mails. They carry the address and no contact, and an event's id is unique with its time only.</summary>
internal sealed class EmailEventStream(StreamDescription description, HubSpotTransport transport) : IHubSpotStream
{
    private const int Page = 1000;

    private readonly CallContext _call = new("e-mail events", description.Name) { Importance = ObjectStream.Importance(description) };
    private readonly CallContext _first = new("e-mail events", description.Name) { Importance = CallImportance.History };
    private readonly LoopGuard _guard = new(description.Name);

    private readonly CampaignNames _campaigns = new(transport, new CallContext("e-mail campaigns", description.Name) { Importance = CallImportance.Activities });

    public StreamDescription Description => description;

    public async Task<StreamPage> ReadPageAsync(ChangeWindow? window, string? position, CancellationToken cancellation)
    {
        var answer = await transport.CallAsync(
            window is null ? _first : _call,
            t => transport.Signals.ListEmailEventsAsync(transport.Paths.EmailEvents, window?.From.UnixMilliseconds, window?.To.UnixMilliseconds, Page, position, t),
            cancellation).ConfigureAwait(false);
        var rows = new RowCollector();
        var events = answer.Body.Events ?? [];
        var named = events.OfType<EmailEvent>().Where(happened => KindOf(happened) is "email_open" or "email_click").Select(happened => happened.EmailCampaignId);
        var campaigns = await _campaigns.OfAsync(named.OfType<string>(), cancellation).ConfigureAwait(false);
        foreach (var (place, happened) in events.Index())
        {
            Read(happened, campaigns.GetValueOrDefault(happened?.EmailCampaignId ?? ""), place, rows);
        }

        var next = answer.Body.HasMore == true && answer.Body.Offset is { Length: > 0 } offset ? offset : null;
        _guard.Follow(position, next);
        return new StreamPage(answer.Date, next) { Content = rows.ToRows(), RowsRead = events.Count };
    }

    public Task<StreamRows> FetchAsync(IReadOnlyList<string> ids, CancellationToken cancellation) =>
        throw new NotSupportedException("E-mail events come with their content.");

    private static void Read(EmailEvent? happened, EmailCampaign? campaign, int place, RowCollector rows)
    {
        if (happened is null || KindOf(happened) is not { } kind || happened.FilteredEvent == true || string.IsNullOrWhiteSpace(happened.Recipient))
        {
            return;
        }

        if (happened.Id is not { Length: > 0 } id || happened.Created is null || !FieldValue.TryInstant(happened.Created, out var at))
        {
            rows.Unreadable(happened.Id, place, "no id or no readable time");
            return;
        }

        var attributes = kind switch
        {
            "email_open" => ActivityReader.Known([new("campaign", campaign?.Name ?? happened.EmailCampaignId), new("subject", campaign?.Subject)]),
            "email_click" => ActivityReader.Known([new("campaign", campaign?.Name ?? happened.EmailCampaignId), new("url", happened.Url)]),
            "content_download" => ActivityReader.Known([new("url", happened.Url)]),
            _ => [],
        };
        rows.Activities.Add(new CrmActivity(string.Create(CultureInfo.InvariantCulture, $"email_event:{id}:{at.UnixMilliseconds}"), kind, at, attributes)
        {
            Email = happened.Recipient.Trim(),
        });
    }

    private static string? KindOf(EmailEvent happened) => happened.Type switch
    {
        "OPEN" => "email_open",
        "CLICK" => FileAddress.Is(happened.Url) ? "content_download" : "email_click",
        "BOUNCE" => "email_bounce",
        "STATUSCHANGE" when IsOptOut(happened) => "unsubscribe",
        _ => null,
    };

    /// <summary>Opting in again is a change of status too.</summary>
    private static bool IsOptOut(EmailEvent happened) =>
        happened.PortalSubscriptionStatus == "UNSUBSCRIBED" || (happened.Subscriptions ?? []).Any(change => change?.Status == "UNSUBSCRIBED");
}
