using System.CommandLine;
using CrmLeadQualifier.Core.AgreementText;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Definition;

internal sealed class DefinitionText : ProgramCommand
{
    private readonly Argument<string> _source = new("FILE|VERSION") { Description = "A definition (YAML), or the number of a version." };
    private readonly Option<string?> _language = DefinitionOptions.Language("Default: the agreement's own language.");
    private readonly Option<string> _format = DefinitionOptions.Format("text", "md", "html");

    public DefinitionText(Terminal terminal)
        : base(terminal, "text", "Writes the whole agreement in plain language: to be read aloud, printed and signed.", "definition text 1 --language fr --format html")
    {
        Add(_source);
        Add(_language);
        Add(_format);
    }

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var source = await DefinitionSource.ReadAsync(context, parsed.GetRequiredValue(_source));
        var page = AgreementWriter.Write(source.Definition, DefinitionOptions.LanguageOf(parsed.GetValue(_language)) ?? source.Definition.Language, source.Version);
        context.Terminal.Result((parsed.GetRequiredValue(_format) switch
        {
            "md" => PageAsMarkdown.Write(page),
            "html" => PageAsHtml.Write(page),
            _ => PageAsText.Write(page),
        }).TrimEnd('\n'));
        return ExitCode.Done;
    }
}

/// <summary>Options that the commands about the agreement share.</summary>
internal static class DefinitionOptions
{
    public static Option<string?> Language(string description) => new Option<string?>("--language") { HelpName = "en|fr", Description = description }.AcceptOnlyFromAmong("en", "fr");

    public static Language? LanguageOf(string? code) => code switch
    {
        "fr" => Core.Definitions.Language.French,
        "en" => Core.Definitions.Language.English,
        _ => null,
    };

    /// <summary>In the place of the one that every command has.</summary>
    public static Option<string> Format(params string[] formats) => new Option<string>("--format")
    {
        HelpName = string.Join('|', formats),
        Description = "What is printed.",
        DefaultValueFactory = _ => formats[0],
    }.AcceptOnlyFromAmong(formats);
}
