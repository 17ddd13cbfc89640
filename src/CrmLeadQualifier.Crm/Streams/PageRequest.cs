using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Crm.Streams;

/// <summary>Which page of a stream is asked for.</summary>
/// <param name="Window">Null: everything (first read). Else the rows that changed in the window.</param>
/// <param name="Position">Null: the first page; else <see cref="StreamPage.Next"/> of the page before, opaque, stored in the cursor.</param>
public sealed record PageRequest(string Stream, ChangeWindow? Window, string? Position);

/// <summary>From inclusive, to exclusive, in the CRM's clock.</summary>
public readonly record struct ChangeWindow(Instant From, Instant To);
