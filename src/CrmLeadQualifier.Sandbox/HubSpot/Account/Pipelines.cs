using System.Text.Json;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.HubSpot.Account;

/// <summary>The two pipelines of a fresh portal: the deals' and the contacts' lifecycle.</summary>
internal static class Pipelines
{
    /// <summary>In the order in which a contact can only move forward.</summary>
    public static readonly string[] LifecycleStages =
        ["subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer", "evangelist", "other"];

    public static readonly (string Id, string Label, string Probability)[] DealStages =
    [
        ("appointmentscheduled", "Appointment Scheduled", "0.2"), ("qualifiedtobuy", "Qualified To Buy", "0.4"),
        ("presentationscheduled", "Presentation Scheduled", "0.6"),
        ("decisionmakerboughtin", "Decision Maker Bought-In", "0.8"), ("contractsent", "Contract Sent", "0.9"), ("closedwon", "Closed Won", "1.0"),
        ("closedlost", "Closed Lost", "0.0"),
    ];

    private static readonly string[] LifecycleLabels =
        ["Subscriber", "Lead", "Marketing Qualified Lead", "Sales Qualified Lead", "Opportunity", "Customer", "Evangelist", "Other"];

    private const string DealPipeline = "default";
    private const string ContactPipeline = "contacts-lifecycle-pipeline";

    public static Answer List(HubSpotCall call)
    {
        var type = call.Type();
        return Answer.Json(200, json =>
        {
            json.WriteStartArray("results");
            if (type == ObjectType.Deal || type == ObjectType.Contact)
            {
                json.WriteStartObject();
                Write(json, type);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }) with { RowsRead = 1 };
    }

    public static Answer Get(HubSpotCall call)
    {
        var type = call.Type();
        var known = type == ObjectType.Deal ? DealPipeline : type == ObjectType.Contact ? ContactPipeline : null;
        return known == call.Route("id") ? Answer.Json(200, json => Write(json, type)) with { RowsRead = 1 } : throw HubSpotRefusal.NotFound();
    }

    private static void Write(Utf8JsonWriter json, ObjectType type)
    {
        if (type == ObjectType.Deal)
        {
            Write(json, "Sales Pipeline", DealPipeline, DealStages.Length, stage =>
            {
                json.WriteString("label", DealStages[stage].Label);
                WriteMetadata(json, stage, DealStages[stage].Id.StartsWith("closed", StringComparison.Ordinal), "probability", DealStages[stage].Probability);
                json.WriteString("id", DealStages[stage].Id);
            });
            return;
        }
        Write(json, "Lifecycle Stage Pipeline", ContactPipeline, LifecycleStages.Length, stage =>
        {
            var closed = LifecycleStages[stage] == "other";
            json.WriteString("label", LifecycleLabels[stage]);
            WriteMetadata(json, stage, closed, "state", closed ? "CLOSED" : "OPEN");
            json.WriteString("id", LifecycleStages[stage]);
        });
    }

    private static void Write(Utf8JsonWriter json, string label, string id, int stages, Action<int> writeStage)
    {
        json.WriteString("label", label);
        json.WriteNumber("displayOrder", 0);
        json.WriteString("id", id);
        json.WriteStartArray("stages");
        for (var stage = 0; stage < stages; stage++)
        {
            json.WriteStartObject();
            writeStage(stage);
            WriteStamps(json);
            json.WriteString("writePermissions", "CRM_PERMISSIONS_ENFORCEMENT");
            json.WriteBoolean("archived", false);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        WriteStamps(json);
        json.WriteBoolean("archived", false);
    }

    private static void WriteMetadata(Utf8JsonWriter json, int order, bool closed, string name, string value)
    {
        json.WriteNumber("displayOrder", order);
        json.WriteStartObject("metadata");
        json.WriteString("isClosed", closed ? "true" : "false");
        json.WriteString(name, value);
        json.WriteEndObject();
    }

    private static void WriteStamps(Utf8JsonWriter json)
    {
        json.WriteString("createdAt", "1970-01-01T00:00:00Z");
        json.WriteString("updatedAt", "1970-01-01T00:00:00Z");
    }
}
