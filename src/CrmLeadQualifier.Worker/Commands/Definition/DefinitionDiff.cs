using System.CommandLine;
using CrmLeadQualifier.Core.AgreementText;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Definition;

internal sealed class DefinitionDiff : ProgramCommand
{
    private readonly Argument<string> _from = new("A") { Description = "A definition (YAML), or the number of a version." };
    private readonly Argument<string> _to = new("B") { Description = "What it is compared with." };
    private readonly Option<string?> _language = DefinitionOptions.Language("Default: the language of B.");
    private readonly Option<string> _format = DefinitionOptions.Format("text", "json", "html");

    public DefinitionDiff(Terminal terminal)
        : base(terminal, "diff", "Says in plain words what changes from one agreement to another.", "definition diff 1 definitions/b2b-software.en.yaml")
    {
        Add(_from);
        Add(_to);
        Add(_language);
        Add(_format);
    }

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var from = await DefinitionSource.ReadAsync(context, parsed.GetRequiredValue(_from));
        var to = await DefinitionSource.ReadAsync(context, parsed.GetRequiredValue(_to));
        var diff = AgreementDiff.Between(from.Definition, to.Definition, DefinitionOptions.LanguageOf(parsed.GetValue(_language)) ?? to.Definition.Language);
        switch (parsed.GetRequiredValue(_format))
        {
            case "json":
                context.Terminal.Json(new
                {
                    from = new { name = from.Name, agreement = from.Definition.AgreementFingerprint, scoring = from.Definition.ScoringFingerprint },
                    to = new { name = to.Name, agreement = to.Definition.AgreementFingerprint, scoring = to.Definition.ScoringFingerprint },
                    same = diff.IsSame,
                    rescores = diff.Rescores,
                    changes = diff.Changes,
                });
                break;
            case "html":
                context.Terminal.Result(DiffFormats.AsHtml(diff, from.Name, to.Name).TrimEnd('\n'));
                break;
            default:
                context.Terminal.Result(DiffFormats.AsText(diff, from.Name, to.Name).TrimEnd('\n'));
                break;
        }

        return ExitCode.Done;
    }
}
