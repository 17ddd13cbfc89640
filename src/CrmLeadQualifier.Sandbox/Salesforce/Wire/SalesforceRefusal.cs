using System.Text.Json;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Wire;

/// <summary>Salesforce says no to a whole call: thrown where a rule is broken, answered by the gate. Nothing of the call has been done.</summary>
internal sealed class SalesforceRefusal(Answer answer) : Exception
{
    public Answer Answer => answer;

    public static SalesforceRefusal With(int status, string code, string message, params string[] fields) => new(Body(status, code, message, fields));

    public static SalesforceRefusal NotFound(string message = "The requested resource does not exist") => With(404, "NOT_FOUND", message);

    public static SalesforceRefusal BadJson(string message) => With(400, "JSON_PARSER_ERROR", message);

    public static SalesforceRefusal Malformed(string message) => With(400, "MALFORMED_QUERY", message);

    public static SalesforceRefusal SessionExpired() => With(401, "INVALID_SESSION_ID", "Session expired or invalid");

    /// <summary>The token endpoint speaks OAuth's language.</summary>
    public static SalesforceRefusal OAuth(string error, string description) => new(SalesforceJson.Object(400, json =>
    {
        json.WriteString("error", error);
        json.WriteString("error_description", description);
    }));

    public static Answer Body(int status, string code, string message, params string[] fields) => SalesforceJson.Value(status, json =>
    {
        json.WriteStartArray();
        json.WriteStartObject();
        json.WriteString("message", message);
        json.WriteString("errorCode", code);
        if (fields.Length > 0)
        {
            json.WriteStartArray("fields");
            foreach (var field in fields)
                json.WriteStringValue(field);
            json.WriteEndArray();
        }
        json.WriteEndObject();
        json.WriteEndArray();
    });
}

internal static class SalesforceJson
{
    private const string ContentType = "application/json;charset=UTF-8";

    /// <summary>A value that writes its own braces.</summary>
    public static Answer Value(int status, Action<Utf8JsonWriter> write) => new(status, JsonBytes.Write(write), ContentType);

    /// <summary>An object, of which <paramref name="write"/> writes what is between the braces.</summary>
    public static Answer Object(int status, Action<Utf8JsonWriter> write) => Value(status, json =>
    {
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
    });

    public static readonly Answer NoContent = new(204, ReadOnlyMemory<byte>.Empty, ContentType);
}
