using System.CommandLine;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Worker.Accounts;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Accounts;

/// <summary>A command about one account, by its name.</summary>
internal abstract class AccountCommand : ProgramCommand
{
    private readonly Argument<string> _name = new("NAME") { Description = "An account." };

    protected AccountCommand(Terminal terminal, string name, string description, string example)
        : base(terminal, name, description, example) => Add(_name);

    protected string NameOf(ParseResult parsed) => parsed.GetRequiredValue(_name);

    /// <summary>A password from the environment, or that a person types, twice unseen; where neither is there, one is drawn and shown once.</summary>
    protected static async Task<(string Password, bool IsDrawn)> AskPasswordAsync(CommandContext context)
    {
        if (Environment.GetEnvironmentVariable(Authentication.PasswordVariable) is { Length: > 0 } given)
        {
            return given.Length >= Passwords.ShortestLength
                ? (given, false)
                : throw new UsageException($"{Authentication.PasswordVariable} holds no password: one has at least {Passwords.ShortestLength} signs.");
        }

        if (!context.Terminal.CanAsk)
        {
            return (Passwords.Draw(), true);
        }

        var password = await context.Terminal.AskSecretAsync($"Password (at least {Passwords.ShortestLength} signs; empty: one is drawn and shown): ", context.Cancellation);
        if (password.Length == 0)
        {
            return (Passwords.Draw(), true);
        }

        if (password.Length < Passwords.ShortestLength)
        {
            throw new UsageException($"A password has at least {Passwords.ShortestLength} signs.");
        }

        return password == await context.Terminal.AskSecretAsync("Again: ", context.Cancellation)
            ? (password, false)
            : throw new UsageException("The two are not the same.");
    }

    protected static void Tell(CommandContext context, AccountRow account, string? drawn)
    {
        if (context.IsJson)
        {
            context.Terminal.Json(new { account.Name, account.Role, disabled = account.IsDisabled, password = drawn });
            return;
        }

        context.Terminal.Result($"Account {account.Name}, {account.Role}" + (account.IsDisabled ? ", disabled." : "."));
        if (drawn is not null)
        {
            context.Terminal.Result($"Password (shown this once): {drawn}");
        }
    }

    protected static async Task<AccountRow> ChangeAsync(CommandContext context, string name, Func<AccountRow, AccountRow> change) => await context.WriteAsync(async ledger =>
    {
        var account = await ledger.Accounts.FindAsync(name);
        if (account is null)
        {
            var names = (await ledger.Accounts.ListAsync()).Select(other => other.Name).ToList();
            throw new UsageException($"There is no account '{name}'." + (NearestWord.Of(name, names) is { } nearest ? $" Did you mean '{nearest}'?" : ""));
        }

        var changed = change(account);
        await ledger.Accounts.SaveAsync(changed);
        return changed;
    });
}
