using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Texts;

/// <summary>Puts the names that are kept into a stored report's places (<see cref="ReportName.PlaceOf"/>); of whom was erased since it says only that.</summary>
internal static partial class ReportPlaces
{
    private static readonly HtmlEncoder Html = HtmlEncoder.Create(UnicodeRanges.All);

    public static ReportRow Filled(ReportRow report, IReadOnlyList<ReportName> names)
    {
        var texts = names.ToDictionary(name => name.Place, name => name.Text);
        var erased = report.Language == "fr" ? "(effacé)" : "(erased)";
        return report with { Json = Fill(report.Json, JavaScriptEncoder.UnsafeRelaxedJsonEscaping), Html = Fill(report.Html, Html) };

        string Fill(string text, TextEncoder encoder) =>
            Place().Replace(text, place => encoder.Encode(texts.GetValueOrDefault(int.Parse(place.Groups[1].ValueSpan, CultureInfo.InvariantCulture), erased)));
    }

    [GeneratedRegex("\u27E6([0-9]{1,9})\u27E7", RegexOptions.CultureInvariant)]
    private static partial Regex Place();
}
