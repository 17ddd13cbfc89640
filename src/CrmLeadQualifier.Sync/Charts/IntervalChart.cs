using System.Globalization;
using System.Text;
using CrmLeadQualifier.Core.Indicators;

namespace CrmLeadQualifier.Sync.Charts;

/// <summary>
/// Rates with their 95 % intervals as inline SVG: a dot on a line from its low to its high end, so that everybody sees what can be told apart. Black on white.
/// </summary>
public static class IntervalChart
{
    private const double Width = 720, Left = 200, Right = 190, Row = 24, Top = 8;

    /// <param name="title">What it shows, in a sentence.</param>
    /// <param name="rows">Rates of nobody are shown as such.</param>
    /// <param name="say">A rate with its counts in the reader's language; null: in English.</param>
    public static string Draw(string title, IReadOnlyList<(string Name, Rate Rate)> rows, Func<Rate, string>? say = null)
    {
        var height = Top + (Row * rows.Count) + 24;
        var most = rows.Select(row => row.Rate.Wilson?.High ?? 0).DefaultIfEmpty(0).Max();
        var top = most switch { <= 0.1 => 0.1, <= 0.2 => 0.2, <= 0.5 => 0.5, _ => 1.0 };
        var svg = new StringBuilder();
        svg.Append($"<svg viewBox=\"0 0 {Width} {Markup.Number(height)}\" role=\"img\" aria-label=\"{Markup.Text(title)}\"><title>{Markup.Text(title)}</title>");
        for (var step = 0; step <= 5; step++)
        {
            var x = Markup.Number(X(top * step / 5, top));
            svg.Append($"<line x1=\"{x}\" y1=\"{Top}\" x2=\"{x}\" y2=\"{Markup.Number(height - 20)}\" stroke=\"{(step == 0 ? "#222" : "#ccc")}\"/>");
            svg.Append($"<text x=\"{x}\" y=\"{Markup.Number(height - 6)}\" text-anchor=\"middle\">{Markup.Number(top * step * 20)} %</text>");
        }

        for (var i = 0; i < rows.Count; i++)
        {
            Draw(svg, rows[i].Name, rows[i].Rate, Top + (Row * (i + 0.5)), top, say ?? Said);
        }

        return svg.Append("</svg>").ToString();
    }

    private static double X(double rate, double top) => Left + (rate / top * (Width - Left - Right));

    private static void Draw(StringBuilder svg, string name, Rate rate, double y, double top, Func<Rate, string> say)
    {
        svg.Append($"<text x=\"{Left - 10}\" y=\"{Markup.Number(y + 4)}\" text-anchor=\"end\">{Markup.Text(name.Length > 30 ? name[..29] + "…" : name)}</text>");
        if (rate is { Value: { } value, Wilson: { } interval })
        {
            var at = Markup.Number(y);
            svg.Append($"<line x1=\"{Markup.Number(X(interval.Low, top))}\" y1=\"{at}\" x2=\"{Markup.Number(X(interval.High, top))}\" y2=\"{at}\" stroke=\"#222\" stroke-width=\"2\"/>");
            svg.Append($"<circle cx=\"{Markup.Number(X(value, top))}\" cy=\"{at}\" r=\"5\" fill=\"#222\"/>");
        }

        svg.Append($"<text x=\"{Markup.Number(Width - Right + 8)}\" y=\"{Markup.Number(y + 4)}\">{Markup.Text(say(rate))}</text>");
    }

    private static string Said(Rate rate) => rate.Value is { } value
        ? string.Create(CultureInfo.InvariantCulture, $"{value * 100:0.0} % ({rate.Count} of {rate.Of})")
        : string.Create(CultureInfo.InvariantCulture, $"{rate.Count} of {rate.Of}");
}
