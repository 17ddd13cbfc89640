using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace CrmLeadQualifier.Sync.Charts;

/// <summary>Texts and numbers as HTML and SVG carry them.</summary>
public static class Markup
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>A text from anywhere: nothing in it is ever read as markup.</summary>
    public static string Text(string text) => Encoder.Encode(text);

    /// <summary>A length or a place within a drawing.</summary>
    public static string Number(double number) => Math.Round(number, 1).ToString(CultureInfo.InvariantCulture);
}
