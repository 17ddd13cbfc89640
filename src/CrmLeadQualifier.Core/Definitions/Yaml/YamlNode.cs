namespace CrmLeadQualifier.Core.Definitions.Yaml;

/// <summary>A piece of a YAML file and where it stands (line and column from 1).</summary>
internal abstract class YamlNode(int line, int column)
{
    public int Line { get; } = line;

    public int Column { get; } = column;

    /// <summary>What a person calls it.</summary>
    public abstract string Kind { get; }
}

/// <summary>A scalar as written: YAML's own guess of its type has no say.</summary>
/// <param name="isPlain">Neither quoted nor a block: only then can it be a number, a boolean or null.</param>
internal sealed class YamlScalar(int line, int column, string text, bool isPlain) : YamlNode(line, column)
{
    public string Text { get; } = text;

    public bool IsPlain { get; } = isPlain;

    public bool IsNull => IsPlain && Text is ("" or "~" or "null" or "Null" or "NULL");

    /// <summary>
    /// What the language read it as, noted by the one reader that knows, so that the fingerprints never guess it again.
    /// Durations, percentages, dates, times, ids and choices are texts.
    /// </summary>
    public ScalarKind ReadAs { get; set; }

    public override string Kind => IsNull ? "nothing" : $"`{(Text.Length <= 40 ? Text : Text[..40] + "…")}`";
}

internal enum ScalarKind
{
    Text,
    Number,
    Boolean,
}

internal sealed class YamlList(int line, int column, IReadOnlyList<YamlNode> items) : YamlNode(line, column)
{
    public IReadOnlyList<YamlNode> Items { get; } = items;

    public override string Kind => "a list";
}

/// <summary>The entries in the order of the file, duplicate keys included.</summary>
internal sealed class YamlMapping(int line, int column, IReadOnlyList<YamlEntry> entries) : YamlNode(line, column)
{
    public IReadOnlyList<YamlEntry> Entries { get; } = entries;

    public override string Kind => "a mapping";
}

internal sealed record YamlEntry(YamlScalar Key, YamlNode Value);

/// <summary>Stands for what was refused and reported already (an alias): nothing more is to be said about it.</summary>
internal sealed class YamlRefused(int line, int column) : YamlNode(line, column)
{
    public override string Kind => "nothing";
}
