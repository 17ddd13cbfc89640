using CrmLeadQualifier.Core.Definitions.Yaml;
using CrmLeadQualifier.Core.Facts;

namespace CrmLeadQualifier.Core.Definitions.Reading;

/// <summary>What criteria and exclusions say of activities: <c>on</c> and <c>where</c>.</summary>
internal sealed class ActivityMatchReader(ProblemList problems, ScalarReader scalars, ConditionReader conditions)
{
    /// <summary>A kind or a list of kinds, each once; null (and reported) if one cannot be read.</summary>
    public IReadOnlyList<ActivityKind>? On(Place place)
    {
        var items = place.Node is YamlList ? scalars.Items(place, mayBeEmpty: false) : [place];
        if (items is null)
        {
            return null;
        }

        var kinds = items.Select(Kind).ToList();
        return kinds.Contains(null) ? null : [.. kinds.Distinct()!];
    }

    /// <param name="on">The kinds whose attributes may be tested; null: they could not be read.</param>
    public Condition? Where(Place place, IReadOnlyList<ActivityKind>? on) => conditions.Read(place, SubjectScope.OfActivities(on));

    private ActivityKind? Kind(Place place)
    {
        if (scalars.Text(place) is not { } name)
        {
            return null;
        }

        if (ActivityKind.Find(name) is { } kind)
        {
            return kind;
        }

        problems.Error(place, $"`{name}` is no kind of activity{NearestWord.Ask(name, ActivityKind.All.Select(k => k.Name))}");
        return null;
    }
}
