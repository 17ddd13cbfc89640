using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using CrmLeadQualifier.Storage.Texts;

namespace CrmLeadQualifier.Storage.Postgres;

/// <summary>What activities say, by its bytes: of what many say alike there is one object while the ledger is open. For any number of threads.</summary>
internal sealed class SharedTexts
{
    /// <summary>Some 50 MB at most; beyond it all is forgotten and begun anew.</summary>
    private const int Most = 65_536;

    private readonly ConcurrentDictionary<byte[], Content> known = new(new BytesComparer());
    private int count;

    public Content ContentOf(ReadOnlySpan<byte> packed)
    {
        var lookup = known.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (lookup.TryGetValue(packed, out var content))
        {
            return content;
        }

        var (kind, json) = PackedActivity.Content(packed);
        content = new Content(kind, LedgerJson.Texts(json));
        if (Interlocked.Increment(ref count) > Most)
        {
            Interlocked.Exchange(ref count, 0);
            known.Clear();
        }

        lookup.TryAdd(packed, content);
        return content;
    }

    public sealed record Content(string Kind, IReadOnlyDictionary<string, string> Attributes);

    private sealed class BytesComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
