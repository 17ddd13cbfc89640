using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Storage.Rows;

/// <summary>A run of the loop with its counts.</summary>
/// <param name="Id">The program's instant and a number: <c>2026-11-23T09:30:00Z-1</c>.</param>
/// <param name="Counts">The run as <c>sync --format json</c> prints it; null while it runs.</param>
/// <param name="State"><c>running</c>, <c>done</c>, <c>failed</c>, <c>stopped</c>.</param>
public sealed record RunRow(string Id, Instant At, string State, string? Counts, string? Message);

public interface IRunRows
{
    /// <summary>Adds a running run at T and answers its id: the first free number at that instant.</summary>
    Task<string> StartAsync(Instant at);

    Task EndAsync(string id, string state, string? counts, string? message);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<RunRow>> ListAsync(int limit);
}
