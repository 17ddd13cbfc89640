using System.Text.Json;
using CrmLeadQualifier.Sandbox.Clock;

namespace CrmLeadQualifier.Sandbox.HubSpot.Wire;

/// <summary>The frame of a batch's answer: results, and errors of single rows, which make it a 207.</summary>
internal static class Batch
{
    public static Answer Answered(HubSpotCall call, int success, Action<Utf8JsonWriter> results, IReadOnlyList<Action<Utf8JsonWriter>> errors) =>
        Answer.Json(errors.Count == 0 ? success : 207, json =>
        {
            json.WriteString("completedAt", Instant.Iso(call.Now));
            json.WriteString("status", "COMPLETE");
            json.WriteString("startedAt", Instant.Iso(call.Now));
            json.WriteStartArray("results");
            results(json);
            json.WriteEndArray();
            if (errors.Count == 0)
                return;
            json.WriteStartArray("errors");
            foreach (var error in errors)
            {
                json.WriteStartObject();
                json.WriteString("status", "error");
                error(json);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteNumber("numErrors", errors.Count);
        });

    public static Action<Utf8JsonWriter> Error(string category, string message, string? subCategory = null,
        params (string Name, IReadOnlyCollection<string> Values)[] context) => json =>
    {
        json.WriteString("category", category);
        if (subCategory is not null)
            json.WriteString("subCategory", subCategory);
        json.WriteString("message", message);
        if (context.Length == 0)
            return;
        json.WriteStartObject("context");
        foreach (var (name, values) in context)
        {
            json.WriteStartArray(name);
            foreach (var value in values)
                json.WriteStringValue(value);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    };
}
