using System.CommandLine;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Definition;

internal sealed class DefinitionHistory(Terminal terminal)
    : ProgramCommand(terminal, "history", "Lists the versions, who proposed and who signed them.", "definition history")
{
    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var inForce = await context.AgreementInForceAsync();
        var (versions, signatures) = await context.ReadAsync(async ledger => (await ledger.Definitions.ListAsync(), await ledger.Definitions.SignaturesAsync()));
        if (context.IsJson)
        {
            context.Terminal.Json(versions.Select(row => new
            {
                row.Version,
                agreement = row.AgreementFingerprint,
                scoring = row.ScoringFingerprint,
                in_force = inForce?.Version == row.Version,
                proposed_at = row.ProposedAt.ToString(),
                row.ProposedBy,
                row.Note,
                signatures = signatures.Where(signature => signature.Version == row.Version).Select(signature => new { signature.Role, signature.By, at = signature.At.ToString() }),
            }));
            return ExitCode.Done;
        }

        if (versions.Count == 0)
        {
            context.Terminal.Say("There is no definition yet. Run definition propose FILE.");
            return ExitCode.Done;
        }

        context.Terminal.Table(
            ["version", "fingerprint", "proposed", "marketing", "sales", "in force", "note"],
            versions.Select(row => (IReadOnlyList<string>)
            [
                $"{row.Version}",
                row.AgreementFingerprint[..12],
                row.ProposedBy is null ? $"{row.ProposedAt}" : $"{row.ProposedAt} by {row.ProposedBy}",
                Signed(signatures, row.Version, "marketing"),
                Signed(signatures, row.Version, "sales"),
                inForce?.Version == row.Version ? $"since {inForce.Since}" : "",
                row.Note ?? "",
            ]));
        return ExitCode.Done;
    }

    private static string Signed(IReadOnlyList<SignatureRow> signatures, int version, string role) =>
        signatures.FirstOrDefault(signature => signature.Version == version && signature.Role == role) is { } signature ? $"{signature.By}, {signature.At}" : "";
}
