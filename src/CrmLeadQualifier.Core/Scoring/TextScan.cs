using System.Buffers;
using System.Numerics;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Text;

namespace CrmLeadQualifier.Core.Scoring;

/// <summary>
/// All the substrings and words that a plan looks for in one attribute, found in one pass over its text instead of one for each condition: a bit for each of them that occurs.
/// Filled while a plan is compiled, immutable after <see cref="Seal"/>.
/// </summary>
internal sealed class TextScan
{
    private const int Bits = 64;
    private const int Buckets = 256;

    private readonly List<Needle> _gathered = [];
    private Needle[] _needles = [];

    /// <summary>By the first two characters, hashed, the needles that can start there: most often one.</summary>
    private readonly ulong[] _starting = new ulong[Buckets];
    private SearchValues<string>? _starts;
    private ulong _all;

    /// <summary>A substring, or with <paramref name="Phrase"/> words of which it is the first.</summary>
    private readonly record struct Needle(string Text, string[]? Phrase);

    /// <summary>Takes up a test's operands.</summary>
    /// <param name="mask">The bits of which one is set where the positive test holds.</param>
    /// <returns>False if the operator looks for no substring or word, or there are too many of them: the test is to be made on its own.</returns>
    public bool TryAdd(Test test, out ulong mask)
    {
        mask = 0;
        var words = test.Operator is Operator.HasWord or Operator.HasNoWord;
        if (!words && test.Operator is not (Operator.Contains or Operator.NotContains))
        {
            return false;
        }

        var bits = test.Texts.Select(operand => BitOf(operand, words)).ToArray();
        foreach (var bit in bits)
        {
            if (bit < 0)
            {
                return false;
            }

            mask |= 1UL << bit;
        }

        return true;
    }

    public void Seal()
    {
        _needles = [.. _gathered];
        _starts = _needles.Length == 0 ? null : SearchValues.Create([.. _needles.Select(needle => needle.Text)], StringComparison.Ordinal);
        for (var i = 0; i < _needles.Length; i++)
        {
            var text = _needles[i].Text;
            for (var bucket = 0; bucket < Buckets; bucket++)
            {
                // A needle of one character may be followed by any.
                if (text.Length == 1 || bucket == Bucket(text[0], text[1]))
                {
                    _starting[bucket] |= 1UL << i;
                }
            }
        }

        _all = _needles.Length == Bits ? ulong.MaxValue : (1UL << _needles.Length) - 1;
    }

    /// <summary>The bits of what occurs in a folded text.</summary>
    public ulong Find(string folded)
    {
        var found = 0UL;
        if (_starts is null)
        {
            return found;
        }

        var text = folded.AsSpan();
        for (var start = 0; start < text.Length; start++)
        {
            var next = text[start..].IndexOfAny(_starts);
            if (next < 0)
            {
                break;
            }

            start += next;
            found |= StartingAt(text, start, found);
            if (found == _all)
            {
                break;
            }
        }

        return found;
    }

    private static int Bucket(char first, char second) => (first * 31 + second) & (Buckets - 1);

    private ulong StartingAt(ReadOnlySpan<char> text, int start, ulong found)
    {
        var rest = text[start..];
        var starting = 0UL;
        var candidates = _starting[Bucket(rest[0], rest.Length > 1 ? rest[1] : '\0')] & ~found;
        for (; candidates != 0; candidates &= candidates - 1)
        {
            var i = BitOperations.TrailingZeroCount(candidates);
            ref readonly var needle = ref _needles[i];
            if (rest.StartsWith(needle.Text)
                && (needle.Phrase is null || (!Phrases.StartsInsideWord(text, start) && Phrases.StartWith(rest, needle.Phrase))))
            {
                starting |= 1UL << i;
            }
        }

        return starting;
    }

    private int BitOf(string operand, bool words)
    {
        var phrase = words ? Words.Split(operand) : null;
        var text = phrase is null ? operand : phrase[0];
        var known = _gathered.FindIndex(needle =>
            needle.Text == text && (phrase is null ? needle.Phrase is null : needle.Phrase is not null && needle.Phrase.SequenceEqual(phrase)));
        if (known >= 0 || _gathered.Count == Bits)
        {
            return known;
        }

        _gathered.Add(new Needle(text, phrase));
        return _gathered.Count - 1;
    }
}
