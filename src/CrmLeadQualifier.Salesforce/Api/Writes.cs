using System.Text.Json;
using System.Text.Json.Serialization;

namespace CrmLeadQualifier.Salesforce.Api;

internal sealed record CollectionRequest(bool AllOrNone, IReadOnlyList<RecordUpdate> Records);

/// <summary>One record of a collection. A null value empties its field.</summary>
/// <param name="Values">By API name: text, <see cref="double"/> or null.</param>
[JsonConverter(typeof(RecordUpdateConverter))]
internal sealed record RecordUpdate(string Type, string? Id, IReadOnlyList<KeyValuePair<string, object?>> Values);

internal sealed class RecordUpdateConverter : JsonConverter<RecordUpdate>
{
    public override RecordUpdate Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Updates are written only.");

    public override void Write(Utf8JsonWriter writer, RecordUpdate value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("attributes");
        writer.WriteString("type", value.Type);
        writer.WriteEndObject();
        if (value.Id is not null)
        {
            writer.WriteString("id", value.Id);
        }

        foreach (var (name, content) in value.Values)
        {
            switch (content)
            {
                case null:
                    writer.WriteNull(name);
                    break;
                case double number:
                    writer.WriteNumber(name, number);
                    break;
                default:
                    writer.WriteString(name, (string)content);
                    break;
            }
        }

        writer.WriteEndObject();
    }
}

/// <summary>How one record of a collection fared, in the order of the request; a failed one has no id.</summary>
internal sealed record SaveResult
{
    public string? Id { get; init; }

    public bool? Success { get; init; }

    public List<ErrorBody?>? Errors { get; init; }
}

/// <summary>An error: of a whole request with <see cref="ErrorCode"/>, of one row with <see cref="StatusCode"/>.</summary>
internal sealed record ErrorBody
{
    public string? Message { get; init; }

    public string? ErrorCode { get; init; }

    public string? StatusCode { get; init; }

    public List<string?>? Fields { get; init; }

    [JsonIgnore]
    public string? Code => ErrorCode ?? StatusCode;
}
