using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using CrmLeadQualifier.Crm.Wire;
using Refit;

namespace CrmLeadQualifier.Salesforce.Api;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    Converters = [typeof(LenientText)])]
[JsonSerializable(typeof(QueryPage))]
[JsonSerializable(typeof(DeletedAnswer))]
[JsonSerializable(typeof(QueryJobRequest))]
[JsonSerializable(typeof(QueryJob))]
[JsonSerializable(typeof(CompositeRequest))]
[JsonSerializable(typeof(CompositeResponse))]
[JsonSerializable(typeof(ObjectDescription))]
[JsonSerializable(typeof(List<ApiVersion>))]
[JsonSerializable(typeof(LimitsAnswer))]
[JsonSerializable(typeof(LayoutAnswer))]
[JsonSerializable(typeof(CollectionRequest))]
[JsonSerializable(typeof(IngestJobRequest))]
[JsonSerializable(typeof(IngestJobChange))]
[JsonSerializable(typeof(IngestJob))]
[JsonSerializable(typeof(List<SaveResult>))]
[JsonSerializable(typeof(List<ErrorBody>))]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(RecordUpdate))]
[JsonSerializable(typeof(SaveResult))]
[JsonSerializable(typeof(DeployRequest))]
[JsonSerializable(typeof(DeployAnswer))]
[JsonSerializable(typeof(ComponentFailure))]
internal sealed partial class SalesforceJson : JsonSerializerContext;

/// <summary>The token endpoint alone writes its names with underscores.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(LenientText)])]
[JsonSerializable(typeof(TokenAnswer))]
internal sealed partial class TokenJson : JsonSerializerContext;

/// <summary>Bodies to and from JSON by generated code.</summary>
internal sealed class SalesforceJsonSerializer : IHttpContentSerializer
{
    public HttpContent ToHttpContent<T>(T item)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(item, typeof(T), SalesforceJson.Default));
        content.Headers.ContentType = new("application/json");
        return content;
    }

    public async Task<T?> FromHttpContentAsync<T>(HttpContent content, CancellationToken cancellationToken = default) =>
        Read<T>(await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));

    public string? GetFieldNameForProperty(PropertyInfo propertyInfo) => null;

    /// <exception cref="JsonException">Not JSON, cut off, or of another shape.</exception>
    public static T? Read<T>(byte[] body) => LenientJson.Read<T>(body, typeof(T) == typeof(TokenAnswer) ? TokenJson.Default : SalesforceJson.Default);
}
