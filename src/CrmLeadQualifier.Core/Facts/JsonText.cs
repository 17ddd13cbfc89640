using System.Globalization;
using System.Text;
using System.Text.Json;

namespace CrmLeadQualifier.Core.Facts;

/// <summary>The text of a JSON string. Unlike <see cref="JsonElement.GetString"/> it also reads strings that escape an unpaired surrogate, which CRMs do send.</summary>
internal static class JsonText
{
    /// <param name="element">A JSON string out of valid UTF-8.</param>
    /// <returns>The text; an unpaired surrogate stays in it as it is.</returns>
    public static string Of(JsonElement element)
    {
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Unescape(element.GetRawText().AsSpan()[1..^1]);
        }
    }

    /// <summary>The name of a property, by the same rule.</summary>
    public static string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            // No attribute or key has such a name: any text that is no name will do.
            return "\uFFFD";
        }
    }

    /// <summary>The text with U+FFFD in place of unpaired surrogates: what UTF-8 can carry.</summary>
    public static string WellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]))
            {
                return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
            }
        }

        return text;
    }

    private static string Unescape(ReadOnlySpan<char> escaped)
    {
        var text = new StringBuilder(escaped.Length);
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] != '\\')
            {
                text.Append(escaped[i]);
                continue;
            }

            i++;
            switch (escaped[i])
            {
                case 'b': text.Append('\b'); break;
                case 'f': text.Append('\f'); break;
                case 'n': text.Append('\n'); break;
                case 'r': text.Append('\r'); break;
                case 't': text.Append('\t'); break;
                case 'u':
                    text.Append((char)ushort.Parse(escaped.Slice(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                    i += 4;
                    break;
                default: text.Append(escaped[i]); break;
            }
        }

        return text.ToString();
    }
}
