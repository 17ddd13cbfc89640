using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Limits;

namespace CrmLeadQualifier.Sandbox.Faults;

/// <summary>What a fault makes of an answer.</summary>
internal static class AnswerFaults
{
    /// <summary>Whole numbers of more digits are not exact in every reader of JSON.</summary>
    private const int MostDigits = 15;

    /// <summary>The answer of a fault that keeps the call from being handled; null for the others.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="search">Whether the call is under the searches' policy.</param>
    /// <param name="correlationId">The call's.</param>
    public static Answer? Instead(FaultKind fault, bool search, string correlationId) => fault switch
    {
        FaultKind.Html => Answer.Html(502, "Bad Gateway", "Bad Gateway"),
        FaultKind.GatewayTimeout or FaultKind.AppliedLater => Answer.Html(504, "Gateway Time-out", "Gateway Time-out"),
        FaultKind.TooMany => Limited(Policy(search)).ToAnswer(correlationId),
        FaultKind.TooManyRetryAfter => Limited(Policy(search)).ToAnswer(correlationId) with { Headers = [("Retry-After", "1")] },
        FaultKind.TooManyToday => Limited(LimitPolicy.Daily).ToAnswer(correlationId),
        FaultKind.Locked => HubSpotRefusal.With(423, "The resource is locked by another operation.", "LOCKED").ToAnswer(correlationId),
        FaultKind.Migrating => HubSpotRefusal.With(477, "This account is being migrated.", "MIGRATION_IN_PROGRESS").ToAnswer(correlationId)
            with { Headers = [("Retry-After", "1")] },
        FaultKind.ServerError => HubSpotRefusal.With(500, "internal error", category: null).ToAnswer(correlationId),
        FaultKind.Unavailable => HubSpotRefusal.With(503, "service unavailable", category: null).ToAnswer(correlationId),
        FaultKind.Expired => HubSpotRefusal.Unauthenticated().ToAnswer(correlationId),
        _ => null,
    };

    public static Answer Apply(FaultKind? fault, Answer answer) => fault switch
    {
        FaultKind.Page => Answer.Html(200, "OK", "Please sign in to the network") with { RowsRead = answer.RowsRead, RowsWritten = answer.RowsWritten },
        FaultKind.Empty => answer with { Status = 200, Body = ReadOnlyMemory<byte>.Empty },
        FaultKind.Truncated => answer with { Body = answer.Body[..(answer.Body.Length / 2)] },
        FaultKind.Number => WithAnotherNumber(answer),
        FaultKind.Numbers => Rewritten(answer, Exchanged),
        _ => answer,
    };

    public static HubSpotRefusal Limited(LimitPolicy policy) => policy switch
    {
        LimitPolicy.Secondly => HubSpotRefusal.Limit("You have reached your secondly limit.", "SECONDLY"),
        LimitPolicy.Daily => HubSpotRefusal.Limit("You have reached your daily limit.", "DAILY"),
        _ => HubSpotRefusal.Limit("You have reached your ten_secondly_rolling limit.", "TEN_SECONDLY_ROLLING"),
    };

    private static LimitPolicy Policy(bool search) => search ? LimitPolicy.Secondly : LimitPolicy.TenSecondlyRolling;

    private static Answer WithAnotherNumber(Answer answer) => Rewritten(answer, root =>
    {
        var first = root is JsonObject given && given["results"] is JsonArray { Count: > 0 } results ? results[0] : root;
        if (first is JsonObject record && record["properties"] is JsonObject properties
            && properties.Select(property => property.Key).FirstOrDefault(name => properties[name]?.GetValueKind() == JsonValueKind.String) is { } text)
            properties[text] = 42;
        return root;
    });

    private static Answer Rewritten(Answer answer, Func<JsonNode?, JsonNode?> rewrite)
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
        return answer with { Body = Encoding.UTF8.GetBytes(rewrite(root)?.ToJsonString() ?? "null") };
    }

    /// <summary>The same content: whole numbers that stood as texts are numbers, and numbers are texts.</summary>
    private static JsonNode? Exchanged(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject record:
                return new JsonObject(record.Select(member => KeyValuePair.Create(member.Key, Exchanged(member.Value))));
            case JsonArray list:
                return new JsonArray([.. list.Select(Exchanged)]);
            case JsonValue value when value.GetValueKind() == JsonValueKind.Number:
                return JsonValue.Create(value.ToJsonString());
            case JsonValue value when value.GetValueKind() == JsonValueKind.String && IsWhole(value.GetValue<string>()):
                return JsonNode.Parse(value.GetValue<string>());
            default:
                return node?.DeepClone();
        }
    }

    private static bool IsWhole(string text) => text.Length is > 0 and <= MostDigits
        && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        && number.ToString(CultureInfo.InvariantCulture) == text;
}
