using System.Globalization;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.HubSpot.Lists;

/// <summary>Lists (HubSpot calls them segments now) and their members.</summary>
internal sealed class ListStore(Portal portal)
{
    private const int FirstId = 584;
    private const int MostMembersPerPage = 250;
    private const int MostListsPerPage = 500;

    private readonly List<ContactList> _lists = [];
    private int _made;

    public Answer Create(HubSpotCall call)
    {
        var missing = new[] { "name", "objectTypeId", "processingType" }.Where(field => call.BodyText(field) is null).ToList();
        if (missing.Count > 0)
            throw HubSpotRefusal.Validation($"Invalid input JSON on line 1, column {call.BodyLength}. Some required fields were not set: [{string.Join(", ", missing)}]");
        var processing = call.BodyText("processingType")!;
        if (processing is not ("MANUAL" or "DYNAMIC" or "SNAPSHOT"))
            throw HubSpotRefusal.Validation($"processingType must be MANUAL, DYNAMIC or SNAPSHOT, but was {processing}");
        var type = TypeOf(call.BodyText("objectTypeId")!);
        var name = call.BodyText("name")!;
        CheckName(name, type, except: null);
        var hasFilter = call.Json.TryGetProperty("filterBranch", out var branch) && branch.ValueKind == JsonValueKind.Object;
        if (hasFilter == (processing == "MANUAL"))
            throw HubSpotRefusal.Validation(hasFilter ? "A MANUAL list cannot have a filterBranch." : $"A {processing} list needs a filterBranch.");
        var filter = hasFilter ? ListFilter.Read(branch, portal.Properties(type)) : null;
        var list = new ContactList((FirstId + _made++).ToString(CultureInfo.InvariantCulture), name, type, processing, filter, call.Now);
        if (processing == "SNAPSHOT")
        {
            foreach (var record in portal.Store(type).Ordered.Where(record => !record.Archived && filter!.Holds(record)))
                list.Add(record.Id, call.Now);
        }
        _lists.Add(list);
        return Described(list, list.IsActive ? "PROCESSING" : "COMPLETE") with { RowsWritten = 1 };
    }

    public Answer Get(HubSpotCall call) => Described(Find(call)) with { RowsRead = 1 };

    public Answer GetByName(HubSpotCall call)
    {
        var type = TypeOf(call.Route("typeId"));
        var name = Uri.UnescapeDataString(call.Route("name"));
        return Described(_lists.Find(list => list.Type == type && Same(list.Name, name)) ?? throw HubSpotRefusal.With(
            404, $"List does not exist with name {name}.", "OBJECT_NOT_FOUND", "ListError.LIST_NAME_DOES_NOT_EXIST").MarkedNotFound()) with { RowsRead = 1 };
    }

    /// <summary>Those of the given ids; none where no id is given.</summary>
    public Answer GetSeveral(HubSpotCall call)
    {
        var ids = call.QueryList("listIds");
        return Answer.Json(200, json =>
        {
            json.WriteStartArray("lists");
            foreach (var list in _lists.Where(list => ids.Contains(list.Id)))
                Write(json, list);
            json.WriteEndArray();
        });
    }

    public Answer Search(HubSpotCall call)
    {
        var query = call.BodyText("query") ?? "";
        var types = call.BodyList("processingTypes");
        var count = Number(call.BodyText("count"), 20);
        if (count > MostListsPerPage)
            throw HubSpotRefusal.Validation($"count must be at most {MostListsPerPage}, but was {count}");
        var offset = Number(call.BodyText("offset"), 0);
        var found = _lists.Where(list => list.Name.Contains(query, StringComparison.OrdinalIgnoreCase) && (types.Length == 0 || types.Contains(list.Processing))
            && (call.BodyText("objectTypeId") is not { } type || list.Type == TypeOf(type))).ToList();
        var page = found.Skip(offset).Take(count).ToList();
        return Answer.Json(200, json =>
        {
            json.WriteNumber("offset", offset + page.Count);
            json.WriteBoolean("hasMore", offset + page.Count < found.Count);
            json.WriteStartArray("lists");
            foreach (var list in page)
                Write(json, list, list.Members(portal.Store(list.Type)).Count);
            json.WriteEndArray();
            json.WriteNumber("total", found.Count);
        }) with { RowsRead = page.Count };
    }

    public Answer Rename(HubSpotCall call)
    {
        var list = Find(call);
        var name = call.Query("listName") ?? throw HubSpotRefusal.Validation("listName must be given");
        CheckName(name, list.Type, except: list);
        list.Rename(name, call.Now);
        return Updated(list);
    }

