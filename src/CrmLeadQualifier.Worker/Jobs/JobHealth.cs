using Hangfire;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CrmLeadQualifier.Worker.Jobs;

/// <summary>A Hangfire server lives: this one, or another on the same PostgreSQL.</summary>
internal sealed class JobHealth(JobStorage storage, TimeProvider clock) : IHealthCheck
{
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(2);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var earliest = clock.GetUtcNow().UtcDateTime - Silence;
        var lives = storage.GetMonitoringApi().Servers().Any(server => (server.Heartbeat ?? server.StartedAt) > earliest);
        return Task.FromResult(lives ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("no worker lives"));
    }
}
