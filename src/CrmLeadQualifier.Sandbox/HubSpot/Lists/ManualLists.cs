using System.Globalization;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.HubSpot.Lists;

/// <summary>Static lists of records, filled by hand or by the API. Active lists (a filter that HubSpot evaluates) are not emulated and refused.</summary>
internal sealed class ManualLists
{
    private const int FirstId = 584;
    private const int MostMembersPerPage = 250;

    private readonly List<ManualList> _lists = [];

    private sealed record ManualList(string Id, string Name, ObjectType Type, long CreatedAt)
    {
        /// <summary>Member -> since when, in the order of their ids.</summary>
        public SortedDictionary<long, long> Members { get; } = [];
    }

    public Answer Create(HubSpotCall call)
    {
        var missing = new[] { "name", "objectTypeId", "processingType" }.Where(field => call.BodyText(field) is null).ToList();
        if (missing.Count > 0)
            throw HubSpotRefusal.Validation($"Invalid input JSON on line 1, column {call.BodyLength}. Some required fields were not set: [{string.Join(", ", missing)}]");
        if (call.BodyText("processingType") is not "MANUAL")
            throw HubSpotRefusal.Validation($"The sandbox has lists with processingType MANUAL only, not {call.BodyText("processingType")}");
        var type = ObjectType.Find(call.BodyText("objectTypeId")!)
            ?? throw HubSpotRefusal.With(400, $"Unable to infer object type from: {call.BodyText("objectTypeId")}", category: null);
        var list = new ManualList((FirstId + _lists.Count).ToString(CultureInfo.InvariantCulture), call.BodyText("name")!, type, call.Now);
        _lists.Add(list);
        return Answer.Json(200, json => Describe(json, list)) with { RowsWritten = 1 };
    }

    public Answer Get(HubSpotCall call) => Answer.Json(200, json => Describe(json, Find(call))) with { RowsRead = 1 };

    public Answer Members(HubSpotCall call)
    {
        var list = Find(call);
        var limit = call.QueryLimit(100, MostMembersPerPage);
        var from = OpaqueCursor.ReadOffset(call);
        var page = list.Members.Skip(from).Take(limit).ToList();
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
            if (from + page.Count < list.Members.Count)
                Paging.Write(json, OpaqueCursor.Write((from + page.Count).ToString(CultureInfo.InvariantCulture)), call);
            json.WriteNumber("total", list.Members.Count);
        }) with { RowsRead = page.Count };
    }

    /// <summary>The body is a bare array of ids; the answer has only the keys that say something.</summary>
    public Answer Add(HubSpotCall call, Portal portal)
    {
        var list = Find(call);
        var (added, missing) = (new List<long>(), new List<long>());
        foreach (var id in call.Ids())
        {
            if (portal.Find(list.Type, id) is null)
                missing.Add(id);
            else if (list.Members.TryAdd(id, call.Now))
                added.Add(id);
        }
        return Answer.Json(200, json =>
        {
            Write(json, "recordsIdsAdded", added);
            Write(json, "recordIdsMissing", missing);
        }) with { RowsWritten = added.Count };
    }

    public Answer Remove(HubSpotCall call)
    {
        var list = Find(call);
        var removed = call.Ids().Where(list.Members.Remove).ToList();
        return Answer.Json(200, json => Write(json, "recordIdsRemoved", removed)) with { RowsWritten = removed.Count };
    }

    private static void Write(Utf8JsonWriter json, string name, List<long> ids)
    {
        if (ids.Count == 0)
            return;
        json.WriteStartArray(name);
        foreach (var id in ids)
            json.WriteStringValue(id.ToString(CultureInfo.InvariantCulture));
        json.WriteEndArray();
    }

    private static void Describe(Utf8JsonWriter json, ManualList list)
    {
        json.WriteStartObject("list");
        json.WriteString("listId", list.Id);
        json.WriteNumber("listVersion", 1);
        json.WriteString("createdAt", Instant.Iso(list.CreatedAt));
        json.WriteString("updatedAt", Instant.Iso(list.CreatedAt));
        json.WriteString("filtersUpdatedAt", Instant.Iso(list.CreatedAt));
        json.WriteString("processingStatus", "COMPLETE");
        json.WriteString("createdById", "5555888");
        json.WriteString("updatedById", "5555888");
        json.WriteString("processingType", "MANUAL");
        json.WriteString("objectTypeId", list.Type.TypeId);
        json.WriteString("name", list.Name);
        json.WriteStartObject("listPermissions");
        json.WriteStartArray("teamsWithEditAccess");
        json.WriteEndArray();
        json.WriteStartArray("usersWithEditAccess");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject("membershipSettings");
        json.WriteNull("membershipTeamId");
        json.WriteNull("includeUnassigned");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private ManualList Find(HubSpotCall call)
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
