using System.Text.Json;

namespace CrmLeadQualifier.Sandbox.HubSpot.Wire;

/// <summary>HubSpot says no: thrown where a rule is broken, answered by the gate. Nothing of the call has been done.</summary>
internal sealed class HubSpotRefusal : Exception
{
    private HubSpotRefusal(Func<string, Answer> toAnswer) => ToAnswer = toAnswer;

    /// <summary>The answer, given the call's correlation id.</summary>
    public Func<string, Answer> ToAnswer { get; }

    public static HubSpotRefusal With(int status, string message, string? category, string? subCategory = null, Action<Utf8JsonWriter>? context = null,
        Action<Utf8JsonWriter>? errors = null) =>
        new(correlationId => Answer.Json(status, json =>
        {
            json.WriteString("status", "error");
            json.WriteString("message", message);
            json.WriteString("correlationId", correlationId);
            if (context is not null)
            {
                json.WriteStartObject("context");
                context(json);
                json.WriteEndObject();
            }
            if (errors is not null)
            {
                json.WriteStartArray("errors");
                errors(json);
                json.WriteEndArray();
            }
            if (category is not null)
                json.WriteString("category", category);
            if (subCategory is not null)
                json.WriteString("subCategory", subCategory);
        }));

    public static HubSpotRefusal Validation(string message, Action<Utf8JsonWriter>? context = null) => With(400, message, "VALIDATION_ERROR", context: context);

    public static HubSpotRefusal BadJson(string detail) => Validation($"Invalid input JSON on line 1, column 1: {detail}");

    public static HubSpotRefusal Unauthenticated() => With(
        401,
        "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
        "INVALID_AUTHENTICATION");

    public static HubSpotRefusal NotFound(string message = "resource not found") => With(404, message, "OBJECT_NOT_FOUND");

    /// <summary>A missing record read by itself is answered with a page, as recorded.</summary>
    public static HubSpotRefusal NotFoundPage() =>
        new HubSpotRefusal(_ => Answer.Html(404, "Not Found", "Resource not found")).MarkedNotFound();

    /// <summary>The same refusal with the header that says that the route was there and the thing was not.</summary>
    public HubSpotRefusal MarkedNotFound() => new(correlationId => ToAnswer(correlationId) with { Headers = [("X-HubSpot-NotFound", "true")] });

    public static HubSpotRefusal Limit(string message, string policy) =>
        new(correlationId => Answer.Json(429, json =>
        {
            json.WriteString("status", "error");
            json.WriteString("message", message);
            json.WriteString("errorType", "RATE_LIMIT");
            json.WriteString("correlationId", correlationId);
            json.WriteString("policyName", policy);
            if (policy == "SECONDLY")
                json.WriteString("requestId", correlationId);
            else
                json.WriteString("groupName", "publicapi:private-apps-api-calls");
        }));
}
