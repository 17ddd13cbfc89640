using System.CommandLine;
using CrmLeadQualifier.Worker.Accounts;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Accounts;

internal sealed class SetPassword(Terminal terminal)
    : AccountCommand(terminal, "password", "Gives an account another password; whoever is signed in with it is signed out.", "account password admin")
{
    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var (password, isDrawn) = await AskPasswordAsync(context);
        var account = await ChangeAsync(context, NameOf(parsed), present => Passwords.Set(present with { IsDisabled = false }, password));
        Tell(context, account, isDrawn ? password : null);
        return ExitCode.Done;
    }
}
