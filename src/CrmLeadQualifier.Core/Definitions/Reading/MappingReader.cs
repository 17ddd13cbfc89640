using CrmLeadQualifier.Core.Definitions.Yaml;

namespace CrmLeadQualifier.Core.Definitions.Reading;

/// <summary>A mapping with a closed set of keys: unknown and duplicate ones are reported when it is opened.</summary>
internal sealed class MappingReader
{
    private readonly ProblemList _problems;
    private readonly Dictionary<string, YamlEntry> _entries;

    private MappingReader(YamlNode node, ProblemList problems, Dictionary<string, YamlEntry> entries)
    {
        Node = node;
        _problems = problems;
        _entries = entries;
    }

    public YamlNode Node { get; }

    /// <summary>Null (and reported) if the node is no mapping.</summary>
    /// <param name="hint">What to say of an unknown key that is no typing error; null: nothing beside the keys there are.</param>
    public static MappingReader? Open(YamlNode node, ProblemList problems, IReadOnlyList<string> keys, Func<string, string?>? hint = null)
    {
        if (Entries(node, problems) is not { } entries)
        {
            return null;
        }

        foreach (var (name, entry) in entries)
        {
            if (!keys.Contains(name))
            {
                problems.Error(entry.Key, problems.IsFull ? "" : hint?.Invoke(name) ?? $"`{name}` is no key here{NearestWord.Ask(name, keys)}");
            }
        }

        return new MappingReader(node, problems, entries);
    }

    /// <summary>The entries of a mapping with free keys, the first of each key; null (and reported) if the node is no mapping.</summary>
    public static Dictionary<string, YamlEntry>? Entries(YamlNode node, ProblemList problems)
    {
        if (node is not YamlMapping mapping)
        {
            problems.WrongType(node, "a mapping (`key: value`)");
            return null;
        }

        var entries = new Dictionary<string, YamlEntry>(StringComparer.Ordinal);
        foreach (var entry in mapping.Entries)
        {
            if (!entries.TryAdd(entry.Key.Text, entry))
            {
                problems.Error(entry.Key, $"`{entry.Key.Text}` is given twice; it stands on line {entries[entry.Key.Text].Key.At.Line} already.");
            }
        }

        return entries;
    }

    public bool Has(string key) => _entries.ContainsKey(key);

    public YamlNode? Find(string key) => _entries.TryGetValue(key, out var entry) ? entry.Value : null;

    /// <summary>Null (and reported) if the key is missing.</summary>
    public YamlNode? Require(string key)
    {
        var found = Find(key);
        if (found is null)
        {
            _problems.Error(Node, $"`{key}` is missing.");
        }

        return found;
    }

    /// <summary>Reports a key that is there and has no business here.</summary>
    public void Refuse(string key, string why)
    {
        if (_entries.TryGetValue(key, out var entry))
        {
            _problems.Error(entry.Key, why);
        }
    }
}
