using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Storage.Rows;

/// <summary>Who may sign in to the console.</summary>
/// <param name="Role"><c>admin</c>, <c>marketing</c>, <c>sales</c> or <c>viewer</c>.</param>
/// <param name="PasswordHash">Salted; the password itself is nowhere.</param>
/// <param name="Stamp">Changes with the password and when the account is disabled: a session made before has another one and ends.</param>
public sealed record AccountRow(string Name, string Role, string PasswordHash, string Stamp, bool IsDisabled, Instant CreatedAt)
{
    /// <summary>Wrong passwords since the last right one; they slow the next attempt down.</summary>
    public int FailedSignIns { get; init; }

    /// <summary>When the last of them was; null: there was none.</summary>
    public Instant? SignInFailedAt { get; init; }
}

public interface IAccountRows
{
    /// <summary>In the order of names.</summary>
    Task<IReadOnlyList<AccountRow>> ListAsync();

    /// <summary>By its exact name; null if there is none.</summary>
    Task<AccountRow?> FindAsync(string name);

    /// <summary>Inserts the account, or replaces the one of that name.</summary>
    Task SaveAsync(AccountRow row);
}
