using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Crm.Streams;

/// <summary>Which page of a stream is asked for.</summary>
/// <param name="Window">Null: everything (first read). Else the rows that changed in the window.</param>
/// <param name="Position">Null: the first page; else <see cref="StreamPage.Next"/> of the page before, opaque, stored in the cursor.</param>
public sealed record PageRequest(string Stream, ChangeWindow? Window, string? Position)
{
    /// <summary>
    /// Of a stream of records and without a window: not those that are there but the deleted and merged ones that the CRM still shows, as ids with stamps
    /// (<see cref="StreamPage.Changed"/>). None is to be believed gone before <see cref="ICrm.FetchAsync"/> leaves it out: a merged one is found under its new id.
    /// </summary>
    public bool IsGone { get; init; }

    /// <summary>
    /// The rows as they are when the page is asked for, since they are taken in over what later reads brought. A CRM that would rather give many rows as they were a while ago is
    /// not to do so.
    /// </summary>
    public bool IsFresh { get; init; }
}

/// <summary>From inclusive, to exclusive, in the CRM's clock.</summary>
public readonly record struct ChangeWindow(Instant From, Instant To);
