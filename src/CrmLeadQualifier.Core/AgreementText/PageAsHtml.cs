using System.Text;
using CrmLeadQualifier.Core.Definitions;

namespace CrmLeadQualifier.Core.AgreementText;

/// <summary>The page as HTML: alone, to be printed and signed, or as a part of another page. Needs no script, no font and no network.</summary>
public static class PageAsHtml
{
    private const string Style = """
        body { margin: 2rem auto; padding: 0 1.5rem; max-width: 46rem; font: 16px/1.5 Georgia, "DejaVu Serif", serif; color: #1c2430; }
        h1 { font-size: 1.7rem; margin: 0; } h2 { font-size: 1.15rem; margin: 1.6rem 0 .4rem; } h3 { font-size: 1rem; margin: 1.1rem 0 .3rem; }
        p { margin: .4rem 0; } .subtitle { color: #5b6573; } ul { margin: .3rem 0; padding-left: 1.3rem; } li { margin: .2rem 0; }
        table { border-collapse: collapse; width: 100%; margin: .4rem 0; } th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid #d9dde3; }
        .signatures { display: grid; grid-template-columns: 1fr 1fr; gap: 2rem; margin-top: 1rem; break-inside: avoid; }
        .signatures div { border-top: 1px solid #1c2430; padding-top: .4rem; } .signatures .blank { height: 3.2rem; }
        @media print { body { margin: 0; max-width: none; padding: 0; font-size: 10.5pt; } h2, h3 { break-after: avoid; } li, tr { break-inside: avoid; } @page { size: A4; margin: 18mm 20mm; } }
        """;

    /// <summary>A whole document.</summary>
    public static string Write(AgreementPage page) => Document(page.Language, page.Title, Style, Part(page));

    /// <summary>What stands within another page's body.</summary>
    public static string Part(AgreementPage page)
    {
        var html = new StringBuilder($"<h1>{Escape(page.Title)}</h1>\n<p class=\"subtitle\">{Escape(page.Subtitle)}</p>\n");
        foreach (var block in page.Blocks)
        {
            switch (block)
            {
                case PageHeading heading:
                    html.Append($"<h2>{Escape(heading.Text)}</h2>\n");
                    break;
                case PageSubheading heading:
                    html.Append($"<h3>{Escape(heading.Text)}</h3>\n");
                    break;
                case PageParagraph paragraph:
                    html.Append($"<p>{Escape(paragraph.Text)}</p>\n");
                    break;
                case PageList list:
                    Items(html, list.Items, page.Language);
                    break;
                case PageTable table:
                    Table(html, table);
                    break;
                case PageSignatures signatures:
                    html.Append("<div class=\"signatures\">\n");
                    foreach (var line in signatures.Lines)
                    {
                        html.Append(line.Given.Length > 0
                            ? $"<div><strong>{Escape(line.For)}</strong><p>{Escape(line.Given)}</p></div>\n"
                            : $"<div><strong>{Escape(line.For)}</strong><p>{Escape(line.NameLabel)}</p><p class=\"blank\"></p><p>{Escape(line.DateLabel)}</p></div>\n");
                    }

                    html.Append("</div>\n");
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(page));
            }
        }

        return html.ToString();
    }

    /// <param name="body">HTML already.</param>
    internal static string Document(Language language, string title, string style, string body) => $"""
        <!DOCTYPE html>
        <html lang="{(language == Language.French ? "fr" : "en")}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{Escape(title)}</title>
        <style>
        {style}
        </style>
        </head>
        <body>
        {body}</body>
        </html>

        """.ReplaceLineEndings("\n");

    internal static string Escape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal)
        .Replace("\"", "&quot;", StringComparison.Ordinal);

    private static void Items(StringBuilder html, IReadOnlyList<PageItem> items, Language language)
    {
        html.Append("<ul>\n");
        foreach (var item in items)
        {
            html.Append("<li>").Append(item.Term.Length > 0 ? $"<strong>{Escape(item.Term)}</strong>{PageAsText.Colon(language)} " : "").Append(Escape(item.Text));
            if (item.Items.Count > 0)
            {
                html.Append('\n');
                Items(html, item.Items, language);
            }

            html.Append("</li>\n");
        }

        html.Append("</ul>\n");
    }

    private static void Table(StringBuilder html, PageTable table)
    {
        html.Append("<table>\n<thead><tr>").Append(string.Concat(table.Columns.Select(column => $"<th>{Escape(column)}</th>"))).Append("</tr></thead>\n<tbody>\n");
        foreach (var row in table.Rows)
        {
            html.Append("<tr>").Append(string.Concat(row.Select(cell => $"<td>{Escape(cell)}</td>"))).Append("</tr>\n");
        }

        html.Append("</tbody>\n</table>\n");
    }
}
