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

    private readonly Option<string?> _export = new("--export") { Description = "Writes what it would bring into a folder instead, for an admin to deploy by Salesforce's own tools.", HelpName = "DIR" };

    public ProvisionFields(Terminal terminal)
        : base(terminal, "provision", "Creates or updates our fields in the CRM, in the agreement's language; what is right already stays.", "provision hub --dry-run")
    {
        Add(_connection);
        Add(_dryRun);
        Add(_minimal);
        Add(_export);
        Add(GlobalOptions.At);
    }

    /// <summary>Makes the fields those of the agreement; answers what had to be changed.</summary>
    public static async Task<(IReadOnlyList<ProvisioningStep> Steps, IReadOnlyList<string> Refused)> ProvisionAsync(CommandContext context, ConnectionRow connection, AgreementInForce agreement, bool minimal, bool dryRun)
    {
        var crm = context.Clients.Open(connection, agreement);
        await CrmClients.EnsureBoundAsync(crm, connection, context.Cancellation);
        var fields = Provisioning.Fields(agreement.Definition, minimal);
        var steps = await crm.PlanProvisioningAsync(fields, context.Cancellation);
        IReadOnlyList<string> refused = dryRun ? [.. (await crm.RehearseProvisioningAsync(fields, steps, context.Cancellation)).Select(words => $"would be refused: {words}")] : [];
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
        if (parsed.GetValue(_export) is { } folder)
        {
            return await ExportAsync(context, connections, agreement, parsed.GetValue(_minimal), folder);
        }

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

    /// <summary>For admins who may not let our user deploy: the same package as a folder.</summary>
    private static async Task<int> ExportAsync(
        CommandContext context, IReadOnlyList<ConnectionRow> connections, AgreementInForce agreement, bool minimal, string folder)
    {
        if (connections is not [{ Crm: CrmWords.Salesforce } connection])
        {
            throw new UsageException("--export writes one Salesforce connection's package: name it, like provision sf --export fields. HubSpot has no such packages.");
        }

        // What an older export left there would be deployed along.
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            throw new UsageException($"{folder} is not an empty folder: name another one, or empty it first.");
        }

        var crm = context.Clients.Open(connection, agreement);
        await CrmClients.EnsureBoundAsync(crm, connection, context.Cancellation);
        var files = await crm.ExportProvisioningAsync(Provisioning.Fields(agreement.Definition, minimal), context.Cancellation);
        foreach (var file in files)
        {
            var path = Path.Combine([folder, .. file.Path.Split('/')]);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, file.Text, context.Cancellation);
        }

        if (context.IsJson)
        {
            context.Terminal.Json(files.Select(file => file.Path));
            return ExitCode.Done;
        }

        context.Terminal.Result($"{connection.Name}: {files.Count} files written to {folder}; nothing changed in Salesforce.");
        context.Terminal.Say($"An admin deploys them with: sf project deploy start --metadata-dir {folder} --target-org ORG");
        context.Terminal.Say($"Then assign the permission set Lead Qualification Worker to our user, and run provision {connection.Name}: it finds all right and remembers it.");
        return ExitCode.Done;
    }
}
