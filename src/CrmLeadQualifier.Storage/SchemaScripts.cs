using System.Reflection;
using DbUp.Engine;

namespace CrmLeadQualifier.Storage;

/// <summary>The numbered scripts of one engine, and what is said about a store that has seen fewer or others: the same on every engine.</summary>
internal sealed class SchemaScripts
{
    /// <summary>The table in which a store remembers the scripts that it has seen.</summary>
    public const string Journal = "schema_version";

    /// <param name="engine">The engine's folder, in which Migrations holds the scripts.</param>
    public SchemaScripts(string engine)
    {
        var folder = $"CrmLeadQualifier.Storage.{engine}.Migrations.";
        var assembly = Assembly.GetExecutingAssembly();
        All = [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(folder, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => SqlScript.FromStream(Path.GetFileNameWithoutExtension(name[folder.Length..]), assembly.GetManifestResourceStream(name)!))];
    }

    public IReadOnlyList<SqlScript> All { get; }

    /// <exception cref="LedgerSchemaException">The store is older or newer than this program.</exception>
    public void RefuseOther(IReadOnlyCollection<string> seen, string ledger)
    {
        RefuseNewer(seen, ledger);
        var missing = All.Count - seen.Count;
        if (missing > 0)
        {
            throw new LedgerSchemaException($"The ledger {ledger} is older than this program ({missing} upgrades are missing): make a copy of it, then run `migrate`.");
        }
    }

    /// <exception cref="LedgerSchemaException">The store is newer than this program.</exception>
    public void RefuseNewer(IReadOnlyCollection<string> seen, string ledger)
    {
        if (seen.Except(All.Select(script => script.Name)).Order(StringComparer.Ordinal).FirstOrDefault() is { } unknown)
        {
            throw new LedgerSchemaException($"The ledger {ledger} is newer than this program (it has seen {unknown}): use the program that upgraded it; `migrate` cannot go back.");
        }
    }

    public static LedgerSchemaException SomethingElse(string ledger) => new($"{ledger} is a database of something else: give another path for the ledger.");

    /// <summary>The names of the scripts that ran.</summary>
    /// <exception cref="LedgerSchemaException">A script failed; nothing of it was kept.</exception>
    public static IReadOnlyList<string> Answer(DatabaseUpgradeResult result, string ledger) => result.Successful
        ? [.. result.Scripts.Select(script => script.Name)]
        : throw new LedgerSchemaException($"The ledger {ledger} could not be upgraded and is as it was: {result.ErrorScript?.Name}: {result.Error.Message}");
}
