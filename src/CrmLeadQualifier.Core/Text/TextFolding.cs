using System.Buffers;
using System.Text;

namespace CrmLeadQualifier.Core.Text;

/// <summary>
/// How texts are made comparable (definition language, section 3): every code point is replaced by its image in a table built into the program, then runs of spaces
/// (<see cref="Spaces"/>) become one, then both ends are trimmed.
/// </summary>
/// <remarks>
/// The image of a code point: its NFKD under Unicode 16 without code points of category Mn, each in simple lower case, final sigma as sigma; a space for White_Space and
/// U+001C to U+001F; a Hangul syllable stays whole; an unpaired surrogate becomes U+FFFD. A lower-cased code point that would itself decompose is folded on, until nothing
/// changes (no code point of Unicode 16 needs it), so that folding a folded text changes nothing. Code points are folded one by one: marks are not reordered across them.
/// Neither a culture nor a system library has a say.
/// </remarks>
public static class TextFolding
{
    private const int StackLimit = 512;

    // What folding leaves alone, but for spaces that double or stand at an end.
    private static readonly SearchValues<char> Unchanged = SearchValues.Create(
        string.Concat(Enumerable.Range(0, 128).Select(c => (char)c).Where(c => c == ' ' || (!char.IsAsciiLetterUpper(c) && !Spaces.IsSpace(c)))));

    // What folding changes at most by case.
    private static readonly SearchValues<char> Cased = SearchValues.Create(
        string.Concat(Enumerable.Range(0, 128).Select(c => (char)c).Where(c => c == ' ' || !Spaces.IsSpace(c))));

    /// <summary>The folded text; the same instance where folding changes nothing in an ASCII text. Empty if nothing but spaces and marks is there.</summary>
    public static string Fold(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(Cased) && !NeedsTrimming(text))
        {
            return text.AsSpan().ContainsAnyExcept(Unchanged) ? string.Create(text.Length, text, static (lower, t) => Ascii.ToLower(t, lower, out _)) : text;
        }

        char[]? rented = null;
        var buffer = text.Length <= StackLimit ? stackalloc char[StackLimit] : (rented = ArrayPool<char>.Shared.Rent(text.Length));
        var writer = new Writer(buffer, rented);
        try
        {
            writer.Fold(text);
            return writer.Equals(text) ? text : writer.ToString();
        }
        finally
        {
            writer.Return();
        }
    }

    private static bool NeedsTrimming(string text)
        => text.Length > 0 && (text[0] == ' ' || text[^1] == ' ' || text.AsSpan().IndexOf("  ", StringComparison.Ordinal) >= 0);

    /// <summary>The folded text so far. A space is held back until something follows it, so that none doubles or ends the text.</summary>
    private ref struct Writer(Span<char> buffer, char[]? rented)
    {
        private Span<char> _buffer = buffer;
        private char[]? _rented = rented;
        private int _length;
        private bool _space;

        public void Fold(ReadOnlySpan<char> text)
        {
            for (var i = 0; i < text.Length; i++)
            {
                int c = text[i];
                if (c < 0x80)
                {
                    Append(Spaces.IsSpace((char)c) ? ' ' : char.IsAsciiLetterUpper((char)c) ? (char)(c | 0x20) : (char)c);
                    continue;
                }

                if (char.IsSurrogate((char)c))
                {
                    if (char.IsHighSurrogate((char)c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                    {
                        c = char.ConvertToUtf32((char)c, text[++i]);
                    }
                    else
                    {
                        c = 0xFFFD;
                    }
                }

                var image = UnicodeTable.Fold(c);
                if (image < 0)
                {
                    foreach (var part in UnicodeTable.Expansion(c))
                    {
                        Append(part);
                    }
                }
                else if (image < 0x10000)
                {
                    Append((char)image);
                }
                else
                {
                    Append((char)(0xD800 + ((image - 0x10000) >> 10)));
                    Append((char)(0xDC00 + (image & 0x3FF)));
                }
            }
        }

        public readonly bool Equals(string text) => _buffer[.._length].SequenceEqual(text);

        public override readonly string ToString() => new(_buffer[.._length]);

        public readonly void Return()
        {
            if (_rented is not null)
            {
                ArrayPool<char>.Shared.Return(_rented);
            }
        }

        private void Append(char c)
        {
            if (c == ' ')
            {
                _space = _length > 0;
                return;
            }

            if (_length + 2 > _buffer.Length)
            {
                Grow();
            }

            if (_space)
            {
                _buffer[_length++] = ' ';
                _space = false;
            }

            _buffer[_length++] = c;
        }

        private void Grow()
        {
            var larger = ArrayPool<char>.Shared.Rent((_buffer.Length + 16) * 2);
            _buffer[.._length].CopyTo(larger);
            Return();
            _buffer = larger;
            _rented = larger;
        }
    }
}
