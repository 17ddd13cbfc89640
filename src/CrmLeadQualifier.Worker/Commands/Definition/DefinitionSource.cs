using System.Globalization;
using System.Text;
using CrmLeadQualifier.Core.AgreementText;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Definition;

/// <summary>A definition that the user named: a version by its number, or a file.</summary>
/// <param name="Name">How it is called in what is printed.</param>
/// <param name="Version">Null: a file.</param>
internal sealed record DefinitionSource(string Name, Core.Definitions.Definition Definition, PageVersion? Version)
{
    /// <exception cref="UsageException">There is no such version, or the file is no valid definition.</exception>
    public static async Task<DefinitionSource> ReadAsync(CommandContext context, string fileOrVersion)
    {
        if (!int.TryParse(fileOrVersion, NumberStyles.None, CultureInfo.InvariantCulture, out var version) || File.Exists(fileOrVersion))
        {
            var (definition, _) = await DefinitionFile.ReadAsync(context, fileOrVersion);
            return new DefinitionSource(fileOrVersion, definition, null);
        }

        return await context.ReadAsync(async ledger =>
        {
            var row = await Signing.FindAsync(ledger, version);
            return new DefinitionSource($"version {version}", Parse(row), PageOf(row, await ledger.Definitions.SignaturesAsync()));
        });
    }

    /// <exception cref="UsageException">A later program wrote it in another version of the language.</exception>
    public static Core.Definitions.Definition Parse(DefinitionRow row)
    {
        var reading = DefinitionReader.Read(Encoding.UTF8.GetBytes(row.Yaml), $"version {row.Version}");
        return reading.Definition ?? throw new UsageException($"Version {row.Version} can no longer be read: {reading.Problems[0]}");
    }

    /// <summary>What the page says of the version: the signatures that stand, or that brought it into force.</summary>
    public static PageVersion PageOf(DefinitionRow row, IReadOnlyList<SignatureRow> signatures)
    {
        var signed = new SignedVersions(signatures);
        var isInForce = signed.InForce?.Version == row.Version;
        return new PageVersion(
            row.Version,
            row.AgreementFingerprint,
            [.. (isInForce ? signed.InForce!.Signatures : signed.Open(row.Version)).Select(signature => new PageSigner(signature.Role, signature.By, signature.At))])
        {
            InForceSince = isInForce ? signed.InForceSince : null,
        };
    }
}
