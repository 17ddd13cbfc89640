using System.CommandLine;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Worker.Accounts;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Definition;

internal sealed class WithdrawSignature : ProgramCommand
{
    private readonly Argument<int> _version = new("VERSION") { Description = "A version that one role has signed." };
    private readonly Option<string> _role = SigningOptions.Role("Whose signature is taken back.");
    private readonly Option<string> _by = SigningOptions.By("An account of that role. Its password is asked for, or taken from CLQ_PASSWORD.");

    public WithdrawSignature(Terminal terminal)
        : base(terminal, "withdraw", "Takes back a role's signature while it waits for the other role's.", "definition withdraw 2 --role marketing --by ann")
    {
        Add(_version);
        Add(_role);
        Add(_by);
        Add(GlobalOptions.At);
    }

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var version = parsed.GetRequiredValue(_version);
        var role = parsed.GetRequiredValue(_role);
        await context.ReadAsync(ledger => Signing.FindAsync(ledger, version));
        var account = await Authentication.RequireAsync(context, parsed.GetRequiredValue(_by).Trim(), role);
        var withdrawn = await context.WriteAsync(ledger => Signing.WithdrawAsync(ledger, version, role, account.Name, Instant.Now(context.Clock)));
        if (context.IsJson)
        {
            context.Terminal.Json(new { version, role, by = account.Name, signed_by = withdrawn.By, signed_at = withdrawn.At.ToString() });
        }
        else
        {
            context.Terminal.Result($"The signature of version {version} for {role} (by {withdrawn.By}, {withdrawn.At}) is withdrawn.");
        }

        return ExitCode.Done;
    }
}
