using System.CommandLine;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Sync.Inspect;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Review;

internal sealed class ExplainLead : ProgramCommand
{
    private readonly Argument<string> _email = new("EMAIL") { Description = "An address of the lead, or CONNECTION:RECORD." };

    private readonly Option<Instant?> _at = GlobalOptions.InstantOption("--at", "What was so at that instant: attributes, activities, the agreement then in force. Default: as it was scored last.");
    private readonly Option<int?> _definition = new("--definition") { HelpName = "VERSION", Description = "Under this version instead of the one in force." };

    public ExplainLead(Terminal terminal)
        : base(terminal, "explain", "Shows how a lead's score and stage came about, now or at any instant of the past.", "explain ann.roy@example.com --at 2026-03-03T12:00:00Z")
    {
        Add(_email);
        Add(_at);
        Add(_definition);
    }

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var (email, version) = (parsed.GetRequiredValue(_email), parsed.GetValue(_definition));
        var ledger = await context.OpenLedgerAsync();
        var explanation = parsed.GetValue(_at) is { } at
            ? await ExplainPast.ByEmailAsync(ledger, email, at, version, context.Cancellation)
            : version is not null
                ? await ExplainPast.ByEmailAsync(ledger, email, Instant.Now(context.Clock), version, context.Cancellation)
                : await Explain.ByEmailAsync(ledger, email, context.Cancellation, context.HandOvers.Holidays);
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
