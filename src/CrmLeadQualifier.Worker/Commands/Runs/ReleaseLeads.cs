using System.CommandLine;
using CrmLeadQualifier.Sync.Runs;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Runs;

internal sealed class ReleaseLeads : ProgramCommand
{
    private readonly Argument<string?> _email = new("EMAIL") { Arity = ArgumentArity.ZeroOrOne, Description = "One lead by its address. Default: all that are held." };
    private readonly Option<int?> _limit = new("--limit") { HelpName = "N", Description = "At most so many." };

    private readonly Option<string> _order = new Option<string>("--order") { HelpName = "total|recent", Description = "Highest score or latest activity first.", DefaultValueFactory = _ => "total" }
        .AcceptOnlyFromAmong("total", "recent");

    private readonly Option<bool> _yes = new("--yes") { Description = "Releases without asking." };

    public ReleaseLeads(Terminal terminal)
        : base(terminal, "release", "Releases held leads: the next sync hands them to sales.", "release --limit 20 --order recent --yes")
    {
        Add(_email);
        Add(_limit);
        Add(_order);
        Add(_yes);
        Add(GlobalOptions.At);
    }

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var releases = new Releases(await context.OpenLedgerAsync());
        var limit = parsed.GetValue(_limit);
        if (parsed.GetValue(_email) is { } email)
        {
            if (limit is not null)
            {
                throw new UsageException("Give an address or --limit, not both.");
            }

            var isReleased = await releases.ReleaseAsync(email, context.Cancellation);
            Print(context, isReleased ? 1 : 0);
            return isReleased ? ExitCode.Done : ExitCode.DoneWithFailures;
        }

        if (limit is < 1)
        {
            throw new UsageException("--limit is a number from 1.");
        }

        var held = (await context.ReadAsync(ledger => ledger.Leads.CountAsync())).Held;
        if (held > 0 && !parsed.GetValue(_yes))
        {
            var question = $"Release {Math.Min(held, limit ?? held)} of {held} held leads to sales?";
            if (!context.Terminal.CanAsk)
            {
                throw new UsageException($"{question} Add --yes to do it.");
            }

            if (!await context.Terminal.ConfirmAsync(question, context.Cancellation))
            {
                return ExitCode.Done;
            }
        }

        Print(context, await releases.ReleaseAsync(limit, parsed.GetValue(_order) == "recent", context.Cancellation));
        return ExitCode.Done;
    }

    private static void Print(CommandContext context, int released)
    {
        if (context.IsJson)
        {
            context.Terminal.Json(new { released });
        }
        else
        {
            context.Terminal.Result(released > 0 ? $"Released: {released}. The next sync hands them over." : "Nobody was released: no such lead is held or waits for a release.");
        }
    }
}
