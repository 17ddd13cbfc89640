using System.Collections.Concurrent;
using CrmLeadQualifier.Storage.Texts;

namespace CrmLeadQualifier.Storage.Sqlite;

/// <summary>What activities say: of what many say alike there is one object while the ledger is open, so that whoever scores reads it once. For any number of threads.</summary>
internal sealed class SharedAttributes
{
    /// <summary>Some 8 MB; beyond it all is forgotten and begun anew.</summary>
    private const int Most = 8_192;

    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> known = new(StringComparer.Ordinal);
    private int count;

    public IReadOnlyDictionary<string, string> Of(string json)
    {
        if (known.TryGetValue(json, out var attributes))
        {
            return attributes;
        }

        if (Interlocked.Increment(ref count) > Most)
        {
            Interlocked.Exchange(ref count, 0);
            known.Clear();
        }

        return known.GetOrAdd(json, LedgerJson.Texts(json));
    }
}
