using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Lifecycle;

/// <summary>The values that the worker's fields should have on a lead's records, by the field's name; an empty text is an empty field.</summary>
public static class LeadFieldValues
{
    /// <param name="definition">With the version number, for the agreement's field: <c>B2B SaaS France, version 3</c>.</param>
    /// <param name="isHandOverRecord">Only the hand-over record carries hand-over, due and answer; the lead's others get stage, score, reasons and "see RECORD".</param>
    /// <param name="handOverRecord">How the other records name it; null on the hand-over record itself, or where there is none.</param>
    public static IReadOnlyDictionary<string, string> Of(
        Definition definition,
        int version,
        LeadState state,
        LeadScore score,
        IReadOnlyDictionary<string, Instant> lastCountedAt,
        bool isHandOverRecord,
        string? handOverRecord) => throw new InvalidOperationException("Being written.");
}
