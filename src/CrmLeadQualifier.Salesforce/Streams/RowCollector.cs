using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Salesforce.Api;

namespace CrmLeadQualifier.Salesforce.Streams;

/// <summary>Gathers the rows of one page; those that cannot be understood among them.</summary>
/// <param name="isFirstRead">All streams are read whole: what another one brings need not be asked for.</param>
internal sealed class RowCollector(bool isFirstRead)
{
    private readonly List<UnreadableRow> _unreadable = [];

    public bool IsFirstRead => isFirstRead;

    public List<CrmRecord> Records { get; } = [];

    public List<CrmCompany> Companies { get; } = [];

    public List<CrmActivity> Activities { get; } = [];

    public List<CrmDeal> Deals { get; } = [];

    public void Unreadable(string id, string reason) => _unreadable.Add(new UnreadableRow(id, reason));

    public StreamRows ToRows() => new()
    {
        Records = Records,
        Companies = Companies,
        Activities = Activities,
        Deals = Deals,
        Unreadable = _unreadable,
    };
}

internal static class RowTimes
{
    public const string StampField = "SystemModstamp";

    /// <summary>A date's 00:00 UTC, or an instant; null: missing or not readable.</summary>
    public static Instant? Time(this SalesforceRow row, string field) =>
        row.Get(field) is { } value && FieldValue.TryInstant(value, out var instant) ? instant : null;

    public static Instant? Stamp(this SalesforceRow row) => row.Time(StampField);
}
