using System.Text;
using CrmLeadQualifier.Core.Definitions;

namespace CrmLeadQualifier.Core.AgreementText;

/// <summary>A comparison as lines of text, or as HTML.</summary>
public static class DiffFormats
{
    private const string Style = """
        body { margin: 2rem auto; padding: 0 1.5rem; max-width: 46rem; font: 16px/1.5 Georgia, "DejaVu Serif", serif; color: #1c2430; }
        h1 { font-size: 1.4rem; } li { margin: .25rem 0; } .added { color: #14532d; } .removed { color: #7d1a0d; }
        """;

    /// <param name="from">How the older one is called: a version or a file.</param>
    public static string AsText(AgreementDiff diff, string from, string to)
    {
        var text = new StringBuilder($"{from} -> {to}{PageAsText.Colon(diff.Language)} {diff.Summary}\n");
        foreach (var change in diff.Changes)
        {
            text.Append("- ").Append(change.Text).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A whole document.</summary>
    public static string AsHtml(AgreementDiff diff, string from, string to) =>
        PageAsHtml.Document(diff.Language, $"{from} -> {to}", Style, $"<h1>{PageAsHtml.Escape($"{from} → {to}")}</h1>\n{HtmlPart(diff)}");

    /// <summary>What stands within another page's body.</summary>
    public static string HtmlPart(AgreementDiff diff)
    {
        var html = new StringBuilder($"<p>{PageAsHtml.Escape(diff.Summary)}</p>\n");
        if (diff.Changes.Count > 0)
        {
            html.Append("<ul class=\"changes\">\n");
            foreach (var change in diff.Changes)
            {
                html.Append($"<li class=\"{Word(change.Kind)}\">{PageAsHtml.Escape(change.Text.Replace("->", "→", StringComparison.Ordinal))}</li>\n");
            }

            html.Append("</ul>\n");
        }

        return html.ToString();
    }

    public static string Word(ChangeKind kind) => kind switch
    {
        ChangeKind.Added => "added",
        ChangeKind.Removed => "removed",
        _ => "changed",
    };
}
