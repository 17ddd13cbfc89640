using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Limits;

namespace CrmLeadQualifier.Sandbox.Faults;

/// <summary>What a fault makes of an answer.</summary>
internal static class AnswerFaults
{
    /// <summary>The answer of a fault that keeps the call from being handled; null for the others.</summary>
    public static Answer? Instead(FaultKind fault, string correlationId) => fault switch
    {
        FaultKind.Html => Answer.Html(502, "Bad Gateway", "Bad Gateway"),
        FaultKind.TooMany => Limited(LimitPolicy.TenSecondlyRolling).ToAnswer(correlationId),
        FaultKind.ServerError => HubSpotRefusal.With(500, "internal error", category: null).ToAnswer(correlationId),
        FaultKind.Expired => HubSpotRefusal.Unauthenticated().ToAnswer(correlationId),
        _ => null,
    };

    public static Answer Apply(FaultKind? fault, Answer answer) => fault switch
    {
        FaultKind.Empty => answer with { Status = 200, Body = ReadOnlyMemory<byte>.Empty },
        FaultKind.Truncated => answer with { Body = answer.Body[..(answer.Body.Length / 2)] },
        FaultKind.Number => WithNumber(answer),
        _ => answer,
    };

    public static HubSpotRefusal Limited(LimitPolicy policy) => policy switch
    {
        LimitPolicy.Secondly => HubSpotRefusal.Limit("You have reached your secondly limit.", "SECONDLY"),
        LimitPolicy.Daily => HubSpotRefusal.Limit("You have reached your daily limit.", "DAILY"),
        _ => HubSpotRefusal.Limit("You have reached your ten_secondly_rolling limit.", "TEN_SECONDLY_ROLLING"),
    };

    private static Answer WithNumber(Answer answer)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(answer.Body.Span);
        }
        catch (JsonException)
        {
            return answer;
        }
        var first = root is JsonObject given && given["results"] is JsonArray { Count: > 0 } results ? results[0] : root;
        if (first is not JsonObject record || record["properties"] is not JsonObject properties)
            return answer;
        var text = properties.Select(property => property.Key).FirstOrDefault(name => properties[name] is JsonValue value
            && value.GetValueKind() == JsonValueKind.String);
        if (text is null)
            return answer;
        properties[text] = 42;
        return answer with { Body = Encoding.UTF8.GetBytes(root!.ToJsonString()) };
    }
}
