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

    /// <summary>An access token that has ended: a refresh helps.</summary>
    public static HubSpotRefusal Expired(long seconds) => With(
        401, $"The OAuth token used to make this call expired {seconds} second(s) ago.", "EXPIRED_AUTHENTICATION");

    /// <summary>The token may not: one of these scopes would do.</summary>
    public static HubSpotRefusal MissingScopes(IReadOnlyCollection<string> scopes) => With(
        403,
        "One or more of the following scopes are required.",
        "MISSING_SCOPES",
        context: json =>
        {
            json.WriteStartArray("requiredGranularScopes");
            foreach (var scope in scopes)
                json.WriteStringValue(scope);
            json.WriteEndArray();
            json.WriteStartArray("links");
            json.WriteStringValue("https://developers.hubspot.com/scopes");
            json.WriteEndArray();
        });

    /// <summary>The token endpoint's own kind of error.</summary>
    public static HubSpotRefusal OAuth(string status, string error, string description) => new(correlationId => Answer.Json(400, json =>
    {
        json.WriteString("status", status);
        json.WriteString("message", description);
        json.WriteString("error", error);
        json.WriteString("error_description", description);
        json.WriteString("correlationId", correlationId);
    }));

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
