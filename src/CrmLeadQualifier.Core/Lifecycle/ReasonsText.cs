using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
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

    private static readonly ConditionalWeakTable<Definition, ReasonsText> Known = [];

    private readonly bool _isFrench = definition.Language == Language.French;

    private readonly Dictionary<string, Criterion> _criteria = definition.Criteria.ToDictionary(criterion => criterion.Id);

    /// <summary>Made once for a definition: each of a million leads needs it.</summary>
    public static ReasonsText For(Definition definition) => Known.GetValue(definition, known => new ReasonsText(known));

    /// <summary>Empty where nothing counts.</summary>
    public string Of(LeadScore score, IReadOnlyDictionary<string, Instant> lastCountedAt)
    {
        if (score.Status == LeadStatus.Unscorable)
        {
            var missing = string.Join(", ", score.Missing.Select(name => AttributeTexts.Label(name, definition.Language)));
            return _isFrench ? $"Impossible à noter, il manque\u00A0: {missing}" : $"Cannot be scored, missing: {missing}";
        }

        var text = new StringBuilder();
        if (score.Status == LeadStatus.Excluded)
        {
            text.Append(Excluded(score.ExcludedBy));
        }

        foreach (var (id, value) in HighestFirst(score.Criteria))
        {
            var criterion = _criteria.GetValueOrDefault(id);
            Separate(text).Append(CultureInfo.InvariantCulture, $"{value:+0;-0} {criterion?.Label.In(definition.Language) ?? id}");
            if (criterion is ActivityCriterion && lastCountedAt.TryGetValue(id, out var at))
            {
                text.Append(CultureInfo.InvariantCulture, $" ({Days.Short(at, definition)})");
            }
        }

        foreach (var adjustment in score.Adjustments)
        {
            Separate(text).Append(CultureInfo.InvariantCulture, $"{adjustment.Value:+0;-0} {Bound(adjustment.Key, adjustment.Value)}");
        }

        return text.ToString();
    }

    /// <summary>What the lead's other records say of the hand-over record.</summary>
    public string See(string record) => _isFrench ? $"voir {record}" : $"see {record}";

    private static StringBuilder Separate(StringBuilder text) => text.Length == 0 ? text : text.Append(Separator);

    /// <summary>Equal values in the file's order.</summary>
    private static CriterionValue[] HighestFirst(IReadOnlyList<CriterionValue> criteria)
    {
        CriterionValue[] sorted = [.. criteria];
        for (var i = 1; i < sorted.Length; i++)
        {
            var value = sorted[i];
            var place = i;
            for (; place > 0 && sorted[place - 1].Value < value.Value; place--)
            {
                sorted[place] = sorted[place - 1];
            }

            sorted[place] = value;
        }

        return sorted;
    }

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
}
