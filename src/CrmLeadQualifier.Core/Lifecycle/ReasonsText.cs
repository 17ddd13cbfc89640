using System.Globalization;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Lifecycle;

/// <summary>
/// A score's explanation as sales reads it, in the agreement's language: <c>+60 Demo requested (21 Nov) · +30 Decision maker · -15 Personal mailbox ·
/// -15 Cap on behaviour (60)</c>. The highest values first, equal ones in the file's order, then caps and floors; they add up to the score. A day is
/// that of the criterion's latest counted activity in the agreement's business time zone, without a year: whether to name one would depend on when
/// the text is made, and only what changed is written.
/// </summary>
internal sealed class ReasonsText(Definition definition)
{
    public const string Separator = " · ";

    private readonly bool _isFrench = definition.Language == Language.French;

    /// <summary>Empty where nothing counts.</summary>
    public string Of(LeadScore score, IReadOnlyDictionary<string, Instant> lastCountedAt)
    {
        if (score.Status == LeadStatus.Unscorable)
        {
            var missing = string.Join(", ", score.Missing.Select(name => AttributeTexts.Label(name, definition.Language)));
            return _isFrench ? $"Impossible à noter, il manque\u00A0: {missing}" : $"Cannot be scored, missing: {missing}";
        }

        var criteria = definition.Criteria.ToDictionary(criterion => criterion.Id);
        var counted = score.Criteria
            .OrderByDescending(value => value.Value)
            .Select(value => $"{Signed(value.Value)} {Criterion(criteria, value.Id)}{Day(criteria, value.Id, lastCountedAt)}");
        var adjustments = score.Adjustments.Select(adjustment => $"{Signed(adjustment.Value)} {Bound(adjustment.Key, adjustment.Value)}");
        var excluded = score.Status == LeadStatus.Excluded ? [Excluded(score.ExcludedBy)] : Array.Empty<string>();
        return string.Join(Separator, [.. excluded, .. counted, .. adjustments]);
    }

    /// <summary>What the lead's other records say of the hand-over record.</summary>
    public string See(string record) => _isFrench ? $"voir {record}" : $"see {record}";

    private string Criterion(Dictionary<string, Criterion> criteria, string id) =>
        criteria.TryGetValue(id, out var criterion) ? criterion.Label.In(definition.Language) : id;

    private string Day(Dictionary<string, Criterion> criteria, string id, IReadOnlyDictionary<string, Instant> lastCountedAt) =>
        criteria.GetValueOrDefault(id) is ActivityCriterion && lastCountedAt.TryGetValue(id, out var at) ? $" ({Days.Short(at, definition)})" : "";

    private string Excluded(IEnumerable<string> ids)
    {
        var labels = ids.Select(id => definition.Exclusions.FirstOrDefault(exclusion => exclusion.Id == id)?.Label.In(definition.Language) ?? id);
        return (_isFrench ? "Exclu\u00A0: " : "Excluded: ") + string.Join(", ", labels);
    }

    /// <summary>A section that was cut to its cap loses points; one that was lifted to 0 gains them.</summary>
    private string Bound(string section, long adjustment)
    {
        if (adjustment > 0)
        {
            return _isFrench ? $"Plancher {French(section)} (0)" : $"Floor on {section} (0)";
        }

        var cap = definition.Sections.First(candidate => candidate.Name == section).Cap.ToString(CultureInfo.InvariantCulture);
        return _isFrench ? $"Plafond {French(section)} ({cap})" : $"Cap on {section} ({cap})";
    }

    private static string French(string section) => section switch
    {
        "profile" => "du profil",
        "behaviour" => "du comportement",
        _ => "de l’intention",
    };

    private static string Signed(long value) => value.ToString("+0;-0", CultureInfo.InvariantCulture);
}
