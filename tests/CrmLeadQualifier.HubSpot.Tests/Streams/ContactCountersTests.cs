using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.HubSpot.Mapping;

namespace CrmLeadQualifier.HubSpot.Tests.Streams;

/// <summary>What HubSpot counts on a contact, as it shows it.</summary>
public sealed class ContactCountersTests
{
    private static readonly string[] Properties =
    [
        "lastmodifieddate", "hs_analytics_num_page_views", "hs_analytics_last_url", "hs_analytics_last_timestamp", "num_conversion_events", "recent_conversion_event_name", "recent_conversion_date",
        "hs_email_open", "hs_email_last_open_date", "hs_email_click", "hs_email_last_click_date", "hs_email_bounce", "hs_email_optout", "hs_email_last_reply_date",
    ];

    [Fact]
    public async Task Counters_have_the_newest_ones_time_and_details_where_HubSpot_tells_them() => Assert.Equal(
        [
            "page_views page_views 7 page_view at 2026-01-02T10:00:00Z url=https://x.fr/tarifs", "submissions form_submissions 2 form_submission at 2026-01-03T10:00:00Z form=Demo",
            "email_opens email_events 3 email_open at 2026-01-04T10:00:00Z ", "email_clicks email_events 1 email_click at 2026-01-05T10:00:00Z ", "email_bounces email_events 2 email_bounce at  ",
            "unsubscribes email_events 1 unsubscribe at  ", "email_replies emails 1767693600000 email_reply at 2026-01-06T10:00:00Z  of a date",
        ],
        await ReadAsync("""
            "hs_analytics_num_page_views":"7","hs_analytics_last_url":"https://x.fr/tarifs","hs_analytics_last_timestamp":"2026-01-02T10:00:00Z",
            "num_conversion_events":2,"recent_conversion_event_name":"Pricing: Demo","recent_conversion_date":"1767434400000",
            "hs_email_open":"3.0","hs_email_last_open_date":"2026-01-04T10:00:00Z","hs_email_click":"1","hs_email_last_click_date":"2026-01-05T10:00:00Z",
            "hs_email_bounce":"2","hs_email_optout":"true","hs_email_last_reply_date":"2026-01-06T10:00:00Z"
            """));

    /// <summary>Else the first bounce, the first opt-out of a contact would be nothing but the base of a counter.</summary>
    [Fact]
    public async Task What_was_never_set_is_nought_and_what_is_not_shown_or_no_number_is_no_counter() => Assert.Equal(
        ["page_views page_views 0 page_view at  ", "email_bounces email_events 0 email_bounce at  ", "unsubscribes email_events 0 unsubscribe at  "],
        await ReadAsync(""" "hs_analytics_num_page_views":null,"hs_email_open":"many","hs_email_bounce":"","hs_email_optout":null """));

    [Theory]
    [InlineData("White paper", "Guide", "content_download", "title=White paper")]
    [InlineData("Guide: White paper", "Guide: White paper", "content_download", "title=White paper")]
    [InlineData("Talks: Webinar registration", "Guide", "event_registration", "event=Webinar registration")]
    [InlineData("Contact: us: today", "Guide", "form_submission", "form=today")]
    public async Task The_newest_submission_is_of_the_kind_that_the_mapping_gives_its_form(string conversion, string download, string kind, string attributes)
    {
        var counter = (await ReadAsync(
            $$""" "num_conversion_events":"1","recent_conversion_event_name":"{{conversion}}","recent_conversion_date":"2026-01-03T10:00:00Z" """,
            new HubSpotMapping { DownloadForms = [download, "White paper"], EventForms = ["Webinar registration"] })).Single();
        Assert.Equal($"submissions form_submissions 1 {kind} at 2026-01-03T10:00:00Z {attributes}", counter);
    }

    [Theory]
    [InlineData("https://x.fr/hubfs/guide", "content_download")]
    [InlineData("https://x.fr/guide.pdf?a=b", "content_download")]
    [InlineData("https://x.fr/guide", "page_view")]
    public async Task The_newest_view_of_a_file_is_a_download(string url, string kind) => Assert.Equal(
        $"page_views page_views 1 {kind} at 2026-01-03T10:00:00Z url={url}",
        (await ReadAsync($$""" "hs_analytics_num_page_views":"1","hs_analytics_last_url":"{{url}}","hs_analytics_last_timestamp":"2026-01-03T10:00:00Z" """)).Single());

    private static async Task<IReadOnlyList<string>> ReadAsync(string properties, HubSpotMapping? mapping = null)
    {
        var portal = new FakePortal().WithProperties(Properties).On("GET", "/crm/objects/2026-03/contacts", $$$"""
            {"results":[{"id":"1","properties":{"lastmodifieddate":"2026-01-07T10:00:00Z",{{{properties}}}} }]}
            """);
        using var crm = portal.Client(change: connection => mapping is null ? connection : connection with { Mapping = mapping });
        return [.. (await crm.ReadPageAsync(new PageRequest("contacts", null, null), default)).Content.Records.Single().Counters.Select(counter =>
            $"{counter.Name} {counter.Stream} {counter.Value} {counter.LastKind ?? counter.Kind} at {counter.LastAt} {string.Join(';', counter.LastAttributes.Select(x => $"{x.Key}={x.Value}"))}{(counter.IsDate ? " of a date" : "")}")];
    }
}
