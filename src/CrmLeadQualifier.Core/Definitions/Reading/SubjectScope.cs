using System.Globalization;
using CrmLeadQualifier.Core.Definitions.Yaml;
using CrmLeadQualifier.Core.Facts;

namespace CrmLeadQualifier.Core.Definitions.Reading;

/// <summary>
/// The names that a condition may test where it stands, each with its type: a lead's attributes (<c>if</c>), the attributes of some kinds of activities (<c>where</c>),
/// or the quantities of a score (<c>mql.when</c>).
/// </summary>
internal sealed class SubjectScope
{
    /// <summary>Before a criterion's id, in <c>mql.when</c>.</summary>
    public const string Criterion = "criterion.";

    private readonly string _what;
    private readonly IReadOnlyDictionary<string, AttributeType> _types;
    private readonly IReadOnlySet<string> _unreadable;
    private readonly Func<string, string?> _why;
    private readonly Action<string, YamlNode>? _used;

    /// <param name="unreadable">Names that exist but whose type could not be read: reported where they are declared, silent here.</param>
    /// <param name="why">What to say of an unknown name beyond the nearest one; null: nothing.</param>
    /// <param name="used">Is told of every name that was found, with its place.</param>
    private SubjectScope(
        string what, IReadOnlyDictionary<string, AttributeType> types, IReadOnlySet<string> unreadable, Func<string, string?> why, Action<string, YamlNode>? used = null)
    {
        _what = what;
        _types = types;
        _unreadable = unreadable;
        _why = why;
        _used = used;
    }

    /// <summary>The type of a name; null (and reported, unless that was done before) for an unknown one.</summary>
    /// <param name="otherWords">What else may stand in the name's place: guessed where no name is nearer, never listed among the names.</param>
    public AttributeType? Resolve(string name, YamlNode at, ProblemList problems, params IReadOnlyList<string> otherWords)
    {
        if (_types.TryGetValue(name, out var type))
        {
            _used?.Invoke(name, at);
            return type;
        }

        if (!_unreadable.Contains(name))
        {
            var meant = NearestWord.Find(name, [.. _types.Keys, .. otherWords]);
            problems.Error(at, meant is not null && otherWords.Contains(meant) ? $"`{name}` is no {_what}: did you mean `{meant}`?"
                : _why(name) ?? $"`{name}` is no {_what}{NearestWord.Ask(name, _types.Keys)}");
        }

        return null;
    }

    public static SubjectScope OfLead(AttributeSchema schema, IReadOnlySet<string> unreadable, Action<string, YamlNode> used)
    {
        var types = schema.Attributes.ToDictionary(attribute => attribute.Name, attribute => attribute.Type, StringComparer.Ordinal);
        return new SubjectScope("attribute", types, unreadable, name =>
            NearestWord.Find(name, types.Keys) is null ? $"`{name}` is no attribute: it is not a standard one, and `attributes` does not declare it." : null, used);
    }

    /// <param name="kinds">Null: they could not be read, so that any activity attribute may be right.</param>
    public static SubjectScope OfActivities(IReadOnlyList<ActivityKind>? kinds)
    {
        var types = new Dictionary<string, AttributeType>(StringComparer.Ordinal);
        foreach (var attribute in (kinds ?? ActivityKind.All).SelectMany(kind => kind.Attributes))
        {
            types[attribute] = ActivityKind.TypeOf(attribute);
        }

        var names = string.Join(", ", (kinds ?? []).Select(kind => kind.Name));
        return new SubjectScope($"attribute of {names}", types, new HashSet<string>(), name =>
            types.Count == 0 ? $"`{name}` is no attribute of {names}: such activities have none." : null);
    }

    public static SubjectScope OfScore(IReadOnlyList<string> criterionIds, bool hasGrades)
    {
        var types = new Dictionary<string, AttributeType>(StringComparer.Ordinal);
        foreach (var name in (string[])["profile", "behaviour", "intent", "total", .. criterionIds.Select(id => Criterion + id)])
        {
            types[name] = AttributeType.Number;
        }

        if (hasGrades)
        {
            types["grade"] = AttributeType.Text;
        }

        return new SubjectScope("quantity of a score", types, new HashSet<string>(), name =>
            name == "grade" ? "`grade` needs `grades`, and there are none."
            : name.StartsWith(Criterion, StringComparison.Ordinal)
                ? string.Create(CultureInfo.InvariantCulture, $"There is no criterion `{name[Criterion.Length..]}`{NearestWord.Ask(name[Criterion.Length..], criterionIds)}")
            : NearestWord.Find(name, types.Keys) is null ? $"`{name}` is no quantity of a score; there is `profile`, `behaviour`, `intent`, `total`, `grade` and `criterion.ID`."
            : null);
    }
}
