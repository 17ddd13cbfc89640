using System.CommandLine;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Definition;

internal sealed class DefinitionHistory : ProgramCommand
{
    public DefinitionHistory(Terminal terminal)
        : base(terminal, "history", "Lists the versions, who proposed and who signed them, and when the one in force is to be reviewed.", "definition history") => Add(GlobalOptions.At);

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
                review_due_at = inForce?.Version == row.Version ? inForce.ReviewDueAt.ToString() : null,
                signatures = signatures.Where(signature => signature.Version == row.Version).Select(SignatureJson.Of),
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
        if (inForce is not null)
        {
            context.Terminal.Say(inForce.ReviewOverdue(Instant.Now(context.Clock)) is { } overdue
                ? char.ToUpperInvariant(overdue[0]) + overdue[1..] + "."
                : $"The next review is due on {inForce.ReviewDueAt.ToString()[..10]}.");
        }

        return ExitCode.Done;
    }

    /// <summary>The last one of the role that stands; all of them, and those withdrawn, are in the JSON.</summary>
    private static string Signed(IReadOnlyList<SignatureRow> signatures, int version, string role) =>
        signatures.LastOrDefault(signature => signature.Version == version && signature.Role == role && signature.WithdrawnAt is null) is { } signature ? $"{signature.By}, {signature.At}" : "";
}

/// <summary>A signature, for a program.</summary>
internal static class SignatureJson
{
    public static object Of(SignatureRow signature) => new
    {
        signature.Role,
        signature.By,
        at = signature.At.ToString(),
        signature.Fingerprint,
        signature.Note,
        withdrawn_at = signature.WithdrawnAt?.ToString(),
        signature.WithdrawnBy,
    };
}
