using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Sync.Feedback;

/// <summary>
/// What sales says by a status that it uses already (HubSpot's <c>hs_lead_status</c>, Salesforce's <c>Lead.Status</c>), where an admin mapped its values. The CRM's history is not asked: it was said when the record was
/// modified last, by nobody knows whom, and is marked as approximate. A status that is not mapped says nothing, and withdraws nothing.
/// </summary>
public static class StatusVerdicts
{
    private const string Attribute = "lead_status";

    /// <summary>Reads what a mapped value means: <c>accepted</c>, <c>qualified</c>, <c>rejected</c>, <c>reopened</c>, or <c>rejected: REASON</c>; null: none of these.</summary>
    public static (VerdictValue Value, string? Reason)? Meaning(string text)
    {
        var parts = text.Split(':', 2, StringSplitOptions.TrimEntries);
        return Wording.ToVerdict(parts[0]) is not { } value || (parts.Length == 2 && (value != VerdictValue.Rejected || parts[1].Length == 0))
            ? null
            : (value, parts.Length == 2 ? parts[1] : null);
    }

    /// <summary>Null: the status did not change, or is not mapped.</summary>
    /// <param name="before">The record as it was known; null: it is new.</param>
    /// <param name="mapped">Status to meaning.</param>
    internal static VerdictRow? Of(long recordId, CrmRecord record, RecordRow? before, IReadOnlyDictionary<string, string> mapped, Instant seenAt)
    {
        if (mapped.Count == 0 || !record.Attributes.TryGetValue(Attribute, out var status) || before?.Attributes.GetValueOrDefault(Attribute) == status)
        {
            return null;
        }

        return mapped.Where(entry => entry.Key.Equals(status, StringComparison.OrdinalIgnoreCase)).Select(entry => Meaning(entry.Value)).FirstOrDefault() is var (value, reason)
            ? new VerdictRow(recordId, new Verdict(recordId.ToString(System.Globalization.CultureInfo.InvariantCulture), value, record.Stamp) { Reason = reason, IsApproximate = true }) { SeenAt = seenAt }
            : null;
    }
}
