using System.Net;
using System.Text;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.Pages;

/// <summary>A plain page of headings and tables. Every text of the CRMs is escaped, and the page may load and run nothing.</summary>
internal sealed class HtmlPage
{
    private const string Style = "body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1f2933}h1{font-size:1.4rem}"
        + "h2{font-size:1.05rem;margin-top:2rem}table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #d9e2ec}"
        + "th{width:16rem;font-weight:600;color:#486581}thead th{width:auto}td{white-space:pre-wrap;overflow-wrap:anywhere}.crm{color:#829ab1}";

    private readonly StringBuilder _html = new();

    public HtmlPage(string crm, string title)
    {
        _html.Append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>").Append(Encode(title)).Append(" · ")
            .Append(crm).Append("</title><style>").Append(Style).Append("</style></head><body><p class=\"crm\">").Append(crm).Append(" (emulated) · <a href=\"/__sandbox/records\">all records</a></p><h1>")
            .Append(Encode(title)).Append("</h1>");
    }

    /// <summary>A table of names and values; those without a value are left out, and so is the table if none is left.</summary>
    public void Fields(string heading, IEnumerable<(string Name, string? Value)> fields)
    {
        var known = fields.Where(field => !string.IsNullOrEmpty(field.Value)).ToList();
        if (known.Count == 0)
            return;
        Heading(heading);
        _html.Append("<table><tbody>");
        foreach (var (name, value) in known)
            _html.Append("<tr><th scope=\"row\">").Append(Encode(name)).Append("</th><td>").Append(Encode(value!)).Append("</td></tr>");
        _html.Append("</tbody></table>");
    }

    /// <summary>A table of rows; its first column may lead to a record.</summary>
    public void Rows(string heading, IReadOnlyList<string> columns, IEnumerable<(string? Link, IReadOnlyList<string?> Cells)> rows)
    {
        var known = rows.ToList();
        if (known.Count == 0)
            return;
        Heading(heading);
        _html.Append("<table><thead><tr>");
        foreach (var column in columns)
            _html.Append("<th scope=\"col\">").Append(Encode(column)).Append("</th>");
        _html.Append("</tr></thead><tbody>");
        foreach (var (link, cells) in known)
        {
            _html.Append("<tr>");
            for (var i = 0; i < cells.Count; i++)
            {
                var text = Encode(cells[i] ?? "");
                _html.Append("<td>").Append(i == 0 && link is not null ? $"<a href=\"/__sandbox/records/{Uri.EscapeDataString(link)}\">{text}</a>" : text).Append("</td>");
            }
            _html.Append("</tr>");
        }
        _html.Append("</tbody></table>");
    }

    public void Paragraph(string text) => _html.Append("<p>").Append(Encode(text)).Append("</p>");

    public Answer ToAnswer(int status = 200) => new(status, Encoding.UTF8.GetBytes(_html + "</body></html>"), "text/html;charset=utf-8")
    {
        Headers = [("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"), ("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store")],
    };

    private void Heading(string text) => _html.Append("<h2>").Append(Encode(text)).Append("</h2>");

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
