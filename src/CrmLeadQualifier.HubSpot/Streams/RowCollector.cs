using CrmLeadQualifier.Crm.Streams;

namespace CrmLeadQualifier.HubSpot.Streams;

/// <summary>Gathers the rows of one page; those that cannot be understood among them.</summary>
internal sealed class RowCollector
{
    private readonly List<UnreadableRow> _unreadable = [];

    /// <summary>Everything is read, whenever it changed.</summary>
    public bool IsFirstRead { get; init; }

    public List<CrmRecord> Records { get; } = [];

    public List<CrmCompany> Companies { get; } = [];

    public List<CrmActivity> Activities { get; } = [];

    public List<CrmDeal> Deals { get; } = [];

    public List<CrmOwner> Owners { get; } = [];

    /// <param name="id">Null: the row's place is said instead.</param>
    public void Unreadable(string? id, int place, string reason) => _unreadable.Add(new UnreadableRow(id ?? $"row {place + 1} of the page", reason));

    public StreamRows ToRows() => new()
    {
        Records = Records,
        Companies = Companies,
        Activities = Activities,
        Deals = Deals,
        Owners = Owners,
        Unreadable = _unreadable,
    };
}
