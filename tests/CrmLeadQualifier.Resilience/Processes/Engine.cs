namespace CrmLeadQualifier.Resilience.Processes;

/// <summary>What keeps the ledger of a workplace.</summary>
public enum Engine
{
    Sqlite,
    Postgres,
}
