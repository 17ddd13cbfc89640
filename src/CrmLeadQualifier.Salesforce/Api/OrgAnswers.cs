using System.Text.Json.Serialization;

namespace CrmLeadQualifier.Salesforce.Api;

/// <summary>Of the org's seventy limits those that we take from: calls, Bulk jobs that read, and batches of ten thousand rows that write.</summary>
internal sealed record LimitsAnswer(
    [property: JsonPropertyName("DailyApiRequests")] LimitAnswer? DailyApiRequests,
    [property: JsonPropertyName("DailyBulkV2QueryJobs")] LimitAnswer? DailyBulkV2QueryJobs,
    [property: JsonPropertyName("DailyBulkApiBatches")] LimitAnswer? DailyBulkApiBatches);

/// <summary>A limit of the org's and what is left of it, mostly of the last 24 hours.</summary>
internal sealed record LimitAnswer([property: JsonPropertyName("Max")] long? Max, [property: JsonPropertyName("Remaining")] long? Remaining);

/// <summary>A page layout as the Tooling API gives it alone.</summary>
internal sealed record LayoutAnswer([property: JsonPropertyName("Metadata")] LayoutMetadata? Metadata)
{
    /// <summary>The actions that it shows, <c>Lead.LQ_Give_Verdict</c> among them: in Classic's list, and in that of Lightning and the app.</summary>
    public IEnumerable<string> Actions =>
    [
        .. (Metadata?.QuickActionList?.QuickActionListItems ?? []).Select(item => item?.QuickActionName).OfType<string>(),
        .. (Metadata?.PlatformActionList?.PlatformActionListItems ?? []).Select(item => item?.ActionName).OfType<string>(),
    ];
}

internal sealed record LayoutMetadata(QuickActionListAnswer? QuickActionList, PlatformActionListAnswer? PlatformActionList);

internal sealed record QuickActionListAnswer(List<QuickActionItem?>? QuickActionListItems);

internal sealed record QuickActionItem(string? QuickActionName);

internal sealed record PlatformActionListAnswer(List<PlatformActionItem?>? PlatformActionListItems);

internal sealed record PlatformActionItem(string? ActionName);
