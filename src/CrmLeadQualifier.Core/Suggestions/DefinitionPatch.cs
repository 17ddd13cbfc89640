using System.Globalization;
using System.Text;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Definitions.Yaml;

namespace CrmLeadQualifier.Core.Suggestions;

/// <summary>
/// Changes to the text of a definition, each where it stands: what is not changed keeps its words, its layout and its comments, so that people can read, edit and sign the result.
/// </summary>
internal sealed class DefinitionPatch
{
    private static readonly string[] Quantities = ["profile", "behaviour", "intent", "total"];
    private static readonly string[] Bounds = ["at_least", "more_than", "at_most", "less_than"];

    private readonly string _text;
    private readonly List<int> _lines = [0];
    private readonly YamlMapping _root;
    private readonly List<(int Offset, int Length, string Text)> _edits = [];

    /// <param name="yaml">A valid definition.</param>
    public DefinitionPatch(string yaml)
    {
        _text = yaml.TrimStart('\uFEFF');
        _root = (YamlMapping)YamlEventReader.Read(Encoding.UTF8.GetBytes(_text), new ProblemList(""))!;
        for (var i = 0; i < _text.Length; i++)
        {
            if (_text[i] is '\n' or '\u0085' or '\u2028' or '\u2029' || (_text[i] == '\r' && !_text.AsSpan(i + 1).StartsWith("\n")))
            {
                _lines.Add(i + 1);
            }
        }
    }

    /// <summary>The bounds that <c>mql.when</c> sets to sections and total.</summary>
    public IReadOnlyList<Threshold> Thresholds => Find(_root, "mql") is YamlMapping mql && Find(mql, "when") is { } when ? [.. ThresholdsOf(when)] : [];

    /// <summary>The thresholds of grades, by <c>profile</c> or <c>engagement</c>, each from the highest down.</summary>
    public IReadOnlyList<(string Map, IReadOnlyList<Threshold> Thresholds)> Grades => Find(_root, "grades") is not YamlMapping grades ? [] :
    [
        .. grades.Entries.Where(entry => entry.Value is YamlMapping).Select(entry => (entry.Key.Text, (IReadOnlyList<Threshold>)
            [.. ((YamlMapping)entry.Value).Entries.Select(mark => new Threshold(entry.Key.Text, "at_least", (YamlScalar)mark.Value)).OrderByDescending(mark => mark.Value)])),
    ];

    public void Set(Threshold threshold, int value) => Set(threshold.Scalar, value);

    /// <summary>Gives a criterion, or one of its tiers, other points; what an activity criterion gives at most is moved with them.</summary>
    public void SetPoints(string criterion, int tier, int points)
    {
        var node = Criterion(criterion).Node;
        if (Find(node, "tiers") is YamlList tiers)
        {
            Set((YamlScalar)Find((YamlMapping)tiers.Items[tier], "points")!, points);
            return;
        }

        var present = (YamlScalar)Find(node, "points")!;
        if (Find(node, "at_most") is YamlScalar most && Find(node, "on") is not null)
        {
            var factor = (double)points / int.Parse(present.Text, CultureInfo.InvariantCulture);
            var scaled = (int)Math.Clamp(Math.Round(int.Parse(most.Text, CultureInfo.InvariantCulture) * factor), -1000, 1000);
            Set(most, scaled == 0 ? Math.Sign(points) : scaled);
        }

        Set(present, points);
    }

    public void Remove(string criterion)
    {
        var (list, place, node) = Criterion(criterion);
        var start = OffsetOf(node.At);
        var end = _text[start] == '{' ? Closing(start) : EndOfLine(LastLine(node) - 1);
        if (_text[OffsetOf(list.At)] == '[')
        {
            // In a list in brackets the comma goes with it.
            var comma = place + 1 < list.Items.Count ? OffsetOf(list.Items[place + 1].At) : end;
            var from = place + 1 == list.Items.Count && place > 0 ? _text.LastIndexOf(',', start) : start;
            _edits.Add((from, comma - from, ""));
            return;
        }

        var line = _lines[LineOf(_text.LastIndexOf('-', start - 1))];
        _edits.Add((line, EndOfLine(LineOf(end - 1)) - line, ""));
    }

    public void SetProfileCap(int cap)
    {
        if (Find(_root, "profile") is not YamlMapping profile)
        {
            return;
        }

        if (Find(profile, "cap") is YamlScalar present)
        {
            Set(present, cap);
            return;
        }

        var start = OffsetOf(profile.At);
        var text = $"cap: {cap.ToString(CultureInfo.InvariantCulture)}";
        _edits.Add(_text[start] == '{' ? (start + 1, 0, $" {text},") : (start, 0, $"{text}\n{_text[_lines[LineOf(start)]..start]}"));
    }

    /// <param name="section">Created at the end where there is none.</param>
    /// <param name="item">A mapping on one line.</param>
    public void AddCriterion(string section, string item)
    {
        if (Find(_root, section) is YamlMapping mapping && Find(mapping, "criteria") is YamlList list)
        {
            Insert(list, item);
            return;
        }

        Append($"{section}:\n  criteria:\n    - {item}\n");
    }

