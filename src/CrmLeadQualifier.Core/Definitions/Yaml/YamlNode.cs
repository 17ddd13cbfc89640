namespace CrmLeadQualifier.Core.Definitions.Yaml;

/// <summary>Where something stands: line and column from 1, and the path from the root, such as <c>behaviour.criteria[2].where.url</c> (items count from 0).</summary>
internal readonly record struct Position(int Line, int Column, string Path);

/// <summary>A piece of a YAML file and where it stands.</summary>
internal abstract class YamlNode(Position at)
{
    public Position At { get; } = at;

    /// <summary>What a person calls it.</summary>
    public abstract string Kind { get; }
}

/// <summary>A scalar as written: YAML's own guess of its type has no say.</summary>
/// <param name="isPlain">Neither quoted nor a block: only then can it be a number, a boolean or null.</param>
internal sealed class YamlScalar(Position at, string text, bool isPlain) : YamlNode(at)
{
    public string Text { get; } = text;

    public bool IsPlain { get; } = isPlain;

    public bool IsNull => IsPlain && Text is ("" or "~" or "null" or "Null" or "NULL");

    /// <summary>
    /// What the language read it as, noted by the one reader that knows, so that the fingerprints never guess it again.
    /// Durations, percentages, dates, times, ids and choices are texts.
    /// </summary>
    public ScalarKind ReadAs { get; set; }

    public override string Kind => IsNull ? "nothing" : IsPlain ? $"`{Shown}`" : $"`\"{Shown}\"`";

    private string Shown => Text.Length <= 40 ? Text : string.Concat(Text.AsSpan(0, 40), "…");
}

internal enum ScalarKind
{
    Text,
    Number,
    Boolean,
}

internal sealed class YamlList(Position at, IReadOnlyList<YamlNode> items) : YamlNode(at)
{
    public IReadOnlyList<YamlNode> Items { get; } = items;

    public override string Kind => "a list";
}

/// <summary>The entries in the order of the file, duplicate keys included.</summary>
internal sealed class YamlMapping(Position at, IReadOnlyList<YamlEntry> entries) : YamlNode(at)
{
    public IReadOnlyList<YamlEntry> Entries { get; } = entries;

    public override string Kind => "a mapping";
}

/// <param name="Key">Its path is the value's.</param>
internal sealed record YamlEntry(YamlScalar Key, YamlNode Value);

/// <summary>Stands for what was refused and reported already (an alias): nothing more is to be said about it.</summary>
internal sealed class YamlRefused(Position at) : YamlNode(at)
{
    public override string Kind => "nothing";
}
