using System.Text;
using System.Text.RegularExpressions;
using CrmLeadQualifier.Core.Text;

namespace CrmLeadQualifier.Core.Definitions.Reading;

/// <summary>The literals of a valid pattern, met one by one.</summary>
/// <param name="InlineOptions">The first group that switches options, as written.</param>
/// <param name="Unmatchable">The first literal that folding changes other than by case.</param>
/// <param name="Folded">The pattern with every such literal folded; the pattern itself if there is none.</param>
internal sealed record PatternLiterals(string? InlineOptions, string? Unmatchable, string Folded)
{
    public static PatternLiterals Scan(string pattern)
    {
        string? options = null;
        string? unmatchable = null;
        var folded = new StringBuilder();
        var i = 0;
        var classes = 0;
        var firstOfClass = 0;
        while (i < pattern.Length)
        {
            // Within a class `(?` is two characters.
            if (classes == 0 && pattern[i] == '(' && i + 1 < pattern.Length && pattern[i + 1] == '?')
            {
                var end = EndOfGroupOpening(pattern, i);
                var opening = pattern[i..end];
                options ??= opening.Length > 2 && opening[2] is 'i' or 'm' or 'n' or 's' or 'x' or '-' or 'I' or 'M' or 'N' or 'S' or 'X' or '+' ? opening : null;
                folded.Append(opening);
                i = end;
                continue;
            }

            var token = Token(pattern, i, out var literal);
            var image = literal is null ? token : Image(literal);
            if (image != literal && literal is not null)
            {
                unmatchable ??= token;
                folded.Append(image == " " ? image : Regex.Escape(image));
            }
            else
            {
                folded.Append(token);
            }

            if (token == "[" && (classes == 0 || (i > firstOfClass && pattern[i - 1] == '-')))
            {
                classes++;
                firstOfClass = i + (i + 1 < pattern.Length && pattern[i + 1] == '^' ? 2 : 1);
            }
            else if (token == "]" && classes > 0 && i != firstOfClass)
            {
                classes--;
            }

            i += token.Length;
        }

        return new PatternLiterals(options, unmatchable, unmatchable is null ? pattern : folded.ToString());
    }

    // What a group opens with: its name, its options, or a whole comment.
    private static int EndOfGroupOpening(string pattern, int start)
    {
        var kind = start + 2 < pattern.Length ? pattern[start + 2] : ')';
        var until = kind switch
        {
            '#' => pattern.IndexOf(')', start),
            '<' => pattern.IndexOf('>', start),
            '\'' => pattern.IndexOf('\'', start + 3),
            ':' => start + 2,
            _ => pattern.IndexOfAny([':', ')'], start + 2),
        };
        return until < 0 ? pattern.Length : until + 1;
    }

    /// <summary>The token at a place; <paramref name="literal"/> is the text that it stands for, null if it stands for none in particular.</summary>
    private static string Token(string pattern, int start, out string? literal)
    {
        if (pattern[start] != '\\' || start + 1 >= pattern.Length)
        {
            var length = char.IsHighSurrogate(pattern[start]) && start + 1 < pattern.Length && char.IsLowSurrogate(pattern[start + 1]) ? 2 : 1;
            literal = pattern.Substring(start, length);
            return literal;
        }

        // \p{Lu}, \k<name>: no literal, and their letters are not text.
        var escaped = pattern[start + 1];
        if (escaped is 'p' or 'P' or 'k')
        {
            literal = null;
            var close = pattern.IndexOfAny(['}', '>', '\''], start + 2);
            return pattern[start..(close < 0 ? pattern.Length : close + 1)];
        }

        var digits = escaped switch { 'u' => 4, 'x' => 2, _ => 0 };
        if (digits > 0 && start + 2 + digits <= pattern.Length)
        {
            literal = ((char)Convert.ToInt32(pattern.Substring(start + 2, digits), 16)).ToString();
            return pattern.Substring(start, 2 + digits);
        }

        // With back-references refused, digits that are left are an octal code of one byte.
        if (escaped is >= '0' and <= '7')
        {
            var end = start + 1;
            var code = 0;
            while (end < pattern.Length && end - start <= 3 && pattern[end] is >= '0' and <= '7')
            {
                code = (code * 8) + (pattern[end++] - '0');
            }

            literal = ((char)(code & 0xFF)).ToString();
            return pattern[start..end];
        }

        if (escaped == 'c' && start + 2 < pattern.Length)
        {
            literal = ((char)(char.ToUpperInvariant(pattern[start + 2]) - '@')).ToString();
            return pattern.Substring(start, 3);
        }

        literal = escaped switch
        {
            't' => "\t",
            'n' => "\n",
            'r' => "\r",
            'f' => "\f",
            'v' => "\v",
            _ => char.IsAsciiLetterOrDigit(escaped) ? null : escaped.ToString(),
        };
        return pattern.Substring(start, 2);
    }

    /// <summary>The literal itself where folding changes it by case only, or not at all; else what it folds to.</summary>
    private static string Image(string literal)
    {
        // Half of an escaped pair: what it becomes depends on its other half.
        if (literal.Length == 1 && char.IsSurrogate(literal[0]))
        {
            return literal;
        }

        // Between letters, so that a space does not count as an end.
        var folded = TextFolding.Fold("x" + literal + "x")[1..^1];
        return folded == literal.ToLowerInvariant() ? literal : folded;
    }
}
