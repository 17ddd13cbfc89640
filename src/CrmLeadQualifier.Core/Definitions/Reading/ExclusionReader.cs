using CrmLeadQualifier.Core.Definitions.Yaml;

namespace CrmLeadQualifier.Core.Definitions.Reading;

/// <summary>Exclusions and what lifts them (definition language, section 5).</summary>
internal sealed class ExclusionReader(
    ProblemList problems, ScalarReader scalars, ConditionReader conditions, ActivityMatchReader activities, IdRegister ids, SubjectScope lead)
{
    private static readonly string[] MatchKeys = ["if", "on", "where", "within"];

    public IReadOnlyList<Exclusion> Read(YamlNode node)
        => scalars.Items(node, mayBeEmpty: true) is { } items ? [.. items.Select(One).OfType<Exclusion>()] : [];

    private Exclusion? One(YamlNode node)
    {
        if (MappingReader.Open(node, problems, ["id", "label", .. MatchKeys, "unless"]) is not { } entries)
        {
            return null;
        }

        var id = entries.Require("id") is { } idNode ? ids.Read(idNode) : null;
        var label = entries.Require("label") is { } labelNode ? scalars.Localized(labelNode) : null;
        var match = Match(entries, "An exclusion");
        var unless = entries.Find("unless") is { } unlessNode ? Unless(unlessNode) : null;
        return id is null || label is null || match is null ? null : new Exclusion(id, label, match, unless);
    }

    private ExclusionMatch? Unless(YamlNode node)
        => MappingReader.Open(node, problems, MatchKeys, name => NearestWord.Find(name, MatchKeys) is null
            ? $"`{name}` is no key of `unless`: a condition on the lead goes under `if`, one on activities under `on` and `where`."
            : null) is { } entries ? Match(entries, "`unless`") : null;

    private ExclusionMatch? Match(MappingReader entries, string what)
    {
        if (!entries.Has("if") && !entries.Has("on"))
        {
            problems.Error(entries.Node, $"{what} needs `if` (a condition on the lead), `on` (an activity), or both.");
        }

        var condition = entries.Find("if") is { } ifNode ? conditions.Read(ifNode, lead) : null;
        var on = entries.Find("on") is { } onNode ? activities.On(onNode) : [];
        var where = entries.Find("where") is { } whereNode ? activities.Where(whereNode, entries.Has("on") ? on : null) : null;
        var within = entries.Find("within") is { } withinNode ? scalars.Duration(withinNode) : null;
        if (!entries.Has("on"))
        {
            entries.Refuse("where", "`where` needs `on`: it is a condition on activities.");
            entries.Refuse("within", "`within` needs `on`: it is how long ago an activity may be.");
        }

        return on is null ? null : new ExclusionMatch { If = condition, On = on, Where = where, Within = within };
    }
}
