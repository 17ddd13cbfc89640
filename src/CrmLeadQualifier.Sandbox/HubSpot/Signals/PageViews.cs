using System.Globalization;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.HubSpot.Signals;

internal sealed record PageView(long Number, long ContactId, long At, string Url, string Title);

/// <summary>Visited pages, as event occurrences: for the whole portal by time, or of one contact. Newest first; an event to come is not told.</summary>
internal sealed class PageViews
{
    public const string EventType = "e_visited_page";

    private static readonly Comparer<PageView> ByTime = Comparer<PageView>.Create((a, b) => a.At != b.At ? a.At.CompareTo(b.At) : a.Number.CompareTo(b.Number));

    private static readonly string[] Blank =
    [
        "hs_analytics_normalized_page_url", "hs_browser", "hs_browser_type", "hs_browser_version_major", "hs_canonical_url", "hs_country",
        "hs_device_type", "hs_is_amp", "hs_is_contact",
        "hs_is_external", "hs_is_in_chat_view", "hs_is_virtual_referrer", "hs_is_virtual_url", "hs_original_canonical_url", "hs_page_id",
        "hs_qualified_region", "hs_query_params",
        "hs_region", "hs_targeted_content_aggregation", "hs_tracking_privacy_data", "hs_user_agent", "hs_utm_campaign", "hs_visit_source",
        "hs_visit_source_details_1", "hs_visit_source_details_2",
    ];

    private readonly List<PageView> _all = [];
    private readonly Dictionary<long, List<PageView>> _byContact = [];
    private bool _sorted = true;
    private readonly HashSet<long> _attached = [];
    private bool _holds;

    public PageView Add(long contactId, long at, string url, string title)
    {
        var view = new PageView(_all.Count + 1, contactId, at, url, title);
        _sorted &= _all.Count == 0 || ByTime.Compare(_all[^1], view) <= 0;
        _all.Add(view);
        OfContact(contactId).Add(view);
        return view;
    }

    /// <summary>From now on a tenth of the contacts lack their views: nobody knows yet that those browsers are theirs.</summary>
    public void HoldBack() => _holds = true;

    /// <summary>The contact said who they are: their views are theirs from now on, with their old instants.</summary>
    /// <returns>Whether any were held back until now.</returns>
    public bool Attach(long contactId) => IsHeld(contactId) && _attached.Add(contactId) && _byContact.ContainsKey(contactId);

    public bool IsHeld(long contactId) => _holds && contactId / 50 % 10 == 0 && !_attached.Contains(contactId);

    public void Forget(long contactId)
    {
        if (_byContact.Remove(contactId))
            _all.RemoveAll(view => view.ContactId == contactId);
    }

    public int CountOf(long contactId) => !IsHeld(contactId) && _byContact.TryGetValue(contactId, out var views) ? views.Count : 0;

    /// <summary>A merged contact's visits become the survivor's.</summary>
    public void Move(long from, long to)
    {
        if (!_byContact.Remove(from, out var views))
            return;
        foreach (var view in views)
        {
            var moved = view with { ContactId = to };
            _all[_all.IndexOf(view)] = moved;
            OfContact(to).Add(moved);
        }
    }

    public Answer Occurrences(HubSpotCall call, Portal portal)
    {
        var eventType = call.Query("eventType");
        var objectType = call.Query("objectType");
        var objectId = call.Query("objectId");
        if (call.Query("sort") is not null)
            throw HubSpotRefusal.Validation("Unsupported parameter: sort");
        if (objectId is not null && objectType is null)
            throw HubSpotRefusal.Validation("objectType is required with objectId");
        if (eventType is null && objectId is null)
            throw HubSpotRefusal.Validation("eventType, or objectType and objectId, must be given");
        var limit = call.QueryLimit(100, 1_000);
        var from = call.QueryInstant("occurredAfter") ?? long.MinValue;
        var to = Math.Min(call.QueryInstant("occurredBefore") ?? long.MaxValue, call.Now);
        var cursor = ReadCursor(call);
        var page = new List<PageView>();
        if (portal.Settings.Events == EventAccess.Refused)
            throw HubSpotRefusal.With(403, "This account does not have access to event analytics.", "MISSING_SCOPES");
        if (portal.Settings.Events == EventAccess.Given && (eventType is null or EventType) && (objectType is null || ObjectType.Find(objectType) == ObjectType.Contact))
            page = Find(portal, objectId, from, to, cursor, limit + 1);
        var shown = page.Count > limit ? page[..limit] : page;
        return Answer.Json(200, json =>
        {
            json.WriteStartArray("results");
            foreach (var view in shown)
                Write(json, view);
            json.WriteEndArray();
            if (page.Count > limit)
                Paging.Write(json, OpaqueCursor.Write(string.Create(CultureInfo.InvariantCulture,
                    $"{shown[^1].At}|0-1|{shown[^1].ContactId}|4-1553675|{shown[^1].Number}|")), call);
        }) with { RowsRead = shown.Count };
    }

