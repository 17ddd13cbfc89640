using System.CommandLine;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Provision;
using CrmLeadQualifier.Worker.CommandLine;
using CrmLeadQualifier.Worker.Hosting;

namespace CrmLeadQualifier.Worker.Commands.Connections;

internal sealed class ProvisionFields : ProgramCommand
{
    private readonly Argument<string?> _connection = new("CONNECTION") { Arity = ArgumentArity.ZeroOrOne, Description = "Default: all." };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Says what it would change, and changes nothing." };
    private readonly Option<bool> _minimal = new("--minimal") { Description = "Only the nine fields without which nothing works, for portals with little room." };

    public ProvisionFields(Terminal terminal)
        : base(terminal, "provision", "Creates or updates our fields in the CRM, in the agreement's language; what is right already stays.", "provision hub --dry-run")
    {
        Add(_connection);
        Add(_dryRun);
        Add(_minimal);
        Add(GlobalOptions.At);
    }

    /// <summary>Makes the fields those of the agreement; answers what had to be changed.</summary>
    public static async Task<(IReadOnlyList<ProvisioningStep> Steps, IReadOnlyList<string> Refused)> ProvisionAsync(CommandContext context, ConnectionRow connection, AgreementInForce agreement, bool minimal, bool dryRun)
    {
        var crm = context.Clients.Open(connection, agreement);
        await CrmClients.EnsureBoundAsync(crm, connection, context.Cancellation);
        var fields = Provisioning.Fields(agreement.Definition, minimal);
        var steps = await crm.PlanProvisioningAsync(fields, context.Cancellation);
        IReadOnlyList<string> refused = [];
        if (!dryRun)
        {
            if (steps.Count > 0)
            {
                refused = await crm.ProvisionAsync(fields, steps, context.Cancellation);
            }

            await context.WriteAsync(async ledger =>
            {
                var row = await ledger.Connections.FindAsync(connection.Name) ?? connection;
                await Provisioning.RecordAsync(ledger, row, agreement.Definition, minimal);
                return row.Id;
            });
        }

        return (steps, refused);
    }

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var connections = await context.ConnectionsAsync(parsed.GetValue(_connection));
        var agreement = await context.AgreementInForceAsync() ?? throw new UsageException(
            "No agreement is in force, so there are no labels and no rejection reasons to create. Run definition propose FILE, and definition sign VERSION for marketing and for sales.");
        var dryRun = parsed.GetValue(_dryRun);
        var done = new List<(string Connection, ProvisioningStep Step)>();
        var isIncomplete = false;
        foreach (var connection in connections)
        {
            var (steps, refused) = await ProvisionAsync(context, connection, agreement, parsed.GetValue(_minimal), dryRun);
            done.AddRange(steps.Select(step => (connection.Name, step)));
            isIncomplete |= refused.Count > 0;
            foreach (var sentence in refused)
            {
                context.Terminal.Say($"{connection.Name}: {sentence}");
            }

            if (!context.IsJson)
            {
                foreach (var step in steps)
                {
                    context.Terminal.Result($"{connection.Name}: {(dryRun ? "would " : "")}{step.Description}");
                }

                context.Terminal.Result(steps.Count == 0 ? $"{connection.Name}: all is right already, nothing to change."
                    : dryRun ? $"{connection.Name}: {steps.Count} changes, none made (dry run)." : $"{connection.Name}: {steps.Count} changes made.");
            }
        }

        if (context.IsJson)
        {
            context.Terminal.Json(done.Select(item => new { connection = item.Connection, target = item.Step.Target, description = item.Step.Description, done = !dryRun }));
        }

        return isIncomplete ? ExitCode.DoneWithFailures : ExitCode.Done;
    }
}
