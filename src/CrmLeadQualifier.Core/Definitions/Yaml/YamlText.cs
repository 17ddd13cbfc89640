using System.Buffers;
using System.Globalization;
using System.Text;
using YamlDotNet.Core;

namespace CrmLeadQualifier.Core.Definitions.Yaml;

/// <summary>A file's text, once what the parser would not refuse is refused: its size, bytes that are no UTF-8, control characters, directives.</summary>
internal sealed class YamlText
{
    public const int MaxBytes = 1024 * 1024;

    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        string.Concat(Enumerable.Range(0, 0xFFFE).Select(c => (char)c).Where(c => c >= ' ' || c is '\t' or '\n' or '\r')));

    private readonly bool _hasPairs;

    private YamlText(string content)
    {
        Content = content;
        _hasPairs = content.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') >= 0;
    }

    /// <summary>Without a byte-order mark.</summary>
    public string Content { get; }

    /// <summary>Null (and reported) if the file cannot be given to the parser.</summary>
    public static YamlText? Open(ReadOnlySpan<byte> utf8, ProblemList problems)
    {
        if (utf8.Length > MaxBytes)
        {
            problems.Error(new Position(1, 1, ""), string.Create(CultureInfo.InvariantCulture, $"The file has {utf8.Length} bytes; a definition has at most {MaxBytes} (1 MiB)."));
            return null;
        }

        if (utf8.StartsWith(Encoding.UTF8.Preamble))
        {
            utf8 = utf8[Encoding.UTF8.Preamble.Length..];
        }

        string content;
        try
        {
            content = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(utf8);
        }
        catch (DecoderFallbackException invalid)
        {
            var (line, column) = PlaceOf(Encoding.UTF8.GetString(utf8[..Math.Clamp(invalid.Index, 0, utf8.Length)]));
            problems.Error(new Position(line, column, ""), "The file is not UTF-8 from here on: save it as UTF-8.");
            return null;
        }

        var control = content.AsSpan().IndexOfAnyExcept(Allowed);
        if (control >= 0)
        {
            var (line, column) = PlaceOf(content.AsSpan(0, control));
            problems.Error(new Position(line, column, ""), string.Create(CultureInfo.InvariantCulture, $"YAML syntax: a control character (U+{(int)content[control]:X4})."));
            return null;
        }

        RefuseDirectives(content, problems);
        return new YamlText(content);
    }

    /// <summary>From 1, in code points: the parser counts UTF-16 units.</summary>
    public int Column(Mark at)
    {
        var column = (int)Math.Max(1, at.Column);
        var start = (int)at.Index - (column - 1);
        return _hasPairs && start >= 0 && at.Index <= Content.Length ? CodePoints(Content.AsSpan(start, column - 1)) + 1 : column;
    }

    /// <summary>The first tab before any text of its line, from a line on.</summary>
    public (int Line, int Column)? FirstTabInIndentation(int fromLine)
    {
        var number = 0;
        foreach (var line in Content.AsSpan().EnumerateLines())
        {
            number++;
            var tab = line[..(line.Length - line.TrimStart().Length)].IndexOf('\t');
            if (number >= fromLine && tab >= 0 && !line.Trim().IsEmpty)
            {
                return (number, tab + 1);
            }
        }

        return null;
    }

    /// <summary>Directives stand before the document; the parser takes some of them silently.</summary>
    private static void RefuseDirectives(string content, ProblemList problems)
    {
        var number = 0;
        foreach (var line in content.AsSpan().EnumerateLines())
        {
            number++;
            if (line.StartsWith("%"))
            {
                problems.Error(new Position(number, 1, ""), "Directives (`%…`) are not allowed.");
            }
            else if (!line.Trim().IsEmpty && !line.TrimStart().StartsWith("#"))
            {
                return;
            }
        }
    }

    private static (int Line, int Column) PlaceOf(ReadOnlySpan<char> before)
        => (before.Count('\n') + 1, CodePoints(before[(before.LastIndexOf('\n') + 1)..]) + 1);

    private static int CodePoints(ReadOnlySpan<char> text)
    {
        var pairs = 0;
        foreach (var c in text)
        {
            pairs += char.IsLowSurrogate(c) ? 1 : 0;
        }

        return text.Length - pairs;
    }
}
