using System.Text;
using CrmLeadQualifier.Core.Definitions.Reading;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace CrmLeadQualifier.Core.Definitions.Yaml;

/// <summary>
/// Turns a file into positioned nodes, event by event. The depth is checked before a node is made, and what would let a small file mean a large one (anchors,
/// aliases) is refused: a bomb of brackets costs the guard's 20 levels and nothing more.
/// </summary>
internal sealed class YamlEventReader
{
    public const int MaxBytes = 1024 * 1024;
    public const int MaxDepth = 20;

    private readonly ProblemList _problems;
    private readonly IParser _parser;

    private YamlEventReader(string text, ProblemList problems)
    {
        _problems = problems;
        _parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
    }

    /// <summary>The document's root; null after a syntax error (or another that leaves nothing to check), which is then the last problem.</summary>
    public static YamlNode? Read(ReadOnlyMemory<byte> utf8, ProblemList problems)
    {
        if (utf8.Length > MaxBytes)
        {
            problems.Error(1, 1, "", $"The file has {utf8.Length} bytes; a definition has at most {MaxBytes} (1 MiB).");
            return null;
        }

        if (Decode(utf8.Span, problems) is not { } text)
        {
            return null;
        }

        try
        {
            return new YamlEventReader(text, problems).Document();
        }
        catch (YamlException syntax)
        {
            problems.Error(Math.Max(1, (int)syntax.Start.Line), Math.Max(1, (int)syntax.Start.Column), "", "YAML syntax: " + Reason(syntax));
            return null;
        }
        catch (TooDeepException tooDeep)
        {
            problems.Error((int)tooDeep.At.Line, (int)tooDeep.At.Column, "", $"Nested more than {MaxDepth} deep.");
            return null;
        }
    }

    private static string? Decode(ReadOnlySpan<byte> utf8, ProblemList problems)
    {
        if (utf8.StartsWith(Encoding.UTF8.Preamble))
        {
            utf8 = utf8[Encoding.UTF8.Preamble.Length..];
        }

        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(utf8);
        }
        catch (DecoderFallbackException invalid)
        {
            var before = utf8[..Math.Clamp(invalid.Index, 0, utf8.Length)];
            var line = before.Count((byte)'\n') + 1;
            var column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
            problems.Error(line, column, "", "The file is not UTF-8 from here on: save it as UTF-8.");
            return null;
        }
    }

    private YamlNode? Document()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _))
        {
            _problems.Error(1, 1, "", "The file is empty.");
            return null;
        }

        var start = _parser.Consume<DocumentStart>();
        if (start.Version is not null || start.Tags?.Any(tag => tag.Handle is not ("!" or "!!")) == true)
        {
            _problems.Error((int)start.Start.Line, (int)start.Start.Column, "", "Directives (`%…`) are not allowed.");
        }

        var root = Node(1);
        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<DocumentStart>(out var second))
        {
            _problems.Error((int)second.Start.Line, (int)second.Start.Column, "", "A definition is one document: a second one starts here.");
        }

        return root;
    }

    private YamlNode Node(int depth)
    {
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            var refused = new YamlRefused((int)alias.Start.Line, (int)alias.Start.Column);
            _problems.Error(refused, "", $"Aliases (`*{alias.Value}`) are not allowed: write the content out.");
            return refused;
        }

        if (_parser.TryConsume<Scalar>(out var scalar))
        {
            Refuse(scalar);
            var node = new YamlScalar((int)scalar.Start.Line, (int)scalar.Start.Column, scalar.Value, scalar.Style == ScalarStyle.Plain);
            if (HasHalfCharacter(scalar.Value))
            {
                _problems.Error(node, "", "This text holds half a character (an unpaired surrogate).");
            }

            return node;
        }

        if (depth > MaxDepth)
        {
            throw new TooDeepException(_parser.Current!.Start);
        }

        return _parser.TryConsume<SequenceStart>(out var list) ? List(list, depth) : Mapping(_parser.Consume<MappingStart>(), depth);
    }

    private YamlList List(SequenceStart start, int depth)
    {
        Refuse(start);
        var items = new List<YamlNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(Node(depth + 1));
        }

        return new YamlList((int)start.Start.Line, (int)start.Start.Column, items);
    }

    private YamlMapping Mapping(MappingStart start, int depth)
    {
        Refuse(start);
        var entries = new List<YamlEntry>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = Node(depth + 1);
            var value = Node(depth + 1);
            if (key is YamlScalar name)
            {
                entries.Add(new YamlEntry(name, value));
            }
            else if (key is not YamlRefused)
            {
                _problems.Error(key, "", $"A key is a word, not {key.Kind}.");
            }
        }

        return new YamlMapping((int)start.Start.Line, (int)start.Start.Column, entries);
    }

    private void Refuse(NodeEvent node)
    {
        if (!node.Anchor.IsEmpty)
        {
            _problems.Error((int)node.Start.Line, (int)node.Start.Column, "", $"Anchors (`&{node.Anchor.Value}`) are not allowed: write the content out.");
        }

        if (!node.Tag.IsEmpty)
        {
            _problems.Error((int)node.Start.Line, (int)node.Start.Column, "", "Tags (`!…`) are not allowed: the language knows the type of every value.");
        }
    }

    private static bool HasHalfCharacter(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]))
            {
                if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]))
                {
                    return true;
                }

                i++;
            }
        }

        return false;
    }

    // The parser's message, without the position that it may repeat in front.
    private static string Reason(YamlException syntax)
    {
        var message = syntax.Message;
        var end = message.StartsWith("(Line", StringComparison.Ordinal) ? message.IndexOf("): ", StringComparison.Ordinal) : -1;
        return end < 0 ? message : message[(end + 3)..];
    }

    private sealed class TooDeepException(Mark at) : Exception
    {
        public Mark At { get; } = at;
    }
}
