using CrmLeadQualifier.Core.Definitions.Yaml;
using CrmLeadQualifier.Core.Facts;

namespace CrmLeadQualifier.Core.Definitions.Reading;

/// <summary>One criterion of a section, in either of its two forms (definition language, section 4).</summary>
internal sealed class CriterionReader(
    ProblemList problems, ScalarReader scalars, ConditionReader conditions, ActivityMatchReader activities, IdRegister ids, SubjectScope lead)
{
    public const int MostPoints = 1000;
    public const int MostNeeds = 1000;

    private static readonly string[] AttributeKeys = ["id", "label", "if", "points", "tiers"];
    private static readonly string[] ActivityOnlyKeys = ["where", "at_most", "within", "needs", "distinct_by", "decay"];
    private static readonly string[] ActivityKeys = ["id", "label", "on", "if", "points", .. ActivityOnlyKeys];

    /// <param name="inProfile">The profile takes attribute criteria only.</param>
    /// <param name="sectionDecay">What a criterion without a decay of its own takes.</param>
    public Criterion? Read(YamlNode node, bool inProfile, Decay? sectionDecay)
    {
        var onActivities = node is YamlMapping mapping && mapping.Entries.Any(entry => entry.Key.Text == "on");
        var keys = onActivities ? ActivityKeys : AttributeKeys;
        if (MappingReader.Open(node, problems, keys, name => Misplaced(name, onActivities)) is not { } entries)
        {
            return null;
        }

        if (onActivities && inProfile)
        {
            entries.Refuse("on", "The profile takes criteria on attributes only: what a lead does belongs into `behaviour` or `intent`.");
        }

        var id = entries.Require("id") is { } idNode ? ids.Read(idNode) : null;
        var label = entries.Require("label") is { } labelNode ? scalars.Localized(labelNode) : null;

        // Without an id or a label the rest is read all the same, so that every error is reported.
        Criterion? criterion = onActivities ? Activity(entries, id ?? "", label ?? Missing, sectionDecay) : Attribute(entries, id ?? "", label ?? Missing);
        return id is null || label is null ? null : criterion;
    }

    private static LocalizedText Missing => LocalizedText.Same("");

    private static string? Misplaced(string name, bool onActivities)
        => !onActivities && ActivityOnlyKeys.Contains(name) ? $"`{name}` needs `on`: it is for criteria on activities."
            : onActivities && name == "tiers" ? "`tiers` cannot stand beside `on`: it is for criteria on attributes."
            : !onActivities && NearestWord.Find(name, AttributeKeys) is null && NearestWord.Find(name, ActivityOnlyKeys) is { } meant
                ? $"`{name}` is no key here: did you mean `{meant}`? It would need `on`."
            : null;

    private AttributeCriterion? Attribute(MappingReader entries, string id, LocalizedText label)
    {
        if (entries.Find("tiers") is not { } list)
        {
            if (!entries.Has("if") && !entries.Has("points"))
            {
                problems.Error(entries.Node, "A criterion needs `if` and `points`, or `tiers`, or `on` and `points`.");
                return null;
            }

            var single = Tier(entries);
            RefuseZero(entries, single?.Points);
            return single is null ? null : new AttributeCriterion(id, label, [single]);
        }

        entries.Refuse("if", "`if` cannot stand beside `tiers`: each tier has its own.");
        entries.Refuse("points", "`points` cannot stand beside `tiers`: each tier has its own.");
        if (scalars.Items(list, mayBeEmpty: false) is not { } items)
        {
            return null;
        }

        var tiers = items.Select(item => MappingReader.Open(item, problems, ["if", "points"]) is { } tier ? Tier(tier) : null).ToList();
        if (tiers.Contains(null))
        {
            return null;
        }

        if (tiers.TrueForAll(tier => tier!.Points == 0))
        {
            problems.Error(list, "This criterion can never score: the points of all its tiers are 0.");
            return null;
        }

        return new AttributeCriterion(id, label, tiers!);
    }

    private Tier? Tier(MappingReader entries)
    {
        var condition = entries.Require("if") is { } ifNode ? conditions.Read(ifNode, lead) : null;
        var points = entries.Require("points") is { } pointsNode ? scalars.Whole(pointsNode, -MostPoints, MostPoints) : null;
        return condition is not null && points is { } value ? new Tier(condition, value) : null;
    }

    private ActivityCriterion? Activity(MappingReader entries, string id, LocalizedText label, Decay? sectionDecay)
    {
        var on = activities.On(entries.Find("on")!);
        var where = entries.Find("where") is { } whereNode ? activities.Where(whereNode, on) : null;
        var condition = entries.Find("if") is { } ifNode ? conditions.Read(ifNode, lead) : null;
        var points = entries.Require("points") is { } pointsNode ? scalars.Whole(pointsNode, -MostPoints, MostPoints) : null;
        RefuseZero(entries, points);
        var atMost = entries.Find("at_most") is { } atMostNode ? AtMost(atMostNode, points) : null;
        var within = entries.Find("within") is { } withinNode ? scalars.Duration(withinNode) : null;
        var needs = entries.Find("needs") is { } needsNode ? scalars.Whole(needsNode, 1, MostNeeds) : 1;
        var distinctBy = entries.Find("distinct_by") is { } distinctNode ? DistinctBy(distinctNode, on) : null;
        var decay = entries.Find("decay") is { } decayNode ? Decay(decayNode) : sectionDecay;
        return on is null || points is null ? null : new ActivityCriterion(id, label, on, points.Value)
        {
            Where = where,
            If = condition,
            AtMost = atMost,
            Within = within,
            Needs = needs ?? 1,
            DistinctBy = distinctBy,
            Decay = decay,
        };
    }

    /// <summary><c>none</c>, or what each period takes away.</summary>
    public Decay? Decay(YamlNode node)
    {
        if (node is YamlScalar { Text: "none" })
        {
            return null;
        }

        if (node is YamlScalar)
        {
            problems.WrongType(node, "`none` or a mapping such as `{ lose: 50%, every: 30d }`");
            return null;
        }

        if (MappingReader.Open(node, problems, ["lose", "every"]) is not { } entries)
        {
            return null;
        }

        var lose = entries.Require("lose") is { } loseNode ? scalars.WholePercentage(loseNode) : null;
        var every = entries.Require("every") is { } everyNode ? scalars.Duration(everyNode) : null;
        return lose is { } percent && every is { } period ? new Decay(percent, period) : null;
    }

    private void RefuseZero(MappingReader entries, int? points)
    {
        if (points == 0)
        {
            problems.Error(entries.Find("points")!, "This criterion can never score: its points are 0.");
        }
    }

    private int? AtMost(YamlNode node, int? points)
    {
        if (scalars.Whole(node, -MostPoints, MostPoints) is not { } atMost)
        {
            return null;
        }

        if (atMost == 0)
        {
            problems.Error(node, "`at_most: 0` would let this criterion never score.");
        }
        else if (points is { } value && value != 0 && Math.Sign(value) != Math.Sign(atMost))
        {
            problems.Error(node, $"`at_most` has the sign of the points: they are {value}, so it is {(value > 0 ? "above" : "below")} 0.");
        }

        return atMost;
    }

    private string? DistinctBy(YamlNode node, IReadOnlyList<ActivityKind>? on)
    {
        if (scalars.Text(node) is not { } name)
        {
            return null;
        }

        return SubjectScope.OfActivities(on).Resolve(name, node, problems) is null ? null : name;
    }
}
