using System.Text;
using CrmLeadQualifier.Core.Definitions.Yaml;

namespace CrmLeadQualifier.Core.Tests.Definitions;

/// <summary>Writes a file's content again in another order of keys, layout and quotes, with comments.</summary>
internal sealed class YamlShuffle(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>A scalar, by its place, to be written with another text.</summary>
    public (Position At, string Text)? Change { get; init; }

    public string Write(YamlMapping root)
    {
        var yaml = new StringBuilder();
        foreach (var entry in Shuffled(root.Entries))
        {
            yaml.Append(Noise()).Append(Text(entry.Key)).Append(_random.Next(2) == 0 ? ": " : ":  ").Append(Flow(entry.Value)).Append('\n');
        }

        return yaml.ToString();
    }

    private string Flow(YamlNode node) => node switch
    {
        YamlMapping mapping => "{" + string.Join(Comma(), Shuffled(mapping.Entries).Select(entry => $"{Text(entry.Key)}: {Flow(entry.Value)}")) + " }",
        YamlList list => "[" + string.Join(Comma(), list.Items.Select(Flow)) + " ]",
        _ => Text((YamlScalar)node),
    };

    private string Text(YamlScalar scalar)
    {
        var text = Change is { } change && change.At == scalar.At ? change.Text : scalar.Text;

        // What may be a number, a boolean or nothing keeps its form; a text may change its quotes.
        if (scalar.IsPlain && (text is "true" or "false" or "~" || text.All(c => char.IsAsciiDigit(c) || c is '-' or '.')))
        {
            return text;
        }

        return _random.Next(3) switch
        {
            0 when scalar.IsPlain && text.AsSpan().IndexOfAny("{}[],#:") < 0 => text,
            1 => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'",
            _ => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"",
        };
    }

    private string Comma() => _random.Next(4) == 0 ? ", # and so on\n    " : _random.Next(2) == 0 ? " , " : ", ";

    private string Noise() => _random.Next(3) switch { 0 => "\n", 1 => "# a remark: { not: read }\n", _ => "" };

    private IEnumerable<T> Shuffled<T>(IEnumerable<T> items) => items.OrderBy(_ => _random.Next());
}
