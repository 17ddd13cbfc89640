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
    Task<IReadOnlyList<ConnectionRow>> ListAsync();

    /// <summary>By name; null if there is none.</summary>
    Task<ConnectionRow?> FindAsync(string name);

    /// <summary>Inserts a row with id 0, else updates all but <see cref="ConnectionRow.Epoch"/>; answers the row's id.</summary>
    Task<long> SaveAsync(ConnectionRow row);
}
