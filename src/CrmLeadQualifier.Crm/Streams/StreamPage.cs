using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Crm.Streams;

/// <summary>One page of a stream.</summary>
/// <param name="Date">The CRM's clock when it answered (its <c>Date</c> header).</param>
/// <param name="Next">Where the next page is asked for; null: this was the last one.</param>
public sealed record StreamPage(Instant Date, string? Next)
{
    /// <summary>Ids and stamps of what changed, where the CRM's answer is a detector and not a reader; the content is then empty.</summary>
    public IReadOnlyList<ChangedRow> Changed { get; init; } = [];

    public StreamRows Content { get; init; } = StreamRows.Empty;

    /// <summary>The rows of <see cref="Changed"/> that are news are to be asked for by <see cref="ICrm.FetchAsync"/>.</summary>
    public bool NeedsFetch => Changed.Count > 0;

    /// <summary>Rows that the CRM sent, for the run's counts.</summary>
    public int RowsRead { get; init; }
}

/// <param name="Stamp">The row's modification time: a row read or written with this stamp is known already.</param>
/// <param name="Preview">
/// The record as the detector shows it, where that costs nothing: what a person changed just before our own write shows there though the stamp is our write's.
/// </param>
public readonly record struct ChangedRow(string Id, Instant Stamp, CrmRecord? Preview = null);

/// <summary>The content of rows; a stream fills the list of its kind.</summary>
public sealed record StreamRows
{
    public static readonly StreamRows Empty = new();

    public IReadOnlyList<CrmRecord> Records { get; init; } = [];

    public IReadOnlyList<CrmCompany> Companies { get; init; } = [];

    public IReadOnlyList<CrmActivity> Activities { get; init; } = [];

    public IReadOnlyList<CrmDeal> Deals { get; init; } = [];

    public IReadOnlyList<CrmOwner> Owners { get; init; } = [];

    /// <summary>Relations (<see cref="CrmActivity.RelationId"/>) that ended without a row that says so: the activities are no longer those people's.</summary>
    public IReadOnlyList<string> EndedRelations { get; init; } = [];

    /// <summary>Rows that could not be understood; each goes to quarantine with the reason, the others go on.</summary>
    public IReadOnlyList<UnreadableRow> Unreadable { get; init; } = [];
}

/// <param name="Id">The row's id where even that could be read, else its place in the page.</param>
/// <param name="Reason">What was wrong, without the value: it may be personal.</param>
public sealed record UnreadableRow(string Id, string Reason);
