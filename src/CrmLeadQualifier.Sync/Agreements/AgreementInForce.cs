using System.Text;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Sync.Agreements;

/// <summary>The version that both roles signed last, read and compiled once.</summary>
/// <param name="Since">The second signature: when it came into force.</param>
public sealed record AgreementInForce(int Version, Definition Definition, ScoringPlan Plan, Instant Since)
{
    /// <summary>The roles that both have to sign the same fingerprint.</summary>
    public static readonly IReadOnlyList<string> Roles = ["marketing", "sales"];

    /// <summary>The agreement in force in the ledger, whatever the instant asked about; null: none was signed by both roles yet.</summary>
    public static Task<AgreementInForce?> ReadAsync(ILedgerTransaction ledger) => ReadAsync(ledger, Instant.MaxValue);

    /// <summary>The agreement that was in force at an instant; null: none was signed by both roles by then.</summary>
    public static async Task<AgreementInForce?> ReadAsync(ILedgerTransaction ledger, Instant asOf)
    {
        var signatures = (await ledger.Definitions.SignaturesAsync()).Where(signature => signature.At <= asOf);
        var complete = signatures
            .GroupBy(signature => signature.Version)
            .Where(version => Roles.All(role => version.Any(signature => signature.Role == role)))
            .Select(version => (Version: version.Key, Since: SecondSignature(version)))
            .OrderByDescending(version => version.Since)
            .ThenByDescending(version => version.Version)
            .FirstOrDefault();
        if (complete.Version == 0)
        {
            return null;
        }

        var row = await ledger.Definitions.FindAsync(complete.Version)
            ?? throw new InvalidOperationException($"version {complete.Version} is signed but not in the ledger");
        var reading = DefinitionReader.Read(Encoding.UTF8.GetBytes(row.Yaml), $"version {row.Version}");
        var definition = reading.Definition
            ?? throw new LedgerSchemaException($"The agreement in force (version {row.Version}) can no longer be read: {reading.Problems[0]}");
        return new AgreementInForce(row.Version, definition, ScoringPlan.Compile(definition), complete.Since);
    }

    /// <summary>The instant from which the version had both roles' signatures: the later of the roles' first ones.</summary>
    private static Instant SecondSignature(IEnumerable<SignatureRow> signatures) =>
        signatures.GroupBy(signature => signature.Role).Max(role => role.Min(signature => signature.At));
}
