using System.CommandLine;
using CrmLeadQualifier.Sync.Push;
using CrmLeadQualifier.Sync.Runs;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Runs;

internal sealed class ApplyWritePlan : ProgramCommand
{
    private readonly Argument<string> _plan = new("PLAN") { Description = "A file that sync --dry-run --plan wrote." };

    public ApplyWritePlan(Terminal terminal)
        : base(terminal, "apply", "Carries out a plan: reads again, and writes the fields whose value is still the plan's.", "apply plan.json")
    {
        Add(_plan);
        Add(GlobalOptions.At);
    }

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var file = parsed.GetRequiredValue(_plan);
        var plan = await context.ReadJsonFileAsync<WritePlan>(file, "plan of sync --dry-run");
        if (plan.Writes is null || plan.Run is null || plan.ExpiresAt is null)
        {
            throw new UsageException($"{file} is no plan of sync --dry-run: it has no run, no expiry or no writes.");
        }

        return RunPrinter.Print(context, await new ApplyPlan(await context.OpenLedgerAsync(), context.Clients.Open, context.Clock) { Options = context.Clients.Options, Holidays = context.HandOvers.Holidays }.RunAsync(plan, context.Cancellation));
    }
}
