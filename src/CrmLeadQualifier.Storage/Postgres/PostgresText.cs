using System.Buffers;
using System.Text;

namespace CrmLeadQualifier.Storage.Postgres;

/// <summary>
/// Texts as PostgreSQL can hold them. It knows no NUL, so that one is written as two characters, U+001A and 0 (and U+001A itself as U+001A twice): what was written comes back.
/// Half a surrogate pair is no text on either engine and comes back as U+FFFD.
/// </summary>
internal static class PostgresText
{
    private const char Mark = '\u001a';

    private static readonly SearchValues<char> Marked = SearchValues.Create('\0', Mark);

    public static string Write(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff') >= 0)
        {
            text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        }

        return text.AsSpan().IndexOfAny(Marked) < 0 ? text : text.Replace("\u001a", "\u001a\u001a", StringComparison.Ordinal).Replace("\0", "\u001a0", StringComparison.Ordinal);
    }

    public static string Read(string text)
    {
        if (!text.Contains(Mark))
        {
            return text;
        }

        var read = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            read.Append(text[i] != Mark || i == text.Length - 1 ? text[i] : text[++i] == '0' ? '\0' : text[i]);
        }

        return read.ToString();
    }
}
