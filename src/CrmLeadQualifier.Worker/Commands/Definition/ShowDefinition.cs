using System.CommandLine;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Definition;

internal sealed class ShowDefinition : ProgramCommand
{
    private readonly Argument<int?> _version = new("VERSION") { Arity = ArgumentArity.ZeroOrOne, Description = "Default: the version in force, else the newest." };

    public ShowDefinition(Terminal terminal)
        : base(terminal, "show", "Prints a version of the agreement as it was proposed.", "definition show 1") => Add(_version);

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var inForce = await context.AgreementInForceAsync();
        var (versions, signatures) = await context.ReadAsync(async ledger => (await ledger.Definitions.ListAsync(), await ledger.Definitions.SignaturesAsync()));
        if (versions.Count == 0)
        {
            throw new UsageException("There is no definition yet. Run definition propose FILE first.");
        }

        var wanted = parsed.GetValue(_version) ?? inForce?.Version ?? versions[^1].Version;
        var row = versions.FirstOrDefault(version => version.Version == wanted)
            ?? throw new UsageException($"There is no version {wanted}. There is: {string.Join(", ", versions.Select(version => version.Version))}.");
        if (context.IsJson)
        {
            context.Terminal.Json(new
            {
                row.Version,
                agreement = row.AgreementFingerprint,
                scoring = row.ScoringFingerprint,
                in_force = inForce?.Version == row.Version,
                proposed_at = row.ProposedAt.ToString(),
                row.ProposedBy,
                row.Note,
                signatures = signatures.Where(signature => signature.Version == row.Version).Select(SignatureJson.Of),
                yaml = row.Yaml,
            });
        }
        else
        {
            context.Terminal.Say($"Version {row.Version}, fingerprint {row.AgreementFingerprint}, {(inForce?.Version == row.Version ? $"in force since {inForce.Since}" : "not in force")}");
            context.Terminal.Result(row.Yaml.TrimEnd('\n'));
        }

        return ExitCode.Done;
    }
}
