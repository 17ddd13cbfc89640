using System.CommandLine;
using System.Text;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Definition;

internal sealed class ProposeDefinition : ProgramCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "A definition (YAML)." };
    private readonly Option<string?> _by = new("--by") { HelpName = "NAME", Description = "Who proposes it." };
    private readonly Option<string?> _note = new("--note") { HelpName = "TEXT", Description = "What changed, and why." };

    public ProposeDefinition(Terminal terminal)
        : base(terminal, "propose", "Keeps a definition as the next version, for marketing and sales to sign.",
            "definition propose definitions/b2b-software.en.yaml --by \"Ann Roy\" --note \"First agreement\"")
    {
        Add(_file);
        Add(_by);
        Add(_note);
        Add(GlobalOptions.At);
    }

    /// <summary>Adds the file as a version; content that is already the newest version's gets no new one.</summary>
    public static async Task<(int Version, string Fingerprint)> ProposeAsync(CommandContext context, string path, string? by, string? note)
    {
        var (definition, utf8) = await DefinitionFile.ReadAsync(context, path);
        var version = await context.WriteAsync(ledger => ledger.Definitions.AddAsync(
            definition.AgreementFingerprint, definition.ScoringFingerprint, Encoding.UTF8.GetString(utf8), Instant.Now(context.Clock), by, note));
        return (version, definition.AgreementFingerprint);
    }

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var (version, fingerprint) = await ProposeAsync(context, parsed.GetRequiredValue(_file), parsed.GetValue(_by), parsed.GetValue(_note));
        if (context.IsJson)
        {
            context.Terminal.Json(new { version, fingerprint });
        }
        else
        {
            context.Terminal.Result($"Version {version}, fingerprint {fingerprint}");
            context.Terminal.Say($"It comes into force once both have signed: definition sign {version} --role marketing --by NAME, definition sign {version} --role sales --by NAME.");
        }

        return ExitCode.Done;
    }
}
