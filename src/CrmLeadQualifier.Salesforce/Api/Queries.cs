using System.Text.Json;
using System.Text.Json.Serialization;

namespace CrmLeadQualifier.Salesforce.Api;

/// <summary>One page of a query's rows. Pages are smaller than asked at Salesforce's will: only <see cref="NextRecordsUrl"/> leads on.</summary>
internal sealed record QueryPage
{
    /// <summary>Rows of all pages together.</summary>
    public long? TotalSize { get; init; }

    public bool? Done { get; init; }

    /// <summary>A path, opaque; of queryAll too it names <c>query</c>.</summary>
    public string? NextRecordsUrl { get; init; }

    public List<SalesforceRow?>? Records { get; init; }
}

internal sealed record CompositeRequest(bool AllOrNone, [property: JsonPropertyName("compositeRequest")] IReadOnlyList<CompositeCall> Calls);

internal sealed record CompositeCall(string Method, string Url, string ReferenceId);

internal sealed record CompositeResponse
{
    [JsonPropertyName("compositeResponse")]
    public List<CompositeResult?>? Results { get; init; }
}

internal sealed record CompositeResult
{
    public JsonElement? Body { get; init; }

    public int? HttpStatusCode { get; init; }

    public string? ReferenceId { get; init; }
}

/// <summary>Rows that were deleted in a span of time, those among them that no query shows any more.</summary>
internal sealed record DeletedAnswer
{
    public List<DeletedRow?>? DeletedRecords { get; init; }
}

internal sealed record DeletedRow
{
    public string? Id { get; init; }
}
