using CrmLeadQualifier.Core.Definitions.Yaml;

namespace CrmLeadQualifier.Core.Definitions.Reading;

/// <summary>The moment a lead may be handed to sales.</summary>
internal sealed class MqlReader(ProblemList problems, ScalarReader scalars, ConditionReader conditions)
{
    private const int MostADay = 1_000_000;

    /// <param name="ids">Ids of all criteria, those that could not be read for another reason among them.</param>
    /// <param name="bounds">What a score can reach; null: not known, because a part of what makes it could not be read.</param>
    public MqlRule? Read(YamlNode node, IReadOnlyList<Section> sections, IReadOnlyList<string> ids, bool hasGrades, ScoreBounds? bounds)
    {
        if (MappingReader.Open(node, problems, ["when", "always", "daily_limit", "expires_after"]) is not { } entries)
        {
            return null;
        }

        var when = entries.Require("when") is { } whenNode ? When(whenNode, ids, hasGrades, bounds) : null;
        var always = entries.Find("always") is { } alwaysNode ? Always(alwaysNode, sections, ids) : [];
        var dailyLimit = entries.Find("daily_limit") is { } limitNode ? scalars.Whole(limitNode, 1, MostADay) : null;
        var expiresAfter = entries.Find("expires_after") is { } expiresNode ? scalars.Duration(expiresNode) : null;
        return when is null ? null : new MqlRule(when) { Always = always, DailyLimit = dailyLimit, ExpiresAfter = expiresAfter };
    }

    private Condition? When(YamlNode node, IReadOnlyList<string> ids, bool hasGrades, ScoreBounds? bounds)
    {
        var when = conditions.Read(node, SubjectScope.OfScore(ids, hasGrades));
        if (when is not null && bounds is not null)
        {
            DeadBranches.Report(when, node, bounds, problems);
        }

        return when;
    }

    private IReadOnlyList<string> Always(YamlNode node, IReadOnlyList<Section> sections, IReadOnlyList<string> ids)
    {
        var always = new List<string>();
        foreach (var item in scalars.Items(node, mayBeEmpty: true) ?? [])
        {
            if (scalars.Text(item) is not { } id)
            {
                continue;
            }

            if (!ids.Contains(id))
            {
                problems.Error(item, $"There is no criterion `{id}`{NearestWord.Ask(id, ids)}");
            }
            else if (sections.SelectMany(section => section.Criteria).Any(criterion => criterion.Id == id && criterion is AttributeCriterion))
            {
                problems.Error(item, $"`{id}` is a criterion on attributes: only an activity can end a cool-down.");
            }
            else if (!always.Contains(id))
            {
                always.Add(id);
            }
        }

        return always;
    }
}
