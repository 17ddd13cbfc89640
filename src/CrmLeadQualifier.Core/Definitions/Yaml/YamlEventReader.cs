using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace CrmLeadQualifier.Core.Definitions.Yaml;

/// <summary>
/// Turns a file into positioned nodes, event by event. The depth is checked before a node is made, and what would let a small file mean a large one (anchors,
/// aliases) is refused: a bomb of brackets costs the guard's 20 levels and nothing more.
/// </summary>
internal sealed class YamlEventReader
{
    public const int MaxDepth = 20;

    private readonly YamlText _text;
    private readonly ProblemList _problems;
    private readonly Scanner _scanner;
    private readonly Parser _parser;

    private YamlEventReader(YamlText text, ProblemList problems)
    {
        _text = text;
        _problems = problems;
        _scanner = new Scanner(new StringReader(text.Content), skipComments: true);
        _parser = new Parser(_scanner);
    }

    /// <summary>The document's root; null after an error that leaves nothing to check, such as one of syntax.</summary>
    public static YamlNode? Read(ReadOnlyMemory<byte> utf8, ProblemList problems)
        => YamlText.Open(utf8.Span, problems) is { } text ? new YamlEventReader(text, problems).Document() : null;

    private YamlNode? Document()
    {
        try
        {
            _parser.Consume<StreamStart>();
            if (_parser.Accept<StreamEnd>(out _))
            {
                _problems.Error(new Position(1, 1, ""), "The file is empty.");
                return null;
            }

            _parser.Consume<DocumentStart>();
            var root = Node(1, "");
            _parser.Consume<DocumentEnd>();
            if (_parser.Accept<DocumentStart>(out var second))
            {
                Refuse(second.Start, "", "A definition is one document: a second one starts here.");
            }

            return root;
        }
        catch (YamlException syntax)
        {
            if (syntax.Message.Contains("tab", StringComparison.Ordinal) && _text.FirstTabInIndentation((int)syntax.Start.Line) is { } tab)
            {
                // The parser names the start of what the tab breaks, which may be the first line of the file.
                _problems.Error(new Position(tab.Line, tab.Column, ""), "YAML syntax: a tab in the indentation; use spaces.");
                return null;
            }

            Refuse(syntax.Start, "", "YAML syntax: " + syntax.Message);
            return null;
        }
        catch (Exception unforeseen) when (unforeseen is InvalidOperationException or ArgumentException)
        {
            // The parser lets these out where a bracket stays open before `key: value`, and for an escape beyond Unicode.
            Refuse(_scanner.CurrentPosition, "", "YAML syntax: this cannot stand here; a bracket or a quote above may not be closed.");
            return null;
        }
        catch (TooDeepException tooDeep)
        {
            _problems.Error(tooDeep.At, $"Nested more than {MaxDepth} deep.");
            return null;
        }
    }

    private YamlNode Node(int depth, string path)
    {
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            Refuse(alias.Start, path, $"Aliases (`*{alias.Value}`) are not allowed: write the content out.");
            return new YamlRefused(Position(alias.Start, path));
        }

        if (_parser.TryConsume<Scalar>(out var scalar))
        {
            RefuseProperties(scalar, path);
            return new YamlScalar(Position(scalar.Start, path), scalar.Value, scalar.Style == ScalarStyle.Plain);
        }

        if (depth > MaxDepth)
        {
            throw new TooDeepException(Position(_parser.Current!.Start, path));
        }

        return _parser.TryConsume<SequenceStart>(out var list) ? List(list, depth, path) : Mapping(_parser.Consume<MappingStart>(), depth, path);
    }

    private YamlList List(SequenceStart start, int depth, string path)
    {
        RefuseProperties(start, path);
        var items = new List<YamlNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(Node(depth + 1, string.Create(CultureInfo.InvariantCulture, $"{path}[{items.Count}]")));
        }

        return new YamlList(Position(start.Start, path), items);
    }

    private YamlMapping Mapping(MappingStart start, int depth, string path)
    {
        RefuseProperties(start, path);
        var entries = new List<YamlEntry>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            // A key's path ends in itself, so it is known only once the key is read.
            var key = Node(depth + 1, path);
            var pathOfValue = key is not YamlScalar word ? path : path.Length == 0 ? word.Text : $"{path}.{word.Text}";
            var value = Node(depth + 1, pathOfValue);
            if (key is YamlScalar name)
            {
                entries.Add(new YamlEntry(new YamlScalar(name.At with { Path = pathOfValue }, name.Text, name.IsPlain), value));
            }
            else if (key is not YamlRefused)
            {
                _problems.Error(key.At, $"A key is a word, not {key.Kind}.");
            }
        }

        return new YamlMapping(Position(start.Start, path), entries);
    }

    private void RefuseProperties(NodeEvent node, string path)
    {
        if (!node.Anchor.IsEmpty)
        {
            Refuse(node.Start, path, "Anchors (`&…`) are not allowed: write the content out where it is needed.");
        }

        if (!node.Tag.IsEmpty)
        {
            Refuse(node.Start, path, "Tags (`!…`) are not allowed: the language knows the type of every value.");
        }
    }

    private void Refuse(Mark at, string path, string message) => _problems.Error(Position(at, path), message);

    private Position Position(Mark at, string path) => new((int)at.Line, _text.Column(at), path);

    private sealed class TooDeepException(Position at) : Exception
    {
        public Position At { get; } = at;
    }
}
