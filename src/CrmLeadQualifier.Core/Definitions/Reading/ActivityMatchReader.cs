using CrmLeadQualifier.Core.Definitions.Yaml;
using CrmLeadQualifier.Core.Facts;

namespace CrmLeadQualifier.Core.Definitions.Reading;

/// <summary>What criteria and exclusions say of activities: <c>on</c> and <c>where</c>.</summary>
internal sealed class ActivityMatchReader(ProblemList problems, ScalarReader scalars, ConditionReader conditions)
{
    /// <summary>A kind or a list of kinds, each once; null (and reported) if one cannot be read.</summary>
    public IReadOnlyList<ActivityKind>? On(YamlNode node)
    {
        var items = node is YamlList ? scalars.Items(node, mayBeEmpty: false) : [node];
        if (items is null)
        {
            return null;
        }

        var kinds = items.Select(Kind).ToList();
        return kinds.Contains(null) ? null : [.. kinds.Distinct()!];
    }

    /// <param name="on">The kinds whose attributes may be tested; null: they could not be read.</param>
    public Condition? Where(YamlNode node, IReadOnlyList<ActivityKind>? on) => conditions.Read(node, SubjectScope.OfActivities(on));

    private ActivityKind? Kind(YamlNode node)
    {
        if (scalars.Text(node) is not { } name)
        {
            return null;
        }

        if (ActivityKind.Find(name) is { } kind)
        {
            return kind;
        }

        problems.Error(node, $"`{name}` is no kind of activity{NearestWord.Ask(name, ActivityKind.All.Select(k => k.Name))}");
        return null;
    }
}
