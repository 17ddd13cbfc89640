using System.CommandLine;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Worker.Accounts;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Accounts;

internal sealed class AddAccount : AccountCommand
{
    private const int LongestName = 64;

    private readonly Option<string> _role = new Option<string>("--role") { HelpName = "admin|marketing|sales|viewer", Required = true, Description = "What it may do." }
        .AcceptOnlyFromAmong(Roles.All);

    public AddAccount(Terminal terminal)
        : base(terminal, "add", "Adds an account for the console.", "account add ann --role viewer") => Add(_role);

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var name = NameOf(parsed);
        if (name.Length is 0 or > LongestName || name.Any(sign => char.IsControl(sign) || char.IsWhiteSpace(sign)))
        {
            throw new UsageException($"An account's name has 1 to {LongestName} signs and no spaces.");
        }

        var (password, isDrawn) = await AskPasswordAsync(context);
        var account = Passwords.Set(new AccountRow(name, parsed.GetRequiredValue(_role), "", "", false, Instant.Now(context.Clock)), password);
        await context.WriteAsync(async ledger =>
        {
            if (await ledger.Accounts.FindAsync(name) is not null)
            {
                throw new UsageException($"There is an account '{name}' already; account password {name} sets its password.");
            }

            await ledger.Accounts.SaveAsync(account);
            return account;
        });
        Tell(context, account, isDrawn ? password : null);
        return ExitCode.Done;
    }
}
