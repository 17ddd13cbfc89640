using System.Globalization;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Budget;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Http;

namespace CrmLeadQualifier.HubSpot.Streams;

/// <summary>Page views of all contacts, by when they happened. Only portals with an Enterprise hub have them; others refuse, or show none, which switches the stream off.</summary>
internal sealed class PageViewStream(StreamDescription description, HubSpotTransport transport) : IHubSpotStream
{
    /// <summary>Documented by others, not by HubSpot itself: where it is refused, a hundred is asked for.</summary>
    private const int LargePage = 1000;
    private const int SafePage = 100;

    private const string EventType = "e_visited_page";

    private static readonly TimeSpan LateFor = TimeSpan.FromDays(90);

    private int _page = LargePage;

    private readonly CallContext _call = new("page views", description.Name) { Importance = ObjectStream.Importance(description) };
    private readonly CallContext _first = new("page views", description.Name) { Importance = CallImportance.History };
    private readonly CallContext _visited = new("the search for contacts with page views", description.Name, Lane: CallLane.Search) { Importance = CallImportance.History };
    private readonly LoopGuard _guard = new(description.Name);

    public StreamDescription Description => description;

    public async Task<StreamPage> ReadPageAsync(ChangeWindow? window, string? position, CancellationToken cancellation)
    {
        // Whether occurredAfter itself is included is nowhere said: one millisecond earlier includes it either way.
        var after = window is { } w ? (w.From - TimeSpan.FromMilliseconds(1)).ToString() : null;
        var before = window?.To.ToString();
        var call = window is null ? _first : _call;
        Answer<EventPage> answer;
        try
        {
            answer = await AskAsync(call, after, before, position, cancellation).ConfigureAwait(false);
        }
        catch (StreamRefusedException) when (_page == LargePage)
        {
            _page = SafePage;
            answer = await AskAsync(call, after, before, position, cancellation).ConfigureAwait(false);
        }

        var next = Cursor.Next(answer.Body.Paging);
        if (window is null && position is null && next is null && answer.Body.Results is not { Count: > 0 })
        {
            await AssertNobodyVisitedAsync(answer.Date, cancellation).ConfigureAwait(false);
        }

        var rows = new RowCollector();
        foreach (var (place, view) in (answer.Body.Results ?? []).Index())
        {
            Read(view, place, rows);
        }

        _guard.Follow(position, next);
        return new StreamPage(answer.Date, next) { Content = rows.ToRows(), RowsRead = answer.Body.Results?.Count ?? 0 };
    }

    public Task<StreamRows> FetchAsync(IReadOnlyList<string> ids, CancellationToken cancellation) =>
        throw new NotSupportedException("Page views come with their content.");

    /// <summary>Of single contacts: a visitor's views are given to the contact once it is known who that was, with their old times.</summary>
    public async Task<StreamRows> OfContactsAsync(IReadOnlyList<string> contacts, CancellationToken cancellation)
    {
        var since = ((transport.Date ?? Instant.MaxValue) - LateFor).ToString();
        var rows = new RowCollector();
        await Parallel.ForEachAsync(contacts, ObjectReading.Side(cancellation), async (contact, token) =>
        {
            var guard = new LoopGuard(description.Name);
            string? after = null;
            do
            {
                var position = after;
                var answer = await transport.CallAsync(
                    _call, t => transport.Signals.ListEventsOfAsync(transport.Paths.EventOccurrences, EventType, "contact", contact, since, SafePage, position, t), token).ConfigureAwait(false);
                lock (rows)
                {
                    foreach (var (place, view) in (answer.Body.Results ?? []).Index())
                    {
                        Read(view, place, rows);
                    }
                }

                after = Cursor.Next(answer.Body.Paging);
                guard.Follow(position, after);
            }
            while (after is not null);
        }).ConfigureAwait(false);
        return rows.ToRows();
    }

    /// <summary>
    /// A portal whose plan has no page views may answer with none instead of refusing: then there are contacts on which it counted some lately, and these counts are all there is.
    /// </summary>
    private async Task AssertNobodyVisitedAsync(Instant now, CancellationToken cancellation)
    {
        var since = (now - LateFor).UnixMilliseconds.ToString(CultureInfo.InvariantCulture);
        var request = new SearchRequest(
            [new SearchFilterGroup([new SearchFilter("hs_analytics_num_page_views", "GT", "0"), new SearchFilter("hs_analytics_last_timestamp", "GTE", since)])],
            [], [ContactReader.StampProperty], Limit: 1, After: null);
        var visited = await transport.CallAsync(
            _visited, t => transport.Objects.SearchAsync(transport.Paths.Objects(ContactReader.ObjectType), request, t), cancellation).ConfigureAwait(false);
        if (visited.Body.Results is { Count: > 0 })
        {
            throw new StreamRefusedException(
                description.Name, "HubSpot tells of no page view at all, and counts some on contacts.", "Page views one by one come with an Enterprise hub; do without, or ask HubSpot what the portal's plan gives.");
        }
    }

    private Task<Answer<EventPage>> AskAsync(CallContext call, string? after, string? before, string? position, CancellationToken cancellation) => transport.CallAsync(
        call, t => transport.Signals.ListEventsAsync(transport.Paths.EventOccurrences, EventType, after, before, _page, position, t), cancellation);

    private static void Read(EventOccurrence? view, int place, RowCollector rows)
    {
        if (view?.Id is not { Length: > 0 } id || view.ObjectId is not { Length: > 0 } contact)
        {
            rows.Unreadable(view?.Id, place, "no id or no contact");
            return;
        }

        if (view.OccurredAt is null || !FieldValue.TryInstant(view.OccurredAt, out var at))
        {
            rows.Unreadable(id, place, "no readable occurredAt");
            return;
        }

        var url = Value("hs_url") ?? Value("hs_canonical_url") ?? (Value("hs_base_url") is { } root ? root + Value("hs_url_path") : null);
        var title = Value("hs_title") ?? Value("hs_page_title");
        rows.Activities.Add(new CrmActivity("page_view:" + id, FileAddress.Is(url) ? "content_download" : "page_view", at, ActivityReader.Known(
            [new("url", url), new("title", title)]))
        {
            RecordIds = [contact],
        });

        string? Value(string property) => view.Properties?.GetValueOrDefault(property) is { } value && !string.IsNullOrWhiteSpace(value) ? value : null;
    }
}

internal static class FileAddress
{
    /// <summary>The address of a file rather than of a page: seeing it is a download.</summary>
    public static bool Is(string? url)
    {
        if (url is null)
        {
            return false;
        }

        var path = url.Split('?', '#')[0];
        return path.EndsWith(".pdf", StringComparison.OrdinalIgnoreCase) || path.Contains("/hubfs/", StringComparison.OrdinalIgnoreCase);
    }
}
