using System.CommandLine;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Accounts;

internal sealed class ListAccounts(Terminal terminal) : ProgramCommand(terminal, "list", "Lists the accounts.", "account list")
{
    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var accounts = await context.ReadAsync(ledger => ledger.Accounts.ListAsync());
        if (context.IsJson)
        {
            context.Terminal.Json(accounts.Select(account => new { account.Name, account.Role, disabled = account.IsDisabled, created_at = account.CreatedAt.ToString() }));
        }
        else
        {
            context.Terminal.Table(
                ["name", "role", "state", "created"],
                accounts.Select(account => (IReadOnlyList<string>)[account.Name, account.Role, account.IsDisabled ? "disabled" : "open", account.CreatedAt.ToString()]));
        }

        return ExitCode.Done;
    }
}
