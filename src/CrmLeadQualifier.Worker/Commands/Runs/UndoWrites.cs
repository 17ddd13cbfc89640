using System.CommandLine;
using CrmLeadQualifier.Sync.Push;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Runs;

internal sealed class UndoWrites : ProgramCommand
{
    private readonly Argument<string> _run = new("RUN") { Description = "A run, as runs lists it." };
    private readonly Option<bool> _yes = new("--yes") { Description = "Does it without asking." };

    public UndoWrites(Terminal terminal)
        : base(terminal, "undo", "Lists what cannot be put back, then pauses pushing and restores what a run wrote, where it has not changed since.", "undo 2026-11-23T09:30:00Z-1")
    {
        Add(_run);
        Add(_yes);
        Add(GlobalOptions.At);
    }

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var run = parsed.GetRequiredValue(_run);
        var runs = await context.ReadAsync(ledger => ledger.Runs.ListAsync(int.MaxValue));
        if (runs.All(row => row.Id != run))
        {
            throw new UsageException($"There is no run '{run}'. runs lists them.");
        }

        var undo = new UndoRun(await context.OpenLedgerAsync(), context.Clients.Open, context.Clock);
        var preview = await undo.PreviewAsync(run, context.Cancellation);
        Say(context.Terminal, preview);
        if (!parsed.GetValue(_yes))
        {
            if (!context.Terminal.CanAsk)
            {
                throw new UsageException("Nothing was undone. Add --yes to do it.");
            }

            if (!await context.Terminal.ConfirmAsync("Pause pushing and put these back?", context.Cancellation))
            {
                context.Terminal.Say("Nothing was undone.");
                return ExitCode.Done;
            }
        }

        var code = RunPrinter.Print(context, await undo.RunAsync(run, context.Cancellation));
        context.Terminal.Say("Pushing is paused on the run's connections; resume shows what they would write, and goes on.");
        return code;
    }

    private static void Say(Terminal terminal, UndoPreview preview)
    {
        foreach (var write in preview.CannotBeRestored)
        {
            terminal.Say($"cannot be put back: {write.Connection} {write.Object} {write.Record} {write.Field}: stays '{write.From}' (was '{write.To}')");
        }

        var records = preview.Restored.Select(write => (write.Connection, write.Object, write.Record)).Distinct().Count();
        terminal.Say($"{preview.CannotBeRestored.Count} cannot be put back, nor what workflows did since. To be restored: {preview.Restored.Count} fields on {records} records.");
    }
}
