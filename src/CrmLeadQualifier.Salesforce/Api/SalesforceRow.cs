using System.Text.Json;
using System.Text.Json.Serialization;
using CrmLeadQualifier.Crm.Wire;

namespace CrmLeadQualifier.Salesforce.Api;

/// <summary>One row of a query: its values by the name they were selected by, a parent's as <c>Campaign.Name</c>. Every value may be missing or null.</summary>
[JsonConverter(typeof(SalesforceRowConverter))]
internal sealed class SalesforceRow(IReadOnlyDictionary<string, string> values)
{
    public string? Id => Get("Id");

    /// <summary>A parent's values as a row of its own.</summary>
    public SalesforceRow Parent(string relationship)
    {
        var prefix = relationship + ".";
        return new SalesforceRow(values.Where(value => value.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            .ToDictionary(value => value.Key[prefix.Length..], value => value.Value, StringComparer.OrdinalIgnoreCase));
    }

    public bool IsDeleted => Is("IsDeleted");

    /// <summary>The value as it is written (numbers and booleans too), or null where it is missing or blank.</summary>
    public string? Get(string field) => values.TryGetValue(field, out var value) && !string.IsNullOrWhiteSpace(value) ? value : null;

    public bool Is(string field) => values.TryGetValue(field, out var value) && value == "true";

    public override string ToString() => Id ?? "a row without an id";
}

/// <summary>
/// Nested parents become dotted names; <c>attributes</c> and lists are left out; a text that is no valid Unicode becomes U+FFFD and hides no page.
/// </summary>
internal sealed class SalesforceRowConverter : JsonConverter<SalesforceRow>
{
    public override SalesforceRow Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("A row is an object.");
        }

        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        ReadInto(ref reader, "", values);
        return new SalesforceRow(values);
    }

    public override void Write(Utf8JsonWriter writer, SalesforceRow value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Rows are read only.");

    private static void ReadInto(ref Utf8JsonReader reader, string prefix, Dictionary<string, string> values)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            reader.Read();
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject when name != "attributes":
                    ReadInto(ref reader, $"{prefix}{name}.", values);
                    break;
                case JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False:
                    values[prefix + name] = LenientText.Read(ref reader)!;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }
}
