using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Worker.Hosting;

/// <summary>The program's clock under <c>--at</c>: it stands still, so that the same command decides the same. Elapsed time stays the machine's.</summary>
internal sealed class StandingClock(Instant at) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => at.ToDateTimeOffset();
}
