using CrmLeadQualifier.Core.Definitions.Yaml;
using CrmLeadQualifier.Core.Facts;

namespace CrmLeadQualifier.Core.Definitions.Reading;

/// <summary>Conditions and their tests (definition language, section 3). What cannot be read is reported and null; the rest is read all the same.</summary>
internal sealed class ConditionReader(ProblemList problems, ScalarReader scalars, OperandReader operands)
{
    private static readonly string[] Combinators = ["all", "any", "none"];

    public Condition? Read(YamlNode node, SubjectScope scope)
    {
        if (MappingReader.Entries(node, problems) is not { } entries)
        {
            return null;
        }

        if (entries.Count == 0)
        {
            problems.Error(node, "The condition is empty.");
            return null;
        }

        var parts = new List<Condition>();
        var complete = true;
        foreach (var (name, entry) in entries)
        {
            var part = Combinators.Contains(name) ? Combination(name, entry.Value, scope) : Subject(entry, entry.Value, scope);
            complete &= part is not null;
            if (part is not null)
            {
                parts.Add(part);
            }
        }

        return complete ? new AllOf(parts) : null;
    }

    private Condition? Combination(string name, YamlNode node, SubjectScope scope)
    {
        if (node is not YamlList)
        {
            problems.WrongType(node, $"a list of conditions, as `{name}` takes it");
            return null;
        }

        if (scalars.Items(node, mayBeEmpty: false) is not { } items)
        {
            return null;
        }

        // No laziness: every item is read, so that every error is reported.
        var parts = items.Select(item => Read(item, scope)).ToList();
        if (parts.Contains(null))
        {
            return null;
        }

        return name switch
        {
            "all" => new AllOf(parts!),
            "any" => new AnyOf(parts!),
            _ => new NoneOf(parts!),
        };
    }

    private SubjectCondition? Subject(YamlEntry entry, YamlNode node, SubjectScope scope)
    {
        if (scope.Resolve(entry.Key.Text, entry.Key, problems, Combinators) is not { } type)
        {
            MisspelledOperators(node);
            return null;
        }

        var tests = node switch
        {
            YamlMapping mapping => Tests(mapping, node, type),
            YamlList => [Test(OperatorForm.Find("in")!, node, type)],
            _ => [Test(OperatorForm.Find("is")!, node, type)],
        };
        return tests is null || tests.Contains(null) ? null : new SubjectCondition(entry.Key.Text, type, tests!);
    }

    /// <summary>
    /// Of a subject that is not known the type is not either, so which operators fit cannot be said; one that is nearly an operator is a mistake whatever the type.
    /// </summary>
    private void MisspelledOperators(YamlNode node)
    {
        foreach (var (name, entry) in node is YamlMapping ? MappingReader.Entries(node, problems) ?? [] : [])
        {
            if (OperatorForm.Find(name) is null && NearestWord.Find(name, OperatorForm.All.Select(form => form.Name)) is { } meant)
            {
                problems.Error(entry.Key, $"`{name}` is no operator: did you mean `{meant}`?");
            }
        }
    }

    private List<Test?>? Tests(YamlMapping mapping, YamlNode node, AttributeType type)
    {
        if (mapping.Entries.Count == 0)
        {
            problems.Error(node, "The test is empty.");
            return null;
        }

        var tests = new List<Test?>();
        foreach (var (name, entry) in MappingReader.Entries(node, problems)!)
        {
            if (OperatorForm.Find(name) is not { } form)
            {
                problems.Error(entry.Key, $"`{name}` is no operator{NearestWord.Ask(name, OperatorForm.All.Where(f => f.For.Contains(type)).Select(f => f.Name))}");
                tests.Add(null);
            }
            else if (!form.For.Contains(type))
            {
                problems.Error(entry.Key,
                    $"`{name}` does not fit a {NameOf(type)}: it is for {string.Join(" and ", form.For.Select(NameOf))}; for a {NameOf(type)} there is "
                    + $"{string.Join(", ", OperatorForm.All.Where(f => f.For.Contains(type)).Select(f => $"`{f.Name}`"))}.");
                tests.Add(null);
            }
            else
            {
                tests.Add(Test(form, entry.Value, type));
            }
        }

        return tests;
    }

    private Test? Test(OperatorForm form, YamlNode node, AttributeType type) => form.Takes switch
    {
        OperandForm.One => node is YamlList ? Unfit(node, $"one value, as `{form.Name}` takes it") : Typed(form, [node], type),
        OperandForm.Several => scalars.Items(node, mayBeEmpty: false) is { } items ? Typed(form, items, type) : null,
        OperandForm.OneOrSeveral => OneOrSeveral(node) is { } items ? Typed(form, items, type) : null,
        OperandForm.Phrases => OneOrSeveral(node) is { } items ? Phrases(form, items) : null,
        OperandForm.Pattern => PatternReader.Read(node, problems) is { } pattern ? new Test(form.Operator) { Pattern = pattern } : null,
        OperandForm.Pair => node is YamlList { Items.Count: 2 } ? Pair(form, node, type) : Unfit(node, "a list of two values, `[least, greatest]`"),
        OperandForm.Duration => scalars.Duration(node) is { } window ? new Test(form.Operator) { Window = window } : null,
        OperandForm.Boolean => scalars.Boolean(node) is { } known ? new Test(form.Operator) { Booleans = [known] } : null,
        _ => throw new ArgumentOutOfRangeException(nameof(form)),
    };

    private Test? Unfit(YamlNode node, string wanted)
    {
        problems.WrongType(node, wanted);
        return null;
    }

    private IReadOnlyList<YamlNode>? OneOrSeveral(YamlNode node) => node is YamlList ? scalars.Items(node, mayBeEmpty: false) : [node];

    private Test? Typed(OperatorForm form, IReadOnlyList<YamlNode> nodes, AttributeType type)
    {
        var read = new Operands();
        var complete = true;
        foreach (var node in nodes)
        {
            complete &= operands.Read(node, type, read);
        }

        return complete
            ? new Test(form.Operator) { Texts = read.Texts, Numbers = read.Numbers, Booleans = read.Booleans, Instants = read.Instants, Written = Written(nodes) }
            : null;
    }

    private Test? Phrases(OperatorForm form, IReadOnlyList<YamlNode> nodes)
    {
        var phrases = nodes.Select(operands.Phrase).ToList();
        return phrases.Contains(null) ? null : new Test(form.Operator) { Texts = phrases!, Written = Written(nodes) };
    }

    private static IReadOnlyList<string> Written(IEnumerable<YamlNode> nodes) => [.. nodes.OfType<YamlScalar>().Select(node => node.Text)];

    private Test? Pair(OperatorForm form, YamlNode node, AttributeType type)
    {
        if (Typed(form, scalars.Items(node, mayBeEmpty: false)!, type) is not { } test)
        {
            return null;
        }

        var reversed = type == AttributeType.Number ? test.Numbers[0] > test.Numbers[1] : test.Instants[0] > test.Instants[1];
        if (reversed)
        {
            problems.Error(node, "The ends are reversed: the least comes first.");
            return null;
        }

        return test;
    }

    private static string NameOf(AttributeType type) => type switch
    {
        AttributeType.Text => "text",
        AttributeType.Number => "number",
        AttributeType.Boolean => "boolean",
        AttributeType.Date => "date",
        AttributeType.List => "list",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}
