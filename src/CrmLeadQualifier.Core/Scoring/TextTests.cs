using System.Buffers;
using System.Collections.Frozen;
using System.Text.RegularExpressions;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Text;

namespace CrmLeadQualifier.Core.Scoring;

/// <summary>A positive test of a folded text. Implemented by structs, so that a condition with its test compiles to one call.</summary>
internal interface ITextTest
{
    bool Holds(string folded);
}

/// <summary>What becomes of a compiled text test: the condition of a lead, of an activity or of a score that applies it.</summary>
/// <typeparam name="TResult">The condition.</typeparam>
internal interface ITextTestUse<out TResult>
{
    /// <param name="negated">True for <c>is_not</c>, <c>not_in</c>, <c>not_contains</c> and <c>has_no_word</c>: holds where the positive test does not.</param>
    TResult Use<TTest>(TTest test, bool negated)
        where TTest : struct, ITextTest;
}

/// <summary>Compiles the operators on texts (definition language, section 3). Operands come folded from the definition.</summary>
internal static class TextTests
{
    public static TResult Compile<TResult>(Test test, ITextTestUse<TResult> use) => test.Operator switch
    {
        Operator.Is or Operator.In => Equal(test, use, negated: false),
        Operator.IsNot or Operator.NotIn => Equal(test, use, negated: true),
        Operator.Contains => Contain(test, use, negated: false),
        Operator.NotContains => Contain(test, use, negated: true),
        Operator.HasWord => use.Use(new HasWord(test.Texts), negated: false),
        Operator.HasNoWord => use.Use(new HasWord(test.Texts), negated: true),
        Operator.StartsWith => use.Use(new StartsWith([.. test.Texts]), negated: false),
        Operator.EndsWith => use.Use(new EndsWith([.. test.Texts]), negated: false),
        Operator.Matches => use.Use(new Matches(test.Pattern ?? throw new ArgumentException("matches has no pattern.", nameof(test))), negated: false),
        var other => throw new ArgumentException($"{other} is no operator on texts.", nameof(test)),
    };

    private static TResult Equal<TResult>(Test test, ITextTestUse<TResult> use, bool negated) =>
        test.Texts.Count == 1 ? use.Use(new IsText(test.Texts[0]), negated) : use.Use(new IsOneOf(test.Texts), negated);

    private static TResult Contain<TResult>(Test test, ITextTestUse<TResult> use, bool negated) =>
        test.Texts.Count == 1 ? use.Use(new ContainsText(test.Texts[0]), negated) : use.Use(new ContainsOneOf(test.Texts), negated);
}

internal readonly struct IsText(string operand) : ITextTest
{
    public bool Holds(string folded) => string.Equals(folded, operand);
}

internal readonly struct IsOneOf(IEnumerable<string> operands) : ITextTest
{
    private readonly FrozenSet<string> _operands = operands.ToFrozenSet(StringComparer.Ordinal);

    public bool Holds(string folded) => _operands.Contains(folded);
}

internal readonly struct ContainsText(string operand) : ITextTest
{
    public bool Holds(string folded) => folded.Contains(operand, StringComparison.Ordinal);
}

internal readonly struct ContainsOneOf(IEnumerable<string> operands) : ITextTest
{
    private readonly SearchValues<string> _operands = SearchValues.Create([.. operands], StringComparison.Ordinal);

    public bool Holds(string folded) => folded.AsSpan().ContainsAny(_operands);
}

internal readonly struct StartsWith(string[] operands) : ITextTest
{
    public bool Holds(string folded)
    {
        foreach (var operand in operands)
        {
            if (folded.StartsWith(operand, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}

internal readonly struct EndsWith(string[] operands) : ITextTest
{
    public bool Holds(string folded)
    {
        foreach (var operand in operands)
        {
            if (folded.EndsWith(operand, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}

internal readonly struct Matches(Regex pattern) : ITextTest
{
    public bool Holds(string folded) => pattern.IsMatch(folded);
}

/// <summary>
/// Words and phrases as whole words. One search finds where any phrase's first word stands as a substring, which in most texts is nowhere; only there are words read.
/// </summary>
internal readonly struct HasWord : ITextTest
{
    private readonly SearchValues<string> _firstWords;
    private readonly string[][] _phrases;

    public HasWord(IEnumerable<string> operands)
    {
        _phrases = [.. operands.Select(operand => Words.Split(operand)).Where(words => words.Length > 0)];
        _firstWords = SearchValues.Create([.. _phrases.Select(words => words[0])], StringComparison.Ordinal);
    }

    public bool Holds(string folded)
    {
        var start = 0;
        while (true)
        {
            var found = folded.AsSpan(start).IndexOfAny(_firstWords);
            if (found < 0)
            {
                return false;
            }

            start += found;
            if (!IsInsideWord(folded, start) && PhraseStartsAt(folded.AsSpan(start)))
            {
                return true;
            }

            start++;
        }
    }

    private static bool IsInsideWord(string text, int start)
    {
        if (start == 0)
        {
            return false;
        }

        var before = text[start - 1];
        return char.IsLowSurrogate(before) && start > 1 && char.IsHighSurrogate(text[start - 2])
            ? Words.IsWordCodePoint(char.ConvertToUtf32(text[start - 2], before))
            : Words.IsWordCodePoint(before);
    }

    private bool PhraseStartsAt(ReadOnlySpan<char> text)
    {
        foreach (var phrase in _phrases)
        {
            // Read no word unless the first one can be it: texts may be long.
            if (text.StartsWith(phrase[0], StringComparison.Ordinal) && StartsWithPhrase(text, phrase))
            {
                return true;
            }
        }

        return false;
    }

    private static bool StartsWithPhrase(ReadOnlySpan<char> text, string[] phrase)
    {
        var words = Words.Of(text).GetEnumerator();
        foreach (var expected in phrase)
        {
            if (!words.MoveNext() || !words.Current.SequenceEqual(expected))
            {
                return false;
            }
        }

        return true;
    }
}
