using System.Reflection;
using DbUp;
using DbUp.Engine;
using DbUp.Sqlite.Helpers;

namespace CrmLeadQualifier.Storage.Sqlite;

/// <summary>The numbered scripts of Migrations and which of them a file has seen.</summary>
internal static class SqliteSchema
{
    private const string Journal = "schema_version";
    private const string Folder = "CrmLeadQualifier.Storage.Sqlite.Migrations.";

    private static readonly IReadOnlyList<SqlScript> Scripts = ReadScripts();

    /// <summary>Whether the schema is this program's; false for an empty file.</summary>
    /// <exception cref="LedgerSchemaException">It is older, newer or no ledger.</exception>
    public static bool IsReady(SqliteSession session, string path)
    {
        if (!HasJournal(session, path))
        {
            return false;
        }

        var missing = Scripts.Count - SeenScripts(session, path).Count;
        return missing == 0
            ? true
            : throw new LedgerSchemaException($"The ledger {path} is older than this program ({missing} upgrades are missing): make a copy of it, then run `migrate`.");
    }

    /// <summary>Runs the scripts that the file has not seen, within the present transaction, and answers their names.</summary>
    /// <exception cref="LedgerSchemaException">It is newer or no ledger, or a script failed.</exception>
    public static IReadOnlyList<string> Upgrade(SqliteSession session, string path)
    {
        if (HasJournal(session, path))
        {
            SeenScripts(session, path);
        }

        using var shared = new SharedConnection(session.Connection);
        var result = DeployChanges.To
            .SqliteDatabase(shared)
            .WithScripts(Scripts)
            .WithVariablesDisabled()
            .JournalToSqliteTable(Journal)
            .LogToNowhere()
            .Build()
            .PerformUpgrade();
        return result.Successful
            ? [.. result.Scripts.Select(script => script.Name)]
            : throw new LedgerSchemaException($"The ledger {path} could not be upgraded and is as it was: {result.ErrorScript?.Name}: {result.Error.Message}");
    }

    private static bool HasJournal(SqliteSession session, string path)
    {
        if (session.Number("SELECT count(*) FROM sqlite_schema WHERE type = 'table'") == 0)
        {
            return false;
        }

        return session.Number("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1", Journal) == 1
            ? true
            : throw new LedgerSchemaException($"{path} is a database of something else: give another path for the ledger.");
    }

    private static List<string> SeenScripts(SqliteSession session, string path)
    {
        var seen = session.Query($"SELECT ScriptName FROM {Journal}", row => row.GetString(0));
        var unknown = seen.Except(Scripts.Select(script => script.Name)).Order(StringComparer.Ordinal).FirstOrDefault();
        return unknown is null
            ? seen
            : throw new LedgerSchemaException($"The ledger {path} is newer than this program (it has seen {unknown}): use the program that upgraded it; `migrate` cannot go back.");
    }

    private static List<SqlScript> ReadScripts()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => SqlScript.FromStream(Path.GetFileNameWithoutExtension(name[Folder.Length..]), assembly.GetManifestResourceStream(name)!))];
    }
}
