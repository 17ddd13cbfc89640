using System.CommandLine;
using CrmLeadQualifier.Sync.Inspect;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Review;

internal sealed class ExplainLead : ProgramCommand
{
    private readonly Argument<string> _email = new("EMAIL") { Description = "An address of the lead, or CONNECTION:RECORD." };

    public ExplainLead(Terminal terminal)
        : base(terminal, "explain", "Shows how a lead's score and stage came about.", "explain ann.roy@example.com") => Add(_email);

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var explanation = await Explain.ByEmailAsync(await context.OpenLedgerAsync(), parsed.GetRequiredValue(_email), context.Cancellation);
        if (explanation is null)
        {
            context.Terminal.Say("Nobody in the ledger has that address. What was never pulled is not known: run sync first.");
            return ExitCode.DoneWithFailures;
        }

        if (context.IsJson)
        {
            context.Terminal.Json(explanation);
            return ExitCode.Done;
        }

        context.Terminal.Result(explanation.Summary);
        foreach (var section in explanation.Sections.Where(section => section.Rows.Count > 0))
        {
            context.Terminal.Result("");
            context.Terminal.Result(section.Title);
            context.Terminal.Table(section.Columns, section.Rows);
        }

        return ExitCode.Done;
    }
}
