using System.Buffers;
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

    private readonly List<Needle> _gathered = [];
    private Needle[] _needles = [];
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

    private ulong StartingAt(ReadOnlySpan<char> text, int start, ulong found)
    {
        var rest = text[start..];
        var needles = _needles;
        var starting = 0UL;
        for (var i = 0; i < needles.Length; i++)
        {
            ref readonly var needle = ref needles[i];
            if ((found >> i & 1) == 0 && rest.StartsWith(needle.Text, StringComparison.Ordinal)
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
