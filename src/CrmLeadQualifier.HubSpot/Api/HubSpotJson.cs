using System.Buffers;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Refit;

namespace CrmLeadQualifier.HubSpot.Api;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    Converters = [typeof(LenientTextConverter), typeof(LenientTextListConverter), typeof(LenientBooleanConverter)])]
[JsonSerializable(typeof(ObjectPage))]
[JsonSerializable(typeof(HubSpotObject))]
[JsonSerializable(typeof(SearchRequest))]
[JsonSerializable(typeof(BatchReadRequest))]
[JsonSerializable(typeof(BatchUpdateRequest))]
[JsonSerializable(typeof(ObjectUpdate))]
[JsonSerializable(typeof(NewObject))]
[JsonSerializable(typeof(AssociationReadRequest))]
[JsonSerializable(typeof(AssociationPage))]
[JsonSerializable(typeof(PropertyPage))]
[JsonSerializable(typeof(PropertyBatch))]
[JsonSerializable(typeof(PropertyDescription))]
[JsonSerializable(typeof(PropertyGroup))]
[JsonSerializable(typeof(AccountDetails))]
[JsonSerializable(typeof(OwnerPage))]
[JsonSerializable(typeof(MembershipPage))]
[JsonSerializable(typeof(ListAnswer))]
[JsonSerializable(typeof(ListSearch))]
[JsonSerializable(typeof(ListPage))]
[JsonSerializable(typeof(NewList))]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(TokenQuestion))]
[JsonSerializable(typeof(TokenDescription))]
[JsonSerializable(typeof(PropertyLimits))]
[JsonSerializable(typeof(List<WebhookEvent>))]
[JsonSerializable(typeof(PipelinePage))]
[JsonSerializable(typeof(EventPage))]
[JsonSerializable(typeof(FormPage))]
[JsonSerializable(typeof(SubmissionPage))]
[JsonSerializable(typeof(EmailEventPage))]
[JsonSerializable(typeof(EmailCampaign))]
[JsonSerializable(typeof(ErrorBody))]
internal sealed partial class HubSpotJson : JsonSerializerContext;

/// <summary>Bodies to and from JSON by generated code.</summary>
internal sealed class HubSpotJsonSerializer : IHttpContentSerializer
{
    public HttpContent ToHttpContent<T>(T item)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(item, typeof(T), HubSpotJson.Default));
        content.Headers.ContentType = new("application/json");
        return content;
    }

    public async Task<T?> FromHttpContentAsync<T>(HttpContent content, CancellationToken cancellationToken = default) =>
        Read<T>(await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));

    public string? GetFieldNameForProperty(PropertyInfo propertyInfo) => null;

    /// <exception cref="JsonException">Not JSON, cut off, or of another shape.</exception>
    public static T? Read<T>(byte[] body)
    {
        try
        {
            return (T?)JsonSerializer.Deserialize(body, typeof(T), HubSpotJson.Default);
        }
        catch (JsonException) when (body.AsSpan().IndexOfAnyInRange((byte)0, (byte)31) >= 0)
        {
            // JSON forbids raw control characters in texts; one of them must not hide a page of records for ever.
            var spaced = body.Select(b => b < 32 ? (byte)' ' : b).ToArray();
            return (T?)JsonSerializer.Deserialize(spaced, typeof(T), HubSpotJson.Default);
        }
    }
}

/// <summary>
/// A text, or a number or boolean as it is written; anything else is null. Unpaired surrogates and broken UTF-8 become U+FFFD: no text makes a page unreadable.
/// </summary>
internal sealed class LenientTextConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return ReadText(ref reader);
            case JsonTokenType.Number:
                return Encoding.UTF8.GetString(Bytes(ref reader));
            case JsonTokenType.True:
                return "true";
            case JsonTokenType.False:
                return "false";
            default:
                reader.Skip();
                return null;
        }
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => ReadText(ref reader);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WritePropertyName(value);

    private static string ReadText(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Unescape(Encoding.UTF8.GetString(Bytes(ref reader)));
        }
    }

    private static ReadOnlySpan<byte> Bytes(ref Utf8JsonReader reader) => reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan;

    private static string Unescape(string raw)
    {
        var text = new StringBuilder(raw.Length);
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\')
            {
                text.Append(raw[i]);
                continue;
            }

            i++;
            if (raw[i] == 'u')
            {
                text.Append((char)ushort.Parse(raw.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                i += 4;
            }
            else
            {
                text.Append(raw[i] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f', var other => other });
            }
        }

        var wellFormed = new StringBuilder(text.Length);
        foreach (var rune in text.ToString().EnumerateRunes())
        {
            wellFormed.Append(rune.ToString());
        }

        return wellFormed.ToString();
    }
}

/// <summary>A list of texts, or one text alone: the context of errors comes either way.</summary>
internal sealed class LenientTextListConverter : JsonConverter<List<string?>>
{
    private static readonly LenientTextConverter Texts = new();

    public override List<string?> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var texts = new List<string?>();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            texts.Add(Texts.Read(ref reader, typeof(string), options));
            return texts;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            texts.Add(reader.TokenType == JsonTokenType.Null ? null : Texts.Read(ref reader, typeof(string), options));
        }

        return texts;
    }

    public override void Write(Utf8JsonWriter writer, List<string?> value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Contexts of errors are read only.");
}

/// <summary>A boolean, or the texts true and false; anything else is null.</summary>
internal sealed class LenientBooleanConverter : JsonConverter<bool?>
{
    public override bool? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.True:
                return true;
            case JsonTokenType.False:
                return false;
            case JsonTokenType.String:
                return bool.TryParse(reader.GetString(), out var value) ? value : null;
            default:
                reader.Skip();
                return null;
        }
    }

    public override void Write(Utf8JsonWriter writer, bool? value, JsonSerializerOptions options)
    {
        if (value is { } known)
        {
            writer.WriteBooleanValue(known);
        }
        else
        {
            writer.WriteNullValue();
        }
    }
}
