using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Push;

/// <summary>
/// Carries out a plan that a dry run printed: reads again and sends the rows whose value is still the plan's <c>from</c>. What the plan does not know of (a hand-over's clock)
/// follows with the next <c>sync</c>.
/// </summary>
public sealed class ApplyPlan(ILedger ledger, OpenCrm openCrm, TimeProvider clock)
{
    /// <inheritdoc cref="SyncRun.Options"/>
    public Func<string, ConnectionOptions> Options { get; init; } = _ => ConnectionOptions.None;

    /// <inheritdoc cref="SyncRun.Holidays"/>
    public IReadOnlySet<NodaTime.LocalDate> Holidays { get; init; } = new HashSet<NodaTime.LocalDate>();

    /// <summary>Answers what was written; rows that moved are among the failures.</summary>
    /// <exception cref="ConfigurationException">The plan expired, or names a connection that is not there or may not be written.</exception>
    public async Task<RunReport> RunAsync(WritePlan plan, CancellationToken cancellation)
    {
        var at = Instant.Now(clock);
        if (!Instant.TryRead(plan.ExpiresAt, out var expires) || at > expires)
        {
            throw new ConfigurationException($"the plan expired at {plan.ExpiresAt}: make another one with `sync --dry-run --plan FILE`");
        }

        return await PlannedRun.RunAsync(ledger, openCrm, Options, Holidays, at, plan.Writes, pause: false, cancellation);
    }
}
