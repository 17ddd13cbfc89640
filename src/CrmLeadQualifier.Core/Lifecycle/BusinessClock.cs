using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Lifecycle;

/// <summary>Counts time in the agreement's business hours.</summary>
public static class BusinessClock
{
    /// <summary>The instant at which so many business hours have passed since <paramref name="start"/>.</summary>
    public static Instant Add(BusinessHours hours, Instant start, TimeSpan businessTime) => throw new InvalidOperationException("Being written.");
}
