using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Worker.Accounts;

/// <summary>The administrator whom a ledger without one gets, with a password that is shown this once. Accounts that sign the agreement may be there before.</summary>
internal static class FirstAccount
{
    public const string Name = "admin";

    /// <summary>The password; null: there is an administrator, or an account of that name, already.</summary>
    public static async Task<string?> EnsureAsync(ILedger ledger, TimeProvider clock, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginAsync(null, cancellation);
        if ((await transaction.Accounts.ListAsync()).Any(account => account.Role == Roles.Admin || account.Name == Name))
        {
            return null;
        }

        var password = Passwords.Draw();
        await transaction.Accounts.SaveAsync(Passwords.Set(new AccountRow(Name, Roles.Admin, "", "", false, Instant.Now(clock)), password));
        await transaction.CommitAsync(cancellation);
        return password;
    }
}
