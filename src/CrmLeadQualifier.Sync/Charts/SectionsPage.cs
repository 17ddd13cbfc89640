using System.Text;

namespace CrmLeadQualifier.Sync.Charts;

/// <summary>Sections as one HTML page that needs nothing else: no script, no font, no picture from elsewhere; on a phone, on a desk and on paper.</summary>
public static class SectionsPage
{
    private const string Style = """
        :root { color-scheme: light; }
        body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff; max-width: 60rem; margin: 0 auto; padding: 1rem; }
        h1 { font-size: 1.5rem; line-height: 1.25; } h2 { font-size: 1.15rem; margin-top: 2rem; border-top: 2px solid #222; padding-top: .6rem; } .subtitle { color: #555; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; font-size: .9rem; }
        th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #ccc; vertical-align: top; }
        svg { width: 100%; height: auto; margin: .3rem 0; } svg text { font: 12px system-ui, sans-serif; fill: #222; }
        @media (max-width: 40rem) { .chart { overflow-x: auto; } .chart svg { min-width: 34rem; } }
        @media print { body { font-size: 10pt; max-width: none; padding: 0; } h2 { break-after: avoid; } tr, svg { break-inside: avoid; } .wide { overflow: visible; } table { font-size: 8pt; } th, td { overflow-wrap: anywhere; padding-right: .4rem; } @page { size: A4; margin: 15mm; } }
        """;

    /// <param name="language">The page's: <c>en</c> or <c>fr</c>.</param>
    public static string Write(string language, string title, string? subtitle, IEnumerable<PageSection> sections)
    {
        var page = new StringBuilder();
        page.Append($"<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{Markup.Text(title)}</title>\n<style>\n{Style}\n</style>\n</head>\n<body>\n<h1>{Markup.Text(title)}</h1>\n");
        if (subtitle is not null)
        {
            page.Append($"<p class=\"subtitle\">{Markup.Text(subtitle)}</p>\n");
        }

        foreach (var section in sections.Where(section => !section.IsEmpty))
        {
            page.Append($"<h2>{Markup.Text(section.Title)}</h2>\n");
            foreach (var sentence in section.Sentences)
            {
                page.Append($"<p>{Markup.Text(sentence)}</p>\n");
            }

            page.AppendJoin("", section.Charts.Select(chart => $"<div class=\"chart\">{chart}</div>\n"));
            Table(page, section);
        }

        return page.Append("</body>\n</html>").ToString();
    }

    private static void Table(StringBuilder page, PageSection section)
    {
        if (section.Rows.Count == 0)
        {
            return;
        }

        page.Append("<div class=\"wide\"><table>\n<thead><tr>");
        page.AppendJoin("", section.Columns.Select(column => $"<th scope=\"col\">{Markup.Text(column)}</th>"));
        page.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in section.Rows)
        {
            page.Append("<tr>").AppendJoin("", row.Select(cell => $"<td>{Markup.Text(cell)}</td>")).Append("</tr>\n");
        }

        page.Append("</tbody>\n</table></div>\n");
    }
}
