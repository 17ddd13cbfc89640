using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using CrmLeadQualifier.Crm.Wire;
using Refit;

namespace CrmLeadQualifier.HubSpot.Api;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    Converters = [typeof(LenientText), typeof(LenientTextListConverter), typeof(LenientBooleanConverter)])]
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
    public static T? Read<T>(byte[] body) => LenientJson.Read<T>(body, HubSpotJson.Default);
}

/// <summary>A list of texts, or one text alone: the context of errors comes either way.</summary>
internal sealed class LenientTextListConverter : JsonConverter<List<string?>>
{
    public override List<string?> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var texts = new List<string?>();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            texts.Add(LenientText.Read(ref reader));
            return texts;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            texts.Add(reader.TokenType == JsonTokenType.Null ? null : LenientText.Read(ref reader));
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
