using CrmLeadQualifier.Storage;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CrmLeadQualifier.Worker.Serving;

/// <summary>The ledger can be read.</summary>
internal sealed class LedgerHealth(ILedger ledger) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var transaction = await ledger.BeginReadAsync(cancellationToken);
        await transaction.Connections.ListAsync();
        return HealthCheckResult.Healthy();
    }
}

/// <summary>What a prober without an account may know: which part is well, and nothing about what it works on.</summary>
internal static class HealthAnswer
{
    public static readonly HealthCheckOptions Options = new()
    {
        ResponseWriter = (context, report) => context.Response.WriteAsJsonAsync(
            new Dictionary<string, string>(report.Entries.Select(entry => KeyValuePair.Create(entry.Key, Word(entry.Value.Status)))) { ["status"] = Word(report.Status) },
            context.RequestAborted),
    };

    private static string Word(HealthStatus status) => status.ToString().ToLowerInvariant();
}
