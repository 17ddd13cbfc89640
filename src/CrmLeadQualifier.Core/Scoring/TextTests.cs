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
        Operator.Is or Operator.In or Operator.IsNot or Operator.NotIn => Equal(test, use, IsNegative(test.Operator)),
        Operator.Contains or Operator.NotContains => Contain(test, use, IsNegative(test.Operator)),
        Operator.HasWord or Operator.HasNoWord => use.Use(new HasWord(test.Texts), IsNegative(test.Operator)),
        Operator.StartsWith => use.Use(new StartsWith([.. test.Texts]), negated: false),
        Operator.EndsWith => use.Use(new EndsWith([.. test.Texts]), negated: false),
        Operator.Matches => use.Use(new Matches(test.Pattern ?? throw new ArgumentException("matches has no pattern.", nameof(test))), negated: false),
        var other => throw new ArgumentException($"{other} is no operator on texts.", nameof(test)),
    };

    public static bool IsNegative(Operator @operator) => @operator is Operator.IsNot or Operator.NotIn or Operator.NotContains or Operator.HasNoWord;

    private static TResult Equal<TResult>(Test test, ITextTestUse<TResult> use, bool negated) =>
        test.Texts.Count == 1 ? use.Use(new IsText(test.Texts[0]), negated) : use.Use(new IsOneOf(test.Texts), negated);

    private static TResult Contain<TResult>(Test test, ITextTestUse<TResult> use, bool negated) =>
        test.Texts.Count == 1 ? use.Use(new ContainsText(test.Texts[0]), negated) : use.Use(new ContainsOneOf(test.Texts), negated);
}

internal readonly struct IsText(string operand) : ITextTest
{
    public bool Holds(string folded) => string.Equals(folded, operand);
}

internal readonly struct IsOneOf(IReadOnlyList<string> operands) : ITextTest
{
    /// <summary>Up to so many, comparing with each (most differ in length already) is faster than hashing.</summary>
    private const int Few = 8;

    private readonly string[] _few = operands.Count <= Few ? [.. operands] : [];
    private readonly FrozenSet<string>? _many = operands.Count <= Few ? null : operands.ToFrozenSet(StringComparer.Ordinal);

    public bool Holds(string folded)
    {
        foreach (var operand in _few)
        {
            if (string.Equals(folded, operand))
            {
                return true;
            }
        }

        return _many is not null && _many.Contains(folded);
    }
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
        _phrases = [.. operands.Select(operand => Words.Split(operand))];
        _firstWords = SearchValues.Create([.. _phrases.Select(words => words[0])], StringComparison.Ordinal);
    }

    public bool Holds(string folded)
    {
        for (var start = 0; start < folded.Length; start++)
        {
            var next = folded.AsSpan(start).IndexOfAny(_firstWords);
            if (next < 0)
            {
                return false;
            }

            start += next;
            if (!Phrases.StartsInsideWord(folded, start) && SomeStartsAt(folded.AsSpan(start)))
            {
                return true;
            }
        }

        return false;
    }

    private bool SomeStartsAt(ReadOnlySpan<char> text)
    {
        foreach (var phrase in _phrases)
        {
            // No word is read unless the first one can be it: texts may be long.
            if (text.StartsWith(phrase[0], StringComparison.Ordinal) && Phrases.StartWith(text, phrase))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Where phrases stand in a folded text.</summary>
internal static class Phrases
{
    /// <summary>Whether the code point before a place belongs to a word, so that none starts there.</summary>
    public static bool StartsInsideWord(ReadOnlySpan<char> text, int start)
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

    /// <summary>Whether a text's first words are a phrase's.</summary>
    /// <param name="text">Starts with a word.</param>
    public static bool StartWith(ReadOnlySpan<char> text, string[] phrase)
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
