using CrmLeadQualifier.Core.Definitions.Yaml;
using CrmLeadQualifier.Core.Facts;

namespace CrmLeadQualifier.Core.Definitions.Reading;

/// <summary>The attributes that leads have under the definition: the standard ones and those that it declares.</summary>
internal sealed class LeadAttributes
{
    private static readonly Dictionary<string, AttributeType> Types = new(StringComparer.Ordinal)
    {
        ["text"] = AttributeType.Text,
        ["number"] = AttributeType.Number,
        ["boolean"] = AttributeType.Boolean,
        ["date"] = AttributeType.Date,
        ["list"] = AttributeType.List,
    };

    private readonly ProblemList _problems;
    private readonly ScalarReader _scalars;
    private readonly Dictionary<string, YamlNode> _firstUses = new(StringComparer.Ordinal);

    /// <param name="declarations">The mapping under <c>attributes</c>; null: there is none.</param>
    public LeadAttributes(YamlNode? declarations, ProblemList problems, ScalarReader scalars)
    {
        _problems = problems;
        _scalars = scalars;
        var declared = new List<LeadAttribute>();
        var unreadable = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, entry) in declarations is null ? [] : MappingReader.Entries(declarations, problems) ?? [])
        {
            var node = entry.Value;
            if (Refusal(name) is { } refusal)
            {
                problems.Error(entry.Key, refusal);
                unreadable.Add(name);
            }
            else if (scalars.Choice(node, Types) is { } type)
            {
                declared.Add(new LeadAttribute(name, type));
            }
            else
            {
                unreadable.Add(name);
            }
        }

        Schema = new AttributeSchema(declared);
        Scope = SubjectScope.OfLead(Schema, unreadable, (name, at) => _firstUses.TryAdd(name, at));
    }

    public AttributeSchema Schema { get; }

    public SubjectScope Scope { get; }

    /// <summary>A list of attribute names, each once; null (and reported) if it is no list.</summary>
    public IReadOnlyList<string>? Names(YamlNode node, bool mayBeEmpty)
    {
        if (_scalars.Items(node, mayBeEmpty) is not { } items)
        {
            return null;
        }

        var names = new List<string>();
        foreach (var item in items)
        {
            if (_scalars.Text(item) is { } name && Scope.Resolve(name, item, _problems) is not null && !names.Contains(name))
            {
                names.Add(name);
            }
        }

        return names;
    }

    /// <summary>Warns, where it is first used, of every attribute that no connection fills.</summary>
    public void WarnOfUnmapped(IReadOnlySet<string> mapped)
    {
        foreach (var (name, at) in _firstUses)
        {
            // What is derived comes from elsewhere.
            if (!mapped.Contains(name == AttributeSchema.EmailDomain ? "email" : name))
            {
                _problems.Warning(at, $"No connection maps `{name}`: it is unknown for every lead.");
            }
        }
    }

    private static string? Refusal(string name)
        => name is "all" or "any" or "none" ? $"`{name}` is a word of the language and cannot name an attribute."
            : AttributeSchema.Standard.IndexOf(name) >= 0 ? $"`{name}` is a standard attribute: it is there without being declared."
            : !ScalarReader.NameForm().IsMatch(name) ? $"`{name}` cannot name an attribute: it has small letters a to z, digits and `_`, and starts with a letter."
            : null;
}
