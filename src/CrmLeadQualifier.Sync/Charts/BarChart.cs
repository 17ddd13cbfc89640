using System.Globalization;
using System.Text;

namespace CrmLeadQualifier.Sync.Charts;

/// <param name="Values">One for each category, not negative.</param>
public sealed record BarSeries(string Name, IReadOnlyList<int> Values);

/// <summary>
/// Bars side by side as inline SVG, readable in black and white: the first series is filled, the second striped, with their numbers where there is room. A table of the same numbers
/// belongs beside it for those who do not see it.
/// </summary>
public static class BarChart
{
    private const double Width = 720, Height = 220, Left = 44, Right = 24, Bottom = 34, Top = 26;

    /// <summary>With more categories only some are named.</summary>
    private const int MostNamed = 13;

    /// <param name="title">What it shows, in a sentence.</param>
    /// <param name="series">One or two.</param>
    public static string Draw(string title, IReadOnlyList<string> categories, IReadOnlyList<BarSeries> series)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(series.Count, 2);
        var svg = new StringBuilder();
        var stripes = $"stripes{title.Length}-{categories.Count}";
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Markup.Text(title)}\"><title>{Markup.Text(title)}</title>");
        svg.Append(CultureInfo.InvariantCulture, $"<defs><pattern id=\"{stripes}\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">");
        svg.Append("<rect width=\"5\" height=\"5\" fill=\"#fff\"/><line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"5\" stroke=\"#222\" stroke-width=\"2\"/></pattern></defs>");
        string[] fills = ["#222", $"url(#{stripes})"];
        Legend(svg, series, fills);
        var most = NiceTop(series.SelectMany(one => one.Values).DefaultIfEmpty(0).Max());
        Grid(svg, most);
        Bars(svg, categories, series, fills, most);
        return svg.Append("</svg>").ToString();
    }

    private static double Y(double value, int most) => Height - Bottom - (value / most * (Height - Bottom - Top));

    private static void Legend(StringBuilder svg, IReadOnlyList<BarSeries> series, string[] fills)
    {
        var x = Left;
        for (var i = 0; i < series.Count && series.Count > 1; i++)
        {
            svg.Append($"<rect x=\"{Markup.Number(x)}\" y=\"4\" width=\"12\" height=\"12\" fill=\"{fills[i]}\" stroke=\"#222\"/>");
            svg.Append($"<text x=\"{Markup.Number(x + 17)}\" y=\"14\">{Markup.Text(series[i].Name)}</text>");
            x += 40 + 7.0 * series[i].Name.Length;
        }
    }

    private static void Grid(StringBuilder svg, int most)
    {
        for (var step = 0; step <= 4; step++)
        {
            var value = most * step / 4.0;
            if (value != Math.Floor(value))
            {
                continue;
            }

            var y = Markup.Number(Y(value, most));
            svg.Append($"<line x1=\"{Left}\" y1=\"{y}\" x2=\"{Width}\" y2=\"{y}\" stroke=\"{(step == 0 ? "#222" : "#ccc")}\"/>");
            svg.Append($"<text x=\"{Left - 6}\" y=\"{Markup.Number(Y(value, most) + 4)}\" text-anchor=\"end\">{Markup.Number(value)}</text>");
        }
    }

    private static void Bars(StringBuilder svg, IReadOnlyList<string> categories, IReadOnlyList<BarSeries> series, string[] fills, int most)
    {
        var room = (Width - Left - Right) / Math.Max(1, categories.Count);
        var bar = Math.Min(40, room * 0.8 / Math.Max(1, series.Count));
        var named = (categories.Count + MostNamed - 1) / MostNamed;
        for (var i = 0; i < categories.Count; i++)
        {
            var middle = Left + (room * (i + 0.5));
            for (var s = 0; s < series.Count; s++)
            {
                var value = series[s].Values[i];
                var (x, y) = (middle + (bar * (s - (series.Count / 2.0))), Y(value, most));
                svg.Append($"<rect x=\"{Markup.Number(x)}\" y=\"{Markup.Number(y)}\" width=\"{Markup.Number(bar)}\" height=\"{Markup.Number(Height - Bottom - y)}\" fill=\"{fills[s]}\" stroke=\"#222\">");
                svg.Append($"<title>{Markup.Text(categories[i])}, {Markup.Text(series[s].Name)}: {value}</title></rect>");
                if (bar >= 16 && value > 0)
                {
                    svg.Append($"<text x=\"{Markup.Number(x + (bar / 2))}\" y=\"{Markup.Number(y - 3)}\" text-anchor=\"middle\">{value}</text>");
                }
            }

            if (i % named == 0)
            {
                svg.Append($"<text x=\"{Markup.Number(middle)}\" y=\"{Height - 14}\" text-anchor=\"middle\">{Markup.Text(categories[i])}</text>");
            }
        }
    }

    /// <summary>The least of 4, 8, 12, 20, 40, 80, … that is not less: its quarters are whole.</summary>
    private static int NiceTop(int most)
    {
        for (var scale = 1; scale < 100_000_000; scale *= 10)
        {
            foreach (var step in (ReadOnlySpan<int>)[4, 8, 12, 20])
            {
                if (most <= step * scale)
                {
                    return step * scale;
                }
            }
        }

        return most;
    }
}
