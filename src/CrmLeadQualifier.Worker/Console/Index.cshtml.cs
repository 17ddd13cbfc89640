using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Shadow;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace CrmLeadQualifier.Worker.ConsolePages;

internal sealed class IndexModel(ILedger ledger, TimeProvider clock) : PageModel
{
    public IReadOnlyList<ConnectionRow> Connections { get; private set; } = [];

    public IReadOnlyList<AlertRow> Alerts { get; private set; } = [];

    public string Agreement { get; private set; } = "";

    /// <summary>That the agreement's review is overdue; null: it is not.</summary>
    public string? Overdue { get; private set; }

    /// <summary>What the shadowed version would have done otherwise when it was last looked at; null: none is shadowed.</summary>
    public string? Shadow { get; private set; }

    public IReadOnlyList<(string Name, int Count)> Stages { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginReadAsync(cancellation);
        Alerts = await transaction.Alerts.ListAsync();
        Connections = await transaction.Connections.ListAsync();
        var agreement = await AgreementInForce.ReadAsync(transaction);
        Overdue = agreement?.ReviewOverdue(Instant.Now(clock)) is { } overdue ? char.ToUpperInvariant(overdue[0]) + overdue[1..] + "." : null;
        Agreement = agreement is not null
            ? $"The agreement in force is {agreement.Definition.Name}, version {agreement.Version}, since {agreement.Since}."
            : "No agreement is in force: nothing is scored and nothing is written.";
        if (await transaction.Shadows.FindAsync() is { } shadow)
        {
            Shadow = await transaction.Shadows.DaysAsync(shadow.Version, 1) is [var day] ? ShadowScoring.InWords(day) : $"Version {shadow.Version} is shadowed; it is first compared in the coming night.";
        }

        var counts = await transaction.Leads.CountAsync();
        Stages = [.. Enum.GetValues<Stage>().Select(stage => (stage.Word(), counts.ByStage.GetValueOrDefault(stage)))];
    }
}
