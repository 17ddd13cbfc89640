namespace CrmLeadQualifier.Storage.Postgres;

/// <summary>The numbers of the ledger's advisory locks, which belong to the whole database: whatever else uses it is unlikely to choose the same.</summary>
internal static class AdvisoryLocks
{
    /// <summary>The first number of those below.</summary>
    public const int Ledger = 0x434C5100;

    public const int Schema = 1;

    public const int Writing = 2;

    /// <summary>The first number of whoever takes API calls; the second is the connection.</summary>
    public const int Budget = 0x434C5101;

    /// <summary>The first number of a connection's leases; the second is the epoch.</summary>
    public static int Leases(long connectionId) => unchecked(0x434C5200 + (int)connectionId);
}
