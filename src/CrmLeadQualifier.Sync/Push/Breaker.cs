using System.Globalization;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Push;

/// <summary>Stops a run before its first write when it would do more than a normal day does: an import, a mistake (lifecycle and sync, section 8).</summary>
public static class Breaker
{
    /// <summary>How a run says that it tripped.</summary>
    public const string Tripped = "stopped before the first write";


    /// <param name="isRescore">The first push, or an agreement's coming into force: everybody may be written.</param>
    /// <returns>Why it trips; null: it does not.</returns>
    internal static string? Trips(PushCounts counts, ConnectionSettings settings, bool isRescore)
    {
        var maxMoves = Math.Max(50, counts.Records / 100);
        var maxWrites = Math.Max(50, counts.Records / 5);
        if (counts.LifecycleMoves > maxMoves)
        {
            return string.Create(CultureInfo.InvariantCulture, $"it would move the CRM's lifecycle on {counts.LifecycleMoves} records (limit {maxMoves})");
        }

        if (counts.HandOvers > settings.MaxHandOversPerDay)
        {
            return string.Create(CultureInfo.InvariantCulture, $"it would hand over {counts.HandOvers} leads (limit {settings.MaxHandOversPerDay})");
        }

        return !isRescore && counts.PushDue > maxWrites
            ? string.Create(CultureInfo.InvariantCulture, $"it would write {counts.PushDue} of {counts.Records} records (limit {maxWrites})")
            : null;
    }
}
