using System.Globalization;

namespace CrmLeadQualifier.Sync.Reconcile;

/// <summary>What a night does, in this order.</summary>
internal enum ReconcileStep
{
    /// <summary>The last 48 hours of every stream are read again.</summary>
    Again,

    /// <summary>The deleted and merged records that the CRM still shows are asked for by their ids.</summary>
    Gone,

    /// <summary>Of the records that are gone: those of which the CRM keeps nothing are erased here too.</summary>
    Erased,

    /// <summary>Everything that is there is listed against the ledger, a share each night.</summary>
    Listing,

    /// <summary>Once all was listed: the records that no page showed are asked for by their ids.</summary>
    Unseen,
}

/// <summary>How far a night has come; kept in a cursor.</summary>
/// <param name="Stream">That the step is at.</param>
/// <param name="After">Where the stream's next page is asked for; of <see cref="ReconcileStep.Unseen"/> and <see cref="ReconcileStep.Erased"/> the ledger's last id; null: its first.</param>
/// <param name="Listed">Rows of the listing that this night has seen.</param>
internal sealed record ReconcilePosition(ReconcileStep Step, string Stream, string? After, long Listed)
{
    public static ReconcilePosition Parse(string text) =>
        text.Split('|', 4) is [var step, var listed, var stream, var after] && Enum.TryParse<ReconcileStep>(step, out var known) && long.TryParse(listed, NumberStyles.None, CultureInfo.InvariantCulture, out var rows)
            ? new ReconcilePosition(known, stream, after.Length > 0 ? after : null, rows)
            : throw new ArgumentException("Not a position of a reconcile.", nameof(text));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Step}|{Listed}|{Stream}|{After}");
}
