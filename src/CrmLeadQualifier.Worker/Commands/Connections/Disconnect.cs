using System.CommandLine;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Worker.CommandLine;
using CrmLeadQualifier.Worker.Hosting;

namespace CrmLeadQualifier.Worker.Commands.Connections;

internal sealed class Disconnect : ProgramCommand
{
    private readonly Argument<string> _connection = new("CONNECTION") { Description = "A connection." };
    private readonly Option<bool> _removeFields = new("--remove-fields") { Description = "Also takes our fields, with their values, and our lists out of the CRM." };
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Says what it would do, and does nothing." };

    public Disconnect(Terminal terminal)
        : base(terminal, "disconnect", "Leaves a CRM account: its secrets are forgotten, nothing is read or written there any more.", "disconnect hub --remove-fields --dry-run")
    {
        Add(_connection);
        Add(_removeFields);
        Add(_dryRun);
        Add(GlobalOptions.At);
    }

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var connection = await context.ConnectionAsync(parsed.GetRequiredValue(_connection));
        var (dryRun, removes) = (parsed.GetValue(_dryRun), parsed.GetValue(_removeFields));
        var removal = new RemovalPlan([], null);
        ICrm? crm = null;
        if (removes)
        {
            crm = context.Clients.Open(connection, await context.AgreementInForceAsync());
            await CrmClients.EnsureBoundAsync(crm, connection, context.Cancellation);
            removal = await crm.PlanRemovalAsync(context.Cancellation);
        }

        if (!dryRun)
        {
            await LeaveAsync(context, connection, crm, removal.Steps);
        }

        Print(context, connection, removal, removes, dryRun);
        return ExitCode.Done;
    }

    /// <summary>Nobody syncs the connection meanwhile. What the CRM refuses to give up leaves the connection as it is: the same command goes on from there.</summary>
    private static async Task LeaveAsync(CommandContext context, ConnectionRow connection, ICrm? crm, IReadOnlyList<ProvisioningStep> steps)
    {
        var ledger = await context.OpenLedgerAsync();
        var lease = await ledger.TakeLeaseAsync(connection.Id, $"{Environment.MachineName}:{Environment.ProcessId}", context.Cancellation)
            ?? throw new UsageException($"Another process is syncing {connection.Name}. Try again when it is done, or run mode {connection.Name} paused first.");
        try
        {
            if (crm is not null)
            {
                await crm.RemoveAsync(steps, context.Cancellation);
            }

            await context.WriteAsync(async transaction =>
            {
                await transaction.Connections.DisconnectAsync(connection.Id, Instant.Now(context.Clock));
                return true;
            });
        }
        finally
        {
            await ledger.ReleaseLeaseAsync(lease, CancellationToken.None);
        }
    }

    private static void Print(CommandContext context, ConnectionRow connection, RemovalPlan removal, bool removes, bool dryRun)
    {
        if (context.IsJson)
        {
            context.Terminal.Json(new
            {
                connection = connection.Name,
                account = connection.AccountId,
                done = !dryRun,
                removed = removal.Steps.Select(step => new { target = step.Target, description = step.Description }),
                by_hand = removal.ByHand,
            });
            return;
        }

        foreach (var step in removal.Steps)
        {
            context.Terminal.Result($"{connection.Name}: {(dryRun ? "would " : "")}{step.Description}");
        }

        context.Terminal.Result($"{connection.Name}: {(dryRun ? "would forget" : "forgot")} the secrets of {connection.Crm} account {connection.AccountId}; "
            + "what was read, decided and written stays in the ledger, for reports and `audit`.");
        if (removal.ByHand is { } byHand)
        {
            context.Terminal.Say(byHand);
        }

        context.Terminal.Say(removes
            ? "The CRM's own lifecycle stages stay where they are, and so does what workflows did."
            : $"Our fields and lists stay in the CRM with their last values{(dryRun ? "; --remove-fields would take them out" : "")}.");
        if (!dryRun && !removes)
        {
            context.Terminal.Say("To take them out after all, connect the account again and disconnect it with --remove-fields.");
        }

        context.Terminal.Say("Then revoke the key in the CRM: nothing needs it any more.");
    }
}
