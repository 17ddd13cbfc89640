using System.Globalization;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Mapping;

namespace CrmLeadQualifier.HubSpot.Streams;

/// <summary>What HubSpot counts on a contact itself, on every plan: stands for page views, submissions and e-mail events where the portal does not give these.</summary>
internal static class ContactCounters
{
    public const string PageViews = "page_views";
    public const string Submissions = "form_submissions";
    public const string EmailEvents = "email_events";
    public const string Emails = "emails";

    private const string OptOut = "hs_email_optout";
    private const string LastReply = "hs_email_last_reply_date";

    /// <summary>The streams for which they stand, with the kinds of theirs that they give.</summary>
    public static readonly IReadOnlyDictionary<string, StreamFallback> Fallbacks = new[]
    {
        new StreamFallback(PageViews, ["page_view", "content_download"], ["page_view"]),
        new StreamFallback(Submissions, ["form_submission", "content_download", "event_registration"], ["form_submission"]),
        new StreamFallback(EmailEvents, ["email_open", "email_click", "email_bounce", "unsubscribe", "content_download"], ["email_open", "email_click"]),
        new StreamFallback(Emails, ["email_reply"], ["email_reply"]),
    }.ToDictionary(fallback => fallback.Stream);

    private static readonly (string Name, string Kind, string Property, string? LastDate)[] OfEmail =
    [
        ("email_opens", "email_open", "hs_email_open", "hs_email_last_open_date"),
        ("email_clicks", "email_click", "hs_email_click", "hs_email_last_click_date"),
        ("email_bounces", "email_bounce", "hs_email_bounce", null),
    ];

    public static readonly IReadOnlyList<string> Properties =
    [
        "hs_analytics_num_page_views", "hs_analytics_last_url", "hs_analytics_last_timestamp", "num_conversion_events", RecentConversions.NameProperty, RecentConversions.DateProperty,
        .. OfEmail.SelectMany(counter => new[] { counter.Property, counter.LastDate }).OfType<string>(), OptOut, LastReply,
    ];

    /// <summary>
    /// Those that the portal shows. One that was never set is 0, so that the first bounce or unsubscription of a contact that was read before is growth and no base; one that was not given, or is no
    /// number, is left out.
    /// </summary>
    public static IReadOnlyList<CrmCounter> Read(HubSpotObject row, HubSpotMapping mapping)
    {
        var counters = new List<CrmCounter>();
        if (Count(row, "hs_analytics_num_page_views") is { } views)
        {
            var url = row.Get("hs_analytics_last_url");
            counters.Add(new CrmCounter("page_views", PageViews, "page_view", views)
            {
                LastAt = At(row, "hs_analytics_last_timestamp"),
                LastKind = FileAddress.Is(url) ? "content_download" : null,
                LastAttributes = ActivityReader.Known([new("url", url)]),
            });
        }

        if (Count(row, "num_conversion_events") is { } submissions)
        {
            var (kind, attributes) = Conversion(row.Get(RecentConversions.NameProperty)?.Trim() ?? "", mapping);
            counters.Add(new CrmCounter("submissions", Submissions, "form_submission", submissions) { LastAt = At(row, RecentConversions.DateProperty), LastKind = kind, LastAttributes = attributes });
        }

        foreach (var (name, kind, property, lastDate) in OfEmail)
        {
            if (Count(row, property) is { } events)
            {
                counters.Add(new CrmCounter(name, EmailEvents, kind, events) { LastAt = lastDate is null ? null : At(row, lastDate) });
            }
        }

        if (row.Properties?.ContainsKey(OptOut) == true)
        {
            counters.Add(new CrmCounter("unsubscribes", EmailEvents, "unsubscribe", row.Get(OptOut) == "true" ? 1 : 0));
        }

        if (At(row, LastReply) is { } reply)
        {
            counters.Add(new CrmCounter("email_replies", Emails, "email_reply", reply.UnixMilliseconds) { LastAt = reply, IsDate = true });
        }

        return counters;
    }

    /// <summary>HubSpot names the page and the form, <c>Page title: Name of the form</c>; either may have a colon in it.</summary>
    private static (string Kind, IReadOnlyDictionary<string, string> Attributes) Conversion(string conversion, HubSpotMapping mapping)
    {
        var form = conversion.LastIndexOf(": ", StringComparison.Ordinal) is > 0 and var colon ? conversion[(colon + 2)..] : conversion;
        return Names(mapping.DownloadForms, conversion) ? ("content_download", ActivityReader.Known([new("title", form)]))
            : Names(mapping.EventForms, conversion) ? ("event_registration", ActivityReader.Known([new("event", form)]))
            : ("form_submission", ActivityReader.Known([new("form", form)]));
    }

    private static bool Names(IReadOnlyList<string> forms, string conversion) => forms.Any(form =>
        conversion.Equals(form.Trim(), StringComparison.OrdinalIgnoreCase) || conversion.EndsWith(": " + form.Trim(), StringComparison.OrdinalIgnoreCase));

    private static long? Count(HubSpotObject row, string property) => row.Get(property) is not { } value
        ? row.Properties?.ContainsKey(property) == true ? 0 : null
        : decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is >= 0 and < long.MaxValue ? (long)number : null;

    private static Core.Time.Instant? At(HubSpotObject row, string property) => row.Get(property) is { } value && FieldValue.TryInstant(value, out var at) ? at : null;
}