    public Answer Refilter(HubSpotCall call)
    {
        var list = Find(call);
        if (!list.IsActive)
            throw HubSpotRefusal.Validation($"The filters of a {list.Processing} list cannot be changed.");
        if (!call.Json.TryGetProperty("filterBranch", out var branch))
            throw HubSpotRefusal.Validation("Some required fields were not set: [filterBranch]");
        list.Refilter(ListFilter.Read(branch, portal.Properties(list.Type)), call.Now);
        return Updated(list);
    }

    public Answer Delete(HubSpotCall call)
    {
        _lists.Remove(Find(call));
        return Answer.NoContent() with { RowsWritten = 1 };
    }

    public Answer Members(HubSpotCall call)
    {
        var list = Find(call);
        var limit = call.QueryLimit(100, MostMembersPerPage);
        var from = OpaqueCursor.ReadOffset(call);
        var members = list.Members(portal.Store(list.Type));
        var page = members.Skip(from).Take(limit).ToList();
        return Answer.Json(200, json =>
        {
            json.WriteStartArray("results");
            foreach (var (member, since) in page)
            {
                json.WriteStartObject();
                json.WriteString("membershipTimestamp", Instant.Iso(since));
                json.WriteString("recordId", member.ToString(CultureInfo.InvariantCulture));
                json.WriteEndObject();
            }
            json.WriteEndArray();
            if (from + page.Count < members.Count)
                Paging.Write(json, OpaqueCursor.Write((from + page.Count).ToString(CultureInfo.InvariantCulture)), call);
            json.WriteNumber("total", members.Count);
        }) with { RowsRead = page.Count };
    }

    /// <summary>The body is a bare array of ids; the answer has only the keys that say something.</summary>
    public Answer Add(HubSpotCall call) => Change(call, call.Ids(), []);

    public Answer Remove(HubSpotCall call) => Change(call, [], call.Ids());

    public Answer AddAndRemove(HubSpotCall call) => Change(call, Ids(call.BodyList("recordIdsToAdd")), Ids(call.BodyList("recordIdsToRemove")));

    private Answer Change(HubSpotCall call, IReadOnlyList<long> toAdd, IReadOnlyList<long> toRemove)
    {
        var list = Find(call);
        if (list.IsActive)
            throw HubSpotRefusal.Validation("The members of a DYNAMIC list cannot be changed: its filters decide.");
        var missing = toAdd.Where(id => portal.Find(list.Type, id) is null).ToList();
        var added = toAdd.Except(missing).Where(id => list.Add(id, call.Now)).ToList();
        var removed = toRemove.Where(id => list.Remove(id, call.Now)).ToList();
        return Answer.Json(200, json =>
        {
            Write(json, "recordsIdsAdded", added);
            Write(json, "recordIdsMissing", missing);
            Write(json, "recordIdsRemoved", removed);
        }) with { RowsWritten = added.Count + removed.Count };
    }

    private void CheckName(string name, ObjectType type, ContactList? except)
    {
        if (_lists.Exists(list => list != except && list.Type == type && Same(list.Name, name)))
            throw HubSpotRefusal.With(400, $"A list with the name {name} already exists.", "VALIDATION_ERROR", "ListError.DUPLICATE_LIST_NAMES");
    }

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private static ObjectType TypeOf(string id) =>
        ObjectType.Find(id) ?? throw HubSpotRefusal.With(400, $"Unable to infer object type from: {id}", category: null);

    private static int Number(string? text, int otherwise) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    private static List<long> Ids(IEnumerable<string> texts) =>
        [.. texts.Select(text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id
            : throw HubSpotRefusal.BadJson("every id must be a number"))];

    private static void Write(Utf8JsonWriter json, string name, List<long> ids)
    {
        if (ids.Count == 0)
            return;
        json.WriteStartArray(name);
        foreach (var id in ids)
            json.WriteStringValue(id.ToString(CultureInfo.InvariantCulture));
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ContactList list, int? size = null)
    {
        json.WriteStartObject();
        list.Write(json, "COMPLETE", withFilter: false, size);
        json.WriteEndObject();
    }

    private static Answer Described(ContactList list, string status = "COMPLETE") => Answer.Json(200, json =>
    {
        json.WriteStartObject("list");
        list.Write(json, status, withFilter: true);
        json.WriteEndObject();
    });

    private static Answer Updated(ContactList list) => Answer.Json(200, json =>
    {
        json.WriteStartObject("updatedList");
        list.Write(json, "COMPLETE", withFilter: true);
        json.WriteEndObject();
    }) with { RowsWritten = 1 };

    private ContactList Find(HubSpotCall call)
    {
        var id = call.Route("id");
        return _lists.Find(list => list.Id == id) ?? throw HubSpotRefusal.With(
            404,
            $"List does not exist with ID {id}.",
            "OBJECT_NOT_FOUND",
            "ListError.LIST_ID_DOES_NOT_EXIST",
            context =>
            {
                context.WriteStartArray("listId");
                context.WriteStringValue(id);
                context.WriteEndArray();
            }).MarkedNotFound();
    }
}
