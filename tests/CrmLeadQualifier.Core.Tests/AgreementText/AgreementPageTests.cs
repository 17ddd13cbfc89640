using CrmLeadQualifier.Core.AgreementText;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Tests.Definitions;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Tests.AgreementText;

/// <summary>
/// The pages as files beside this one: read them aloud after every change. UPDATE_SNAPSHOTS=1 writes them anew, and the difference is for a person to read.
/// </summary>
public sealed class AgreementPageTests
{
    private static readonly PageVersion Signed = new(3, new string('a', 64), [new PageSigner("marketing", "ann", At("2026-11-20T09:00:00Z"))])
    {
        InForceSince = At("2026-11-01T23:30:00Z"),
    };

    public static TheoryData<string, Language, string> Pages => new()
    {
        { "b2b-software.en.yaml", Language.English, "b2b-software.en.txt" },
        { "b2b-software.fr.yaml", Language.French, "b2b-software.fr.txt" },
        { "x-education.yaml", Language.English, "x-education.en.txt" },
        { "x-education.yaml", Language.French, "x-education.fr.txt" },
        { "language-example.yaml", Language.English, "language-example.en.txt" },
        { "language-example.yaml", Language.French, "language-example.fr.txt" },
        { "odd.yaml", Language.English, "odd.en.txt" },
        { "odd.yaml", Language.French, "odd.fr.txt" },
        { "b2b-software.en.yaml", Language.English, "b2b-software.en.md" },
        { "odd.yaml", Language.French, "odd.fr.md" },
        { "b2b-software.fr.yaml", Language.French, "b2b-software.fr.html" },
        { "odd.yaml", Language.English, "odd.en.html" },
    };

    [Theory]
    [MemberData(nameof(Pages))]
    public void An_agreement_reads_as_its_page(string file, Language language, string snapshot)
    {
        var page = AgreementWriter.Write(Definition(file), language, Path.GetExtension(snapshot) == ".html" ? Signed : null);
        var text = Path.GetExtension(snapshot) switch
        {
            ".md" => PageAsMarkdown.Write(page),
            ".html" => PageAsHtml.Write(page),
            _ => PageAsText.Write(page),
        };

        Snapshot.Matches(text, snapshot);
    }

    private static Instant At(string text) => Instant.TryRead(text, out var instant) ? instant : throw new FormatException(text);

    internal static Definition Definition(string file)
    {
        var path = File.Exists(Path.Combine(Examples.Repository, "definitions", file)) ? Path.Combine(Examples.Repository, "definitions", file)
            : file == "odd.yaml" ? Path.Combine(Snapshot.Folder, "..", file)
            : Path.Combine(Snapshot.Folder, "..", "..", "Definitions", file);
        var reading = DefinitionReader.Read(File.ReadAllBytes(path), file);
        return reading.Definition ?? throw new InvalidDataException(string.Join('\n', reading.Problems));
    }
}
