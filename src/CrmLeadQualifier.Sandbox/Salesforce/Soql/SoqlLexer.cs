using System.Text;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Soql;

internal enum TokenKind
{
    Word,
    Text,
    Number,
    Date,
    Sign,
    End,
}

/// <param name="Kind">What it is.</param>
/// <param name="Text">As written; a text without quotes and escapes.</param>
/// <param name="Position">Where it begins.</param>
internal sealed record Token(TokenKind Kind, string Text, int Position)
{
    public bool Is(string word) => Kind is TokenKind.Word or TokenKind.Sign && string.Equals(Text, word, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Cuts a query into words, texts, numbers, dates and signs.</summary>
internal static class SoqlLexer
{
    private static readonly string[] Signs = ["!=", "<>", "<=", ">=", "=", "<", ">", "(", ")", ","];

    public static List<Token> Read(string query)
    {
        var tokens = new List<Token>();
        for (var at = 0; at < query.Length;)
        {
            var letter = query[at];
            if (char.IsWhiteSpace(letter))
                at++;
            else if (letter == '\'')
                tokens.Add(ReadText(query, ref at));
            else if (char.IsAsciiDigit(letter) || (letter is '-' or '+' or '.' && at + 1 < query.Length && (char.IsAsciiDigit(query[at + 1]) || query[at + 1] == '.')))
                tokens.Add(ReadNumber(query, ref at));
            else if (char.IsAsciiLetter(letter) || letter == '_')
                tokens.Add(ReadWord(query, ref at));
            else if (Array.Find(Signs, sign => string.CompareOrdinal(query, at, sign, 0, sign.Length) == 0) is { } found)
            {
                tokens.Add(new Token(TokenKind.Sign, found, at));
                at += found.Length;
            }
            else
                throw SalesforceRefusal.Malformed($"line 1:{at} no viable alternative at character '{letter}'");
        }
        tokens.Add(new Token(TokenKind.End, "<EOF>", query.Length));
        return tokens;
    }

    private static Token ReadText(string query, ref int at)
    {
        var start = at++;
        var text = new StringBuilder();
        for (; at < query.Length && query[at] != '\''; at++)
        {
            if (query[at] != '\\')
            {
                text.Append(query[at]);
                continue;
            }
            if (++at >= query.Length)
                break;
            switch (query[at])
            {
                case 'n': text.Append('\n'); break;
                case 'r': text.Append('\r'); break;
                case 't': text.Append('\t'); break;
                case 'b': text.Append('\b'); break;
                case 'f': text.Append('\f'); break;
                case '\\' or '\'' or '"': text.Append(query[at]); break;
                // LIKE's own wildcards stay escaped until LIKE reads them.
                case '%' or '_': text.Append('\\').Append(query[at]); break;
                default: throw SalesforceRefusal.Malformed($"Illegal string literal: \\{query[at]}");
            }
        }
        if (at >= query.Length)
            throw SalesforceRefusal.Malformed($"line 1:{start} mismatched character '<EOF>' expecting '''");
        at++;
        return new Token(TokenKind.Text, text.ToString(), start);
    }

    private static Token ReadNumber(string query, ref int at)
    {
        var start = at++;
        while (at < query.Length && (char.IsAsciiLetterOrDigit(query[at]) || query[at] is '.' or ':' || (query[at] is '-' or '+' && char.IsAsciiLetterOrDigit(query[at - 1]))))
            at++;
        var text = query[start..at];
        var date = text.Length >= 10 && text[4] == '-';
        return new Token(date ? TokenKind.Date : TokenKind.Number, text, start);
    }

    private static Token ReadWord(string query, ref int at)
    {
        var start = at++;
        while (at < query.Length && (char.IsAsciiLetterOrDigit(query[at]) || query[at] is '_' or '.' or ':'))
            at++;
        return new Token(TokenKind.Word, query[start..at], start);
    }
}
