using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Storage.Rows;

/// <summary>The counts of one connection's API calls, for as long as their user is alone with them.</summary>
public interface IBudgetRows
{
    /// <summary>What was taken of a limit in the windows from an instant on, and the oldest of them; windows before it are forgotten.</summary>
    Task<(long Used, Instant? Oldest)> SinceAsync(string policy, Instant from);

    /// <summary>Adds to what was taken in a window.</summary>
    Task AddAsync(string policy, Instant window, long calls);
}
