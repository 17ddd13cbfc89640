using System.Text.Json;
using System.Text.Json.Serialization;

namespace CrmLeadQualifier.Crm.Wire;

/// <summary>A CRM's body, read so that one odd text hides no page of records for ever.</summary>
public static class LenientJson
{
    /// <param name="context">The generated code for the shape.</param>
    /// <exception cref="JsonException">Not JSON, cut off, or of another shape.</exception>
    public static T? Read<T>(byte[] body, JsonSerializerContext context)
    {
        try
        {
            return (T?)JsonSerializer.Deserialize(body, typeof(T), context);
        }
        catch (JsonException) when (body.AsSpan().IndexOfAnyInRange((byte)0, (byte)31) >= 0)
        {
            // JSON forbids raw control characters in texts; NUL bytes and others do occur.
            return (T?)JsonSerializer.Deserialize([.. body.Select(b => b < 32 ? (byte)' ' : b)], typeof(T), context);
        }
    }
}
