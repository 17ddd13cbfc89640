namespace CrmLeadQualifier.Core.Scoring;

/// <summary>
/// One thread's working memory, used by one call at a time from its beginning to its end: what a call leaves in it means nothing to the next. A lead with very many activities
/// gets memory of its own, so that one of them does not keep a thread's grown for ever.
/// </summary>
internal sealed class ScoringScratch
{
    private const int KeptLength = 16_384;

    [ThreadStatic]
    private static ScoringScratch? _ofThread;

    private ulong[] _bits = new ulong[64];
    private ulong[] _found = new ulong[16];
    private int[] _superseding = new int[64];
    private long[] _numbers = new long[64];
    private long[] _boundaries = new long[64];

    /// <summary>Takes the sums of what was fetched ahead, so that fetching is no dead code.</summary>
    public int Fetched { get; set; }

    public static ScoringScratch OfThread => _ofThread ??= new ScoringScratch();

    /// <summary>All zero.</summary>
    public Span<ulong> Bits(int length)
    {
        var bits = Of(ref _bits, length);
        bits.Clear();
        return bits;
    }

    public Span<ulong> Found(int length) => Of(ref _found, length);

    public Span<int> Superseding(int length) => Of(ref _superseding, length);

    public Span<long> Numbers(int length) => Of(ref _numbers, length);

    public Span<long> Boundaries(int length) => Of(ref _boundaries, length);

    private static Span<T> Of<T>(ref T[] kept, int length)
    {
        if (length > KeptLength)
        {
            return new T[length];
        }

        if (length > kept.Length)
        {
            kept = new T[Math.Max(length, kept.Length * 2)];
        }

        return kept.AsSpan(0, length);
    }
}
