using System.Globalization;
using System.Runtime.InteropServices;

namespace CrmLeadQualifier.Core.Text;

/// <summary>
/// What Unicode 16.0 says of every code point, as far as folding and words need it, read once from <c>Unicode16.txt</c> beside this file:
/// the runtime's own tables, which change with its version, have no say.
/// </summary>
internal static class UnicodeTable
{
    // Two stages: code points in blocks of 128, equal blocks stored once. An entry is the image of its code point (0: itself), or with Expands set the place of its
    // image in the expansions; with Word set the code point is of a category L* or N*.
    private const int BlockBits = 7;
    private const int BlockSize = 1 << BlockBits;
    private const int CodePoints = 0x110000;
    private const int Word = 1 << 30;
    private const int Expands = 1 << 29;
    private const int Image = Expands - 1;

    private static readonly ushort[] Blocks = new ushort[CodePoints >> BlockBits];
    private static readonly int[] Entries;
    private static readonly string[] Expansions;

    static UnicodeTable()
    {
        var entries = new int[CodePoints];
        var expansions = new List<string>();
        using (var stream = typeof(UnicodeTable).Assembly.GetManifestResourceStream("CrmLeadQualifier.Core.Text.Unicode16.txt")!)
        using (var reader = new StreamReader(stream))
        {
            while (reader.ReadLine() is { } line)
            {
                ReadRow(line, entries, expansions);
            }
        }

        Expansions = [.. expansions];
        Entries = Pack(entries);
    }

    /// <summary>The code point's image where it is one code point (which may be itself), else -1: then <see cref="Expansion"/> has it.</summary>
    public static int Fold(int codePoint)
    {
        var entry = Entry(codePoint);
        if ((entry & Expands) != 0)
        {
            return -1;
        }

        var image = entry & Image;
        return image == 0 ? codePoint : image;
    }

    /// <summary>The image of a code point that becomes nothing or several.</summary>
    public static string Expansion(int codePoint) => Expansions[Entry(codePoint) & Image];

    /// <summary>Whether the code point is of a category L* or N*.</summary>
    public static bool IsWord(int codePoint) => (Entry(codePoint) & Word) != 0;

    private static int Entry(int codePoint) => Entries[(Blocks[codePoint >> BlockBits] << BlockBits) | (codePoint & (BlockSize - 1))];

    private static void ReadRow(string line, int[] entries, List<string> expansions)
    {
        var fields = line.Split(' ');
        if (fields[0] is not ("fold" or "word"))
        {
            return;
        }

        var first = Hex(fields[1].AsSpan(0, fields[1].IndexOf("..", StringComparison.Ordinal) is > 0 and var dots ? dots : fields[1].Length));
        var last = Hex(fields[1].AsSpan(fields[1].LastIndexOf('.') + 1));
        if (fields[0] == "word")
        {
            for (var codePoint = first; codePoint <= last; codePoint++)
            {
                entries[codePoint] |= Word;
            }

            return;
        }

        if (fields.Length == 3)
        {
            var distance = fields[2][0] switch { '+' => Hex(fields[2].AsSpan(1)), '-' => -Hex(fields[2].AsSpan(1)), _ => 0 };
            for (var codePoint = first; codePoint <= last; codePoint++)
            {
                entries[codePoint] |= distance == 0 ? Hex(fields[2]) : codePoint + distance;
            }

            return;
        }

        expansions.Add(string.Concat(fields.Skip(2).Select(field => char.ConvertFromUtf32(Hex(field)))));
        for (var codePoint = first; codePoint <= last; codePoint++)
        {
            entries[codePoint] |= Expands | (expansions.Count - 1);
        }
    }

    private static int Hex(ReadOnlySpan<char> digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static int[] Pack(int[] entries)
    {
        // The first block stored is the empty one: most code points are unassigned.
        var packed = new List<int>(new int[BlockSize]);
        var known = new Dictionary<ReadOnlyMemory<int>, int>(BlockComparer.Instance) { [new int[BlockSize]] = 0 };
        for (var block = 0; block < Blocks.Length; block++)
        {
            var content = entries.AsMemory(block << BlockBits, BlockSize);
            if (!content.Span.ContainsAnyExcept(0))
            {
                continue;
            }

            if (!known.TryGetValue(content, out var place))
            {
                place = known.Count;
                known.Add(content, place);
                packed.AddRange(content.Span);
            }

            Blocks[block] = (ushort)place;
        }

        return [.. packed];
    }

    private sealed class BlockComparer : IEqualityComparer<ReadOnlyMemory<int>>
    {
        public static readonly BlockComparer Instance = new();

        public bool Equals(ReadOnlyMemory<int> x, ReadOnlyMemory<int> y) => x.Span.SequenceEqual(y.Span);

        public int GetHashCode(ReadOnlyMemory<int> block)
        {
            var hash = new HashCode();
            hash.AddBytes(MemoryMarshal.AsBytes(block.Span));
            return hash.ToHashCode();
        }
    }
}
