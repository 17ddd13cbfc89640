using System.CommandLine;
using CrmLeadQualifier.Worker.Accounts;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Accounts;

internal sealed class DisableAccount(Terminal terminal)
    : AccountCommand(terminal, "disable", "Ends an account: whoever is signed in with it is out at once. Another password opens it again.", "account disable ann")
{
    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        Tell(context, await ChangeAsync(context, NameOf(parsed), account => account with { IsDisabled = true, Stamp = Passwords.DrawStamp() }), null);
        return ExitCode.Done;
    }
}