    public static Answer Types() => Answer.Json(200, json =>
    {
        json.WriteStartArray("eventTypes");
        foreach (var name in new[] { EventType, "e_submitted_form", "e_deal_closed" })
            json.WriteStringValue(name);
        json.WriteEndArray();
    });

    private List<PageView> Find(Portal portal, string? objectId, long from, long to, (long At, long Number)? cursor, int most)
    {
        List<PageView> views;
        if (objectId is null)
        {
            if (!_sorted)
                _all.Sort(ByTime);
            _sorted = true;
            views = _all;
        }
        else
        {
            views = portal.Resolve(ObjectType.Contact, objectId) is { } contact ? OfContact(contact.Id) : [];
            views.Sort(ByTime);
        }
        var found = new List<PageView>();
        // Binary search for the newest that may be shown, then back in time.
        var start = cursor is { } known
            ? LowerBound(views, view => view.At < known.At || (view.At == known.At && view.Number < known.Number))
            : LowerBound(views, view => view.At <= to);
        for (var i = start - 1; i >= 0 && views[i].At >= from && found.Count < most; i--)
        {
            if (!IsHeld(views[i].ContactId))
                found.Add(views[i]);
        }
        return found;
    }

    private static int LowerBound(List<PageView> views, Func<PageView, bool> before)
    {
        int low = 0, high = views.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (before(views[middle]))
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private List<PageView> OfContact(long contactId)
    {
        if (!_byContact.TryGetValue(contactId, out var views))
            _byContact[contactId] = views = [];
        return views;
    }

    private static (long At, long Number)? ReadCursor(HubSpotCall call)
    {
        if (OpaqueCursor.Read(call) is not { } position)
            return null;
        var parts = position.Split('|');
        return parts.Length >= 6 && long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var at)
            && long.TryParse(parts[4], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (at, number)
            : throw HubSpotRefusal.Validation("Invalid cursor");
    }

    private static void Write(Utf8JsonWriter json, PageView view)
    {
        var contact = view.ContactId.ToString(CultureInfo.InvariantCulture);
        var stamp = view.At.ToString(CultureInfo.InvariantCulture);
        var known = Uri.TryCreate(view.Url, UriKind.Absolute, out var uri);
        var properties = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["hs_base_url"] = known ? uri!.GetLeftPart(UriPartial.Authority) : "",
            ["hs_cf_bot_score"] = "98",
            ["hs_hash_id"] = (view.Number % 1_000_000).ToString(CultureInfo.InvariantCulture),
            ["hs_is_new_cookie"] = "false",
            ["hs_leviathan_linked_vids"] = contact,
            ["hs_log_line_timestamp"] = stamp,
            ["hs_operating_system"] = "Linux",
            ["hs_page_title"] = view.Title,
            ["hs_processed_timestamp"] = (view.At + 800).ToString(CultureInfo.InvariantCulture),
            ["hs_title"] = view.Title,
            ["hs_url"] = view.Url,
            ["hs_url_domain"] = known ? uri!.Host : "",
            ["hs_url_path"] = known ? uri!.AbsolutePath : "",
        };
        foreach (var name in Blank)
            properties[name] = "";
        json.WriteStartObject();
        json.WriteString("objectType", "CONTACT");
        json.WriteString("objectId", contact);
        json.WriteString("eventType", EventType);
        json.WriteString("occurredAt", Instant.Iso(view.At));
        json.WriteString("id", $"leviathan-{view.Number:x8}-{view.ContactId % 65536:x4}-394d-b943-{view.ContactId & 0xffffffffffff:x12}-{stamp}");
        json.WriteStartObject("properties");
        foreach (var (name, value) in properties)
            json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
