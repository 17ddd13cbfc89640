using DbUp;
using DbUp.Sqlite.Helpers;

namespace CrmLeadQualifier.Storage.Sqlite;

/// <summary>The numbered scripts of Migrations and which of them a file has seen.</summary>
internal static class SqliteSchema
{
    private static readonly SchemaScripts Scripts = new("Sqlite");

    /// <summary>Whether the schema is this program's; false for an empty file.</summary>
    /// <exception cref="LedgerSchemaException">It is older, newer or no ledger.</exception>
    public static bool IsReady(SqliteSession session, string path)
    {
        if (!HasJournal(session, path))
        {
            return false;
        }

        Scripts.RefuseOther(SeenScripts(session), path);
        return true;
    }

    /// <summary>Runs the scripts that the file has not seen, within the present transaction, and answers their names.</summary>
    /// <exception cref="LedgerSchemaException">It is newer or no ledger, or a script failed.</exception>
    public static IReadOnlyList<string> Upgrade(SqliteSession session, string path)
    {
        if (HasJournal(session, path))
        {
            Scripts.RefuseNewer(SeenScripts(session), path);
        }

        using var shared = new SharedConnection(session.Connection);
        var result = DeployChanges.To
            .SqliteDatabase(shared)
            .WithScripts(Scripts.All)
            .WithVariablesDisabled()
            .JournalToSqliteTable(SchemaScripts.Journal)
            .LogToNowhere()
            .Build()
            .PerformUpgrade();
        return SchemaScripts.Answer(result, path);
    }

    private static bool HasJournal(SqliteSession session, string path)
    {
        if (session.Number("SELECT count(*) FROM sqlite_schema WHERE type = 'table'") == 0)
        {
            return false;
        }

        return session.Number("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1", SchemaScripts.Journal) == 1 ? true : throw SchemaScripts.SomethingElse(path);
    }

    private static List<string> SeenScripts(SqliteSession session) => session.Query($"SELECT ScriptName FROM {SchemaScripts.Journal}", row => row.GetString(0));
}
