using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Storage.Rows;

/// <summary>What a connection may write (lifecycle and sync, section 8).</summary>
public enum ConnectionMode
{
    Observe,
    Pilot,
    Live,
    Paused,
}

/// <summary>A CRM account.</summary>
/// <param name="Crm"><c>hubspot</c> or <c>salesforce</c>.</param>
/// <param name="AccountId">The portal or org it is bound to, for ever.</param>
public sealed record ConnectionRow(long Id, string Name, string Crm, string AccountId)
{
    public ConnectionMode Mode { get; init; }

    /// <summary>The mode to go back to from <see cref="ConnectionMode.Paused"/>.</summary>
    public ConnectionMode? ResumeMode { get; init; }

    /// <summary>Why it is paused or stopped, and what to do about it; null: nothing is wrong.</summary>
    public string? State { get; init; }

    /// <summary>Settings as JSON: base URL, time zone, pilot list, mapping.</summary>
    public string Settings { get; init; } = "{}";

    /// <summary>Encrypted; the ledger never sees it in clear.</summary>
    public byte[] Secrets { get; init; } = [];

    public long Epoch { get; init; }

    public Instant CreatedAt { get; init; }

    /// <summary>The scoring fingerprint whose scores have all been pushed once; another one in force lifts the breaker's limit on written records.</summary>
    public string? PushedFingerprint { get; init; }

    /// <summary>The agreement fingerprint that the fields were last provisioned for; null: never.</summary>
    public string? ProvisionedFingerprint { get; init; }
}

public interface IConnectionRows
{
    /// <summary>Those that are connected, in the order of their ids.</summary>
    Task<IReadOnlyList<ConnectionRow>> ListAsync();

    /// <summary>By name; null if there is none that is connected.</summary>
    Task<ConnectionRow?> FindAsync(string name);

    /// <summary>Inserts a row with id 0, else updates all but <see cref="ConnectionRow.Epoch"/>; answers the row's id.</summary>
    Task<long> SaveAsync(ConnectionRow row);

    /// <summary>
    /// Leaves an account: its secrets are gone, its name is free, its records are gone from their leads, which are due; what was read, decided and written stays, for reports and audit.
    /// </summary>
    Task DisconnectAsync(long id, Instant at);

    /// <summary>The row of an account that was connected once: connecting it again goes on with it. Null: it never was, or is connected.</summary>
    Task<ConnectionRow?> FindDisconnectedAsync(string crm, string accountId);

    /// <summary>Connects a row again under its new name; everything is read anew.</summary>
    Task ReconnectAsync(ConnectionRow row);

    /// <summary>Whether <paramref name="owner"/> may refresh the connection's token now: one does at a time, and one that died holds it until <paramref name="expiresAt"/>.</summary>
    Task<bool> TryLockTokenAsync(long id, string owner, Instant now, Instant expiresAt);

    Task UnlockTokenAsync(long id, string owner);
}
