using System.Text.Json;
using System.Text.Json.Serialization;

namespace CrmLeadQualifier.Salesforce.Api;

internal sealed record DeployRequest(DeployOptions DeployOptions);

/// <summary>One transaction: all of the package or nothing.</summary>
internal sealed record DeployOptions(bool SinglePackage, bool RollbackOnError, bool IgnoreWarnings, bool CheckOnly);

internal sealed record DeployAnswer
{
    public string? Id { get; init; }

    public DeployResult? DeployResult { get; init; }
}

internal sealed record DeployResult
{
    /// <summary>Pending, InProgress, Succeeded, SucceededPartial, Failed, Canceling, Canceled.</summary>
    public string? Status { get; init; }

    public bool? Done { get; init; }

    public bool? Success { get; init; }

    public string? ErrorMessage { get; init; }

    public DeployDetails? Details { get; init; }
}

internal sealed record DeployDetails
{
    [JsonConverter(typeof(OneOrManyFailures))]
    public List<ComponentFailure?>? ComponentFailures { get; init; }
}

internal sealed record ComponentFailure
{
    public string? FullName { get; init; }

    public string? ComponentType { get; init; }

    public string? Problem { get; init; }
}

/// <summary>One failure alone comes as an object instead of a list.</summary>
internal sealed class OneOrManyFailures : JsonConverter<List<ComponentFailure?>>
{
    public override List<ComponentFailure?> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var failures = new List<ComponentFailure?>();
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            failures.Add(JsonSerializer.Deserialize(ref reader, SalesforceJson.Default.ComponentFailure));
            return failures;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            failures.Add(JsonSerializer.Deserialize(ref reader, SalesforceJson.Default.ComponentFailure));
        }

        return failures;
    }

    public override void Write(Utf8JsonWriter writer, List<ComponentFailure?> value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Failures are read only.");
}