    /// <param name="item">A mapping on one line.</param>
    public void AddExclusion(string item)
    {
        if (Find(_root, "exclusions") is YamlList { Items.Count: > 0 } list)
        {
            Insert(list, item);
        }
        else if (Find(_root, "exclusions") is YamlList empty)
        {
            var start = OffsetOf(empty.At);
            _edits.Add((start, _text.IndexOf(']', start) + 1 - start, $"[{item}]"));
        }
        else
        {
            Append($"exclusions:\n  - {item}\n");
        }
    }

    /// <summary>The changed text and what it says; null if that is no valid definition.</summary>
    public (string Yaml, Definition Definition)? Apply(string name)
    {
        var text = new StringBuilder(_text);
        foreach (var (offset, length, replacement) in _edits.OrderByDescending(edit => edit.Offset).ThenByDescending(edit => edit.Length))
        {
            text.Remove(offset, length).Insert(offset, replacement);
        }

        var yaml = text.ToString();
        return DefinitionReader.Read(Encoding.UTF8.GetBytes(yaml), name).Definition is { } definition ? (yaml, definition) : null;
    }

    private void Set(YamlScalar scalar, int value) => _edits.Add((OffsetOf(scalar.At), scalar.Text.Length, value.ToString(CultureInfo.InvariantCulture)));

    private void Insert(YamlList list, string item)
    {
        var start = OffsetOf(list.At);
        if (_text[start] == '[')
        {
            _edits.Add((start + 1, 0, $"{item}, "));
            return;
        }

        var line = _lines[LineOf(start)];
        _edits.Add((line, 0, $"{_text[line..start]}- {item}\n"));
    }

    private void Append(string lines)
    {
        var isEnded = _text.EndsWith('\n') || _edits.Any(edit => edit.Offset == _text.Length);
        var edit = _edits.FindIndex(known => known.Offset == _text.Length);
        if (edit >= 0)
        {
            _edits[edit] = (_text.Length, 0, _edits[edit].Text + lines);
            return;
        }

        _edits.Add((_text.Length, 0, (isEnded ? "" : "\n") + lines));
    }

    private (YamlList List, int Place, YamlMapping Node) Criterion(string id)
    {
        foreach (var section in Quantities)
        {
            if (Find(_root, section) is YamlMapping mapping && Find(mapping, "criteria") is YamlList list)
            {
                for (var i = 0; i < list.Items.Count; i++)
                {
                    if (list.Items[i] is YamlMapping node && Find(node, "id") is YamlScalar name && name.Text == id)
                    {
                        return (list, i, node);
                    }
                }
            }
        }

        throw new ArgumentException($"The definition has no criterion '{id}'.", nameof(id));
    }

    private static IEnumerable<Threshold> ThresholdsOf(YamlNode when) => when switch
    {
        YamlList list => list.Items.SelectMany(ThresholdsOf),
        YamlMapping mapping => mapping.Entries.SelectMany(entry => entry.Key.Text is "all" or "any" or "none" ? ThresholdsOf(entry.Value)
            : !Quantities.Contains(entry.Key.Text) || entry.Value is not YamlMapping tests ? []
            : tests.Entries.Where(test => Bounds.Contains(test.Key.Text)).Select(test => new Threshold(entry.Key.Text, test.Key.Text, (YamlScalar)test.Value))),
        _ => [],
    };

    private static YamlNode? Find(YamlMapping mapping, string key) => mapping.Entries.FirstOrDefault(entry => entry.Key.Text == key)?.Value;

    /// <summary>From 1: where the last of its scalars begins.</summary>
    private static int LastLine(YamlNode node) => node switch
    {
        YamlMapping { Entries.Count: > 0 } mapping => mapping.Entries.Max(entry => LastLine(entry.Value)),
        YamlList { Items.Count: > 0 } list => list.Items.Max(LastLine),
        _ => node.At.Line,
    };

    /// <summary>After the bracket that closes the one at an offset.</summary>
    private int Closing(int start)
    {
        var depth = 0;
        for (var i = start; i < _text.Length; i++)
        {
            switch (_text[i])
            {
                case '{' or '[':
                    depth++;
                    break;
                case '}' or ']' when --depth == 0:
                    return i + 1;
                case '"' or '\'' when i > 0 && _text[i - 1] is ' ' or '[' or '{' or ',' or ':':
                    for (var quote = _text[i++]; i < _text.Length && _text[i] != quote; i++)
                    {
                        i += _text[i] == '\\' && quote == '"' ? 1 : 0;
                    }

                    break;
            }
        }

        return _text.Length;
    }

    private int OffsetOf(Position at)
    {
        var offset = _lines[at.Line - 1];
        for (var column = 1; column < at.Column; column++)
        {
            offset += char.IsSurrogatePair(_text, offset) ? 2 : 1;
        }

        return offset;
    }

    private int LineOf(int offset)
    {
        var line = _lines.BinarySearch(offset);
        return line >= 0 ? line : ~line - 1;
    }

    /// <summary>The offset of the next line's beginning.</summary>
    private int EndOfLine(int line) => line + 1 < _lines.Count ? _lines[line + 1] : _text.Length;
}

/// <summary>A bound of a section's score or the total, where it stands in the file.</summary>
/// <param name="Quantity"><c>profile</c>, <c>behaviour</c>, <c>intent</c> or <c>total</c>; of a grade's digit <c>engagement</c>.</param>
internal sealed record Threshold(string Quantity, string Operator, YamlScalar Scalar)
{
    public double Value { get; } = double.Parse(Scalar.Text, CultureInfo.InvariantCulture);
}
