using System.Globalization;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Soql;

/// <summary>
/// Reads a query by the grammar. What the grammar knows and the emulator does not carry out (TYPEOF, ROLLUP, data categories, distances) is read and
/// remembered,
/// so that the refusal can say so.
/// </summary>
internal sealed class SoqlParser
{
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "AND", "ASC", "DESC", "FROM", "GROUP", "HAVING", "IN", "LIKE", "LIMIT", "NOT", "NULL", "NULLS", "OR", "ORDER", "SELECT", "WHERE", "WITH",
            "OFFSET", "FOR", "USING", "EXCLUDES", "INCLUDES",
        "TRUE", "FALSE", "BY", "UPDATE", "TYPEOF",
    };

    private static readonly HashSet<string> Aggregating = new(StringComparer.OrdinalIgnoreCase) { "COUNT", "COUNT_DISTINCT", "MIN", "MAX", "SUM",
        "AVG", "FIELDS" };

    private static readonly HashSet<string> Functions = new(StringComparer.OrdinalIgnoreCase)
    {
        "FORMAT", "TOLABEL", "CONVERTCURRENCY", "CONVERTTIMEZONE", "GROUPING", "DISTANCE", "GEOLOCATION", "CALENDAR_MONTH", "CALENDAR_QUARTER",
            "CALENDAR_YEAR",
        "DAY_IN_MONTH", "DAY_IN_WEEK", "DAY_IN_YEAR", "DAY_ONLY", "FISCAL_MONTH", "FISCAL_QUARTER", "FISCAL_YEAR", "HOUR_IN_DAY", "WEEK_IN_MONTH",
            "WEEK_IN_YEAR",
    };

    private readonly string _text;
    private readonly List<Token> _tokens;
    private int _at;
    private string? _unsupported;

    private SoqlParser(string text)
    {
        _text = text;
        _tokens = SoqlLexer.Read(text);
    }

    private Token Now => _tokens[_at];

    public static SoqlQuery Parse(string text)
    {
        if (text.Length > 100_000)
            throw SalesforceRefusal.Malformed("SOQL statements cannot be longer than 100000 characters.");
        var parser = new SoqlParser(text);
        var query = parser.ReadQuery();
        if (parser.Now.Kind != TokenKind.End)
            throw parser.Unexpected();
        return query;
    }

    /// <summary>A condition alone, as behind WHERE.</summary>
    public static Condition ParseCondition(string text)
    {
        var parser = new SoqlParser(text);
        var condition = parser.ReadConditions();
        return parser.Now.Kind == TokenKind.End ? condition : throw parser.Unexpected();
    }

    private SoqlQuery ReadQuery()
    {
        Expect("SELECT");
        var outer = _unsupported;
        _unsupported = null;
        var select = new List<Selection>();
        do
            select.Add(ReadSelection());
        while (Take(","));
        Expect("FROM");
        var from = ReadObject();
        while (Take(","))
        {
            ReadObject();
            _unsupported ??= "several objects in FROM";
        }
        if (Take("USING"))
        {
            Expect("SCOPE");
            Word();
        }
        var where = Take("WHERE") ? ReadConditions() : null;
        if (Take("WITH"))
            SkipWith();
        var groupBy = new List<FieldPath>();
        var having = Take("GROUP") ? ReadGroupBy(groupBy) : null;
        var orderBy = new List<Sorting>();
        if (Take("ORDER"))
        {
            Expect("BY");
            do
                orderBy.Add(ReadSorting());
            while (Take(","));
        }
        int? limit = Take("LIMIT") ? ReadWhole() : null;
        int? offset = Take("OFFSET") ? ReadWhole() : null;
        while (Take("FOR"))
        {
            if (!Take("VIEW") && !Take("REFERENCE") && !Take("UPDATE"))
                throw Unexpected();
        }
        var query = new SoqlQuery(_text, select, from, where, groupBy, having, orderBy, limit, offset, _unsupported);
        _unsupported = outer ?? _unsupported;
        return query;
    }

    private Selection ReadSelection()
    {
        if (Take("("))
        {
            var child = ReadQuery();
            Expect(")");
            return new ChildSelection(child);
        }
        if (Take("TYPEOF"))
        {
            Path();
            while (!Take("END"))
            {
                if (Now.Kind == TokenKind.End)
                    throw Unexpected();
                _at++;
            }
            _unsupported ??= "TYPEOF";
            return new FieldSelection(new FieldPath(["Id"], Now.Position), null);
        }
        var position = Now.Position;
        var path = Path();
        if (!Take("("))
            return new FieldSelection(path, Alias());
        var name = path.ToString().ToUpperInvariant();
        if (!Aggregating.Contains(name))
        {
            SkipArguments(name);
            _unsupported ??= $"the function {name}";
            return new FieldSelection(new FieldPath(["Id"], position), Alias());
        }
        if (name == "COUNT" && Take(")"))
            return new FunctionSelection(name, null, Alias());
        var argument = Path();
        while (Take(","))
            Path();
        Expect(")");
        return new FunctionSelection(name, argument, Alias());
    }

    private string? Alias() => Now.Kind == TokenKind.Word && !Reserved.Contains(Now.Text) && !Now.Text.Contains('.', StringComparison.Ordinal)
        ? Word() : null;

    private ObjectName ReadObject()
    {
        var position = Now.Position;
        // The object of queues has the name of a keyword.
        var name = Now.Is("GROUP") ? _tokens[_at++].Text : Word();
        if (Now.Is("AS"))
            _at++;
        return new ObjectName(name, Alias(), position);
    }

    /// <summary>Fills in the fields, and returns what stands behind HAVING.</summary>
    private Condition? ReadGroupBy(List<FieldPath> groupBy)
    {
        Expect("BY");
        var rollup = Take("ROLLUP") || Take("CUBE");
        if (rollup)
        {
            _unsupported ??= "GROUP BY ROLLUP and CUBE";
            Expect("(");
        }
        do
        {
            var path = Path();
            if (Take("("))
            {
                SkipArguments(path.ToString().ToUpperInvariant());
                _unsupported ??= "functions in GROUP BY";
            }
            groupBy.Add(path);
        }
        while (Take(","));
        if (rollup)
            Expect(")");
        return Take("HAVING") ? ReadConditions() : null;
    }

    private Sorting ReadSorting()
    {
        var path = Path();
        if (Take("("))
        {
            SkipArguments(path.ToString().ToUpperInvariant());
            _unsupported ??= "functions in ORDER BY";
        }
        var descending = Take("DESC");
        if (!descending)
            Take("ASC");
        if (!Take("NULLS"))
            return new Sorting(path, descending, NullsLast: false);
        if (Take("LAST"))
            return new Sorting(path, descending, NullsLast: true);
        Expect("FIRST");
        return new Sorting(path, descending, NullsLast: false);
    }

    /// <summary>One kind of connective on a level; NOT before the first part of a level only.</summary>
    private Condition ReadConditions()
    {
        var first = Take("NOT") ? new NotThat(ReadCondition()) : ReadCondition();
        var connective = Now.Is("AND") ? "AND" : Now.Is("OR") ? "OR" : null;
        if (connective is null)
            return first;
        var parts = new List<Condition> { first };
        while (Take(connective))
            parts.Add(ReadCondition());
        if (Now.Is("AND") || Now.Is("OR"))
            throw Unexpected();
        return connective == "AND" ? new AllOf(parts) : new AnyOf(parts);
    }

    private Condition ReadCondition()
    {
        if (Take("("))
        {
            var inner = ReadConditions();
            Expect(")");
            return inner;
        }
        var path = Path();
        if (Take("("))
        {
            var argument = Now.Text;
            SkipArguments(path.ToString().ToUpperInvariant());
            if (!Aggregating.Contains(path.ToString()))
                _unsupported ??= "functions in WHERE";
            else
                path = new FieldPath([AggregateGroups.NameOf(path.ToString(), argument)], path.Position);
        }
        if (Take("IN"))
            return ReadMembership(path, "IN");
        if (Now.Is("NOT"))
        {
            _at++;
            Expect("IN");
            return ReadMembership(path, "NOT IN");
        }
        if (Take("INCLUDES"))
            return new Membership(path, "INCLUDES", ReadList());
        if (Take("EXCLUDES"))
            return new Membership(path, "EXCLUDES", ReadList());
        if (Take("LIKE"))
            return new Comparison(path, "LIKE", ReadLiteral());
        if (Now.Kind != TokenKind.Sign || Now.Text is "(" or ")" or ",")
            throw Unexpected();
        var sign = Now.Text == "<>" ? "!=" : Now.Text;
        _at++;
        return new Comparison(path, sign, ReadLiteral());
    }

    private Condition ReadMembership(FieldPath path, string sign)
    {
        if (!Now.Is("(") || !_tokens[_at + 1].Is("SELECT"))
            return new Membership(path, sign, ReadList());
        _at++;
        var query = ReadQuery();
        Expect(")");
        return new SemiJoin(path, sign == "NOT IN", query);
    }

    private List<Literal> ReadList()
    {
        Expect("(");
        var values = new List<Literal>();
        do
            values.Add(ReadLiteral());
        while (Take(","));
        Expect(")");
        return values;
    }

    private Literal ReadLiteral()
    {
        var token = Now;
        _at++;
        switch (token.Kind)
        {
            case TokenKind.Text:
                return new Literal(LiteralKind.Text, token.Text);
            case TokenKind.Number when double.TryParse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out _):
                return new Literal(LiteralKind.Number, token.Text);
            case TokenKind.Date when token.Text.Length == 10 && Records.SalesforceTime.TryReadDay(token.Text, out _):
                return new Literal(LiteralKind.Date, token.Text);
            case TokenKind.Date when Records.SalesforceTime.TryRead(token.Text, out _):
                return new Literal(LiteralKind.DateTime, token.Text);
            case TokenKind.Word when token.Is("NULL"):
                return new Literal(LiteralKind.Null, "null");
            case TokenKind.Word when token.Is("TRUE") || token.Is("FALSE"):
                return new Literal(LiteralKind.Boolean, token.Text.ToLowerInvariant());
            case TokenKind.Word when RelativeDates.TryRead(token.Text, out var name, out var count):
                return new Literal(LiteralKind.Relative, name, count);
            case TokenKind.Word when token.Text.Length > 3 && token.Text[..3].All(char.IsAsciiLetterUpper)
                && double.TryParse(token.Text.AsSpan(3), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _):
                return new Literal(LiteralKind.Number, token.Text[3..]);
            default:
                _at--;
                throw Unexpected();
        }
    }

    /// <summary>The arguments of a function that is not carried out; only a distance has a form that is checked.</summary>
    private void SkipArguments(string function)
    {
        if (!Functions.Contains(function) && !Aggregating.Contains(function))
            throw SalesforceRefusal.Malformed($"unexpected token: '{function}'");
        var start = _at;
        var depth = 1;
        for (; depth > 0; _at++)
        {
            if (Now.Kind == TokenKind.End)
                throw Unexpected();
            if (Now.Is("SELECT"))
                throw Unexpected();
            depth += Now.Is("(") ? 1 : Now.Is(")") ? -1 : 0;
        }
        if (function == "GEOLOCATION")
            throw SalesforceRefusal.Malformed("unexpected token: 'GEOLOCATION'");
        if (function != "DISTANCE")
            return;
        var unit = _tokens[_at - 2];
        if (_tokens[start].Kind != TokenKind.Word || _tokens[start].Is("GEOLOCATION") || unit.Kind != TokenKind.Text
            || unit.Text is not ("mi" or "km"))
            throw SalesforceRefusal.Malformed("unexpected token: 'DISTANCE'");
    }

    private void SkipWith()
    {
        if (Take("SECURITY_ENFORCED") || Take("USER_MODE") || Take("SYSTEM_MODE"))
            return;
        Expect("DATA");
        Expect("CATEGORY");
        _unsupported ??= "data categories";
        do
        {
            Word();
            Word();
            if (!Take("("))
            {
                Word();
                continue;
            }
            do
                Word();
            while (Take(","));
            Expect(")");
        }
        while (Take("AND"));
    }

    private FieldPath Path()
    {
        var position = Now.Position;
        var parts = Word().Split('.');
        return parts.Contains("") || parts.Any(part => part.Contains(':', StringComparison.Ordinal)) ? throw Unexpected(position)
            : new FieldPath(parts, position);
    }

    private int ReadWhole()
    {
        if (Now.Kind != TokenKind.Number || !int.TryParse(Now.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw Unexpected();
        _at++;
        return number;
    }

    private string Word()
    {
        if (Now.Kind != TokenKind.Word || Reserved.Contains(Now.Text))
            throw Unexpected();
        return _tokens[_at++].Text;
    }

    private bool Take(string word)
    {
        if (!Now.Is(word))
            return false;
        _at++;
        return true;
    }

    private void Expect(string word)
    {
        if (!Take(word))
            throw Unexpected();
    }

    private SalesforceRefusal Unexpected(int? position = null) => SalesforceRefusal.Malformed(Now.Kind == TokenKind.End
        ? "unexpected token: '<EOF>'"
        : $"{Pointer(_text, position ?? Now.Position)}unexpected token: '{Now.Text}'");

    /// <summary>The text up to the place, and the place marked, as Salesforce shows it.</summary>
    public static string Pointer(string text, int position)
    {
        var from = Math.Max(0, position - 25);
        var to = Math.Min(text.Length, position + 30);
        return $"\n{text[from..to]}\n{new string(' ', position - from)}^\nERROR at Row:1:Column:{position + 1}\n";
    }
}
