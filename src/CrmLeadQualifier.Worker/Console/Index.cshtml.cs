using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Shadow;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace CrmLeadQualifier.Worker.ConsolePages;

internal sealed class IndexModel(ILedger ledger) : PageModel
{
    public IReadOnlyList<ConnectionRow> Connections { get; private set; } = [];

    public string Agreement { get; private set; } = "";

    /// <summary>What the shadowed version would have done otherwise when it was last looked at; null: none is shadowed.</summary>
    public string? Shadow { get; private set; }

    public IReadOnlyList<(string Name, int Count)> Stages { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginReadAsync(cancellation);
        Connections = await transaction.Connections.ListAsync();
        Agreement = await AgreementInForce.ReadAsync(transaction) is { } agreement
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
