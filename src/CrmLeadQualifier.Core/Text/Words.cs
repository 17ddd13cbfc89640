namespace CrmLeadQualifier.Core.Text;

/// <summary>
/// The words of a folded text: maximal runs of code points of categories L* and N* under Unicode 16 (definition language, section 3).
/// Reading them allocates nothing.
/// </summary>
/// <example><c>foreach (var word in Words.Of(folded))</c></example>
public readonly ref struct Words
{
    private readonly ReadOnlySpan<char> _text;

    private Words(ReadOnlySpan<char> text) => _text = text;

    public static Words Of(ReadOnlySpan<char> folded) => new(folded);

    /// <summary>The words of an operand, once, for <see cref="Occur"/>.</summary>
    public static string[] Split(ReadOnlySpan<char> folded)
    {
        var words = new List<string>();
        foreach (var word in Of(folded))
        {
            words.Add(word.ToString());
        }

        return [.. words];
    }

    /// <summary>Whether the words of a phrase follow one another in the text, whatever stands between them; false for a phrase without a word.</summary>
    public static bool Occur(ReadOnlySpan<char> folded, ReadOnlySpan<string> phrase)
    {
        if (phrase.IsEmpty)
        {
            return false;
        }

        var start = Of(folded).GetEnumerator();
        while (start.MoveNext())
        {
            // The copy reads on from here while the search keeps its own place.
            var reader = start;
            var matched = 0;
            while (reader.Current.SequenceEqual(phrase[matched]))
            {
                if (++matched == phrase.Length)
                {
                    return true;
                }

                if (!reader.MoveNext())
                {
                    return false;
                }
            }
        }

        return false;
    }

    /// <summary>Whether a code point belongs to a word.</summary>
    public static bool IsWordCodePoint(int codePoint) =>
        codePoint < 0x80 ? char.IsAsciiLetterOrDigit((char)codePoint) : UnicodeTable.IsWord(codePoint);

    public Enumerator GetEnumerator() => new(_text);

    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<char> _text;
        private int _start;
        private int _end;

        internal Enumerator(ReadOnlySpan<char> text)
        {
            _text = text;
            _start = 0;
            _end = 0;
        }

        public readonly ReadOnlySpan<char> Current => _text[_start.._end];

        /// <summary>Where the present word starts in the text, in UTF-16 units.</summary>
        public readonly int Position => _start;

        public bool MoveNext()
        {
            var i = _end;
            while (i < _text.Length && !IsWordAt(i, out var skipped))
            {
                i += skipped;
            }

            _start = i;
            while (i < _text.Length && IsWordAt(i, out var taken))
            {
                i += taken;
            }

            _end = i;
            return _end > _start;
        }

        private readonly bool IsWordAt(int i, out int length)
        {
            var c = _text[i];
            length = 1;
            if (char.IsHighSurrogate(c) && i + 1 < _text.Length && char.IsLowSurrogate(_text[i + 1]))
            {
                length = 2;
                return UnicodeTable.IsWord(char.ConvertToUtf32(c, _text[i + 1]));
            }

            return IsWordCodePoint(c);
        }
    }
}
