using System.Globalization;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.HubSpot.Signals;

internal sealed record EmailEvent(string Id, long At, string Type, string Recipient, EmailCampaign Campaign, string? Url, bool ByBot);

internal sealed record EmailCampaign(long Id, string Name, string Subject);

/// <summary>What became of marketing e-mails: newest first, known by the recipient's address.</summary>
internal sealed class EmailEvents
{
    private const int Most = 1_000;
    private const long AppId = 113;

    private readonly List<EmailEvent> _all = [];
    private readonly Dictionary<string, EmailCampaign> _campaigns = new(StringComparer.Ordinal);
    private bool _sorted = true;

    public EmailCampaign Campaign(string name, string subject)
    {
        if (!_campaigns.TryGetValue(name, out var campaign))
            _campaigns[name] = campaign = new EmailCampaign(84_110_000 + (37 * _campaigns.Count), name, subject);
        else if (campaign.Subject.Length == 0 && subject.Length > 0)
            _campaigns[name] = campaign = campaign with { Subject = subject };
        return campaign;
    }

    public void Add(long at, string type, string recipient, EmailCampaign campaign, string? url, bool byBot)
    {
        var number = _all.Count + 1;
        _sorted &= _all.Count == 0 || _all[^1].At <= at;
        _all.Add(new EmailEvent($"{number:x8}-2f1c-3a55-9d07-{campaign.Id:x12}", at, type, recipient, campaign, url, byBot));
    }

    public void Forget(string email) => _all.RemoveAll(sent => string.Equals(sent.Recipient, email, StringComparison.OrdinalIgnoreCase));

    public Answer List(HubSpotCall call)
    {
        var from = call.QueryInstant("startTimestamp") ?? long.MinValue;
        var to = Math.Min(call.QueryInstant("endTimestamp") ?? long.MaxValue, call.Now);
        var type = call.Query("eventType");
        var recipient = call.Query("recipient");
        var campaign = call.Query("campaignId");
        var limit = call.QueryLimit(10, Most);
        var offset = 0;
        if (call.Query("offset") is { Length: > 0 } given && OpaqueOffset(given) is { } known)
            offset = known;
        if (!_sorted)
            _all.Sort((a, b) => a.At.CompareTo(b.At));
        _sorted = true;
        var found = Enumerable.Range(0, _all.Count).Select(i => _all[_all.Count - 1 - i])
            .SkipWhile(sent => sent.At > to).TakeWhile(sent => sent.At >= from)
            .Where(sent => (type is null || sent.Type == type)
                && (recipient is null || string.Equals(sent.Recipient, recipient, StringComparison.OrdinalIgnoreCase))
                && (campaign is null || sent.Campaign.Id.ToString(CultureInfo.InvariantCulture) == campaign))
            .Skip(offset).Take(limit + 1).ToList();
        var shown = found.Count > limit ? found[..limit] : found;
        return Answer.Json(200, json =>
        {
            json.WriteBoolean("hasMore", found.Count > limit);
            var next = (offset + shown.Count).ToString(CultureInfo.InvariantCulture);
            json.WriteString("offset", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(next)));
            json.WriteStartArray("events");
            foreach (var sent in shown)
                Write(json, sent);
            json.WriteEndArray();
        }) with { RowsRead = shown.Count };
    }

    public Answer CampaignOf(HubSpotCall call)
    {
        var id = call.Route("id");
        var campaign = _campaigns.Values.FirstOrDefault(known => known.Id.ToString(CultureInfo.InvariantCulture) == id)
            ?? throw HubSpotRefusal.NotFound();
        return Answer.Json(200, json =>
        {
            json.WriteNumber("appId", AppId);
            json.WriteString("appName", "Batch");
            json.WriteNumber("id", campaign.Id);
            json.WriteString("name", campaign.Name);
            json.WriteString("subject", campaign.Subject);
            json.WriteString("type", "BATCH_EMAIL");
        }) with { RowsRead = 1 };
    }

    private static int? OpaqueOffset(string given)
    {
        var bytes = new byte[given.Length];
        return Convert.TryFromBase64String(given, bytes, out var length)
            && int.TryParse(System.Text.Encoding.UTF8.GetString(bytes, 0, length), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? offset
            : throw HubSpotRefusal.Validation($"Invalid offset: {given}");
    }

    private static void Write(Utf8JsonWriter json, EmailEvent sent)
    {
        json.WriteStartObject();
        json.WriteNumber("appId", AppId);
        json.WriteString("appName", "Batch");
        json.WriteNumber("created", sent.At);
        json.WriteNumber("emailCampaignId", sent.Campaign.Id);
        json.WriteString("id", sent.Id);
        json.WriteNumber("portalId", Portal.Id);
        json.WriteString("recipient", sent.Recipient);
        json.WriteString("type", sent.Type);
        if (sent.Type == "SENT")
            json.WriteString("subject", sent.Campaign.Subject);
        if (sent.Type == "STATUSCHANGE")
            json.WriteString("portalSubscriptionStatus", "UNSUBSCRIBED");
        if (sent.Url is not null)
            json.WriteString("url", sent.Url);
        if (sent.Type is "OPEN" or "CLICK")
            json.WriteBoolean("filteredEvent", sent.ByBot);
        json.WriteEndObject();
    }
}
