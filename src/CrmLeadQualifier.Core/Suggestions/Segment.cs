using System.Globalization;
using System.Text.Json;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Scoring;

namespace CrmLeadQualifier.Core.Suggestions;

/// <summary>A part of the judged leads that can be named in a definition.</summary>
/// <param name="Kind">As of <see cref="RejectedSegment"/>.</param>
/// <param name="If">The condition that describes it, as a definition writes it; null: it is a criterion of the definition.</param>
/// <param name="Group">Of nested segments (employees below 20, below 50, ...) one is enough.</param>
internal sealed record Segment(string Kind, string Name, string? Value, string? If, string Group, bool[] Members)
{
    public const string OfAttribute = "attribute";
    public const string OfCriterion = "criterion";
    public const string OfSource = "source";

    public int Count { get; } = Members.Count(isIn => isIn);
}

/// <summary>
/// The segments of some leads: every value of every attribute that the definition uses, every criterion that gave points, every source. A number's values are too many to be looked
/// at one by one: they are cut at the definition's own bounds and at round numbers, into those below and those from there on.
/// </summary>
internal static class Segments
{
    /// <summary>Fewer leads than this are no segment.</summary>
    public const int Least = 20;

    private static readonly int[] RoundNumbers = [1, 2, 3, 5];

    public static IReadOnlyList<Segment> Of(Definition definition, IReadOnlyList<JudgedLead> leads, IReadOnlyList<LeadScore> scores)
    {
        List<Segment> segments = [];
        foreach (var attribute in Used(definition))
        {
            segments.AddRange(OfAttribute(definition, definition.Attributes.Attributes[definition.Attributes.IndexOf(attribute)], leads));
        }

        segments.AddRange(ByText(leads, lead => [string.IsNullOrWhiteSpace(lead.Source) ? "" : lead.Source.Trim()], (source, members) => source.Length == 0
            ? new(Segment.OfSource, "source", Breakdown.Nothing, "{ source: { known: false } }", "", members)
            : new(Segment.OfSource, "source", source, $"{{ source: {{ is: {Quoted(source)} }} }}", "", members)));
        segments.AddRange(definition.Criteria.Select(criterion => new Segment(
            Segment.OfCriterion, criterion.Id, null, null, "", [.. scores.Select(score => score.Criteria.Any(value => value.Id == criterion.Id && value.Value > 0))])));

        // A segment met before under another name is no other test.
        var met = new HashSet<string>(StringComparer.Ordinal);
        return [.. segments.Where(segment => segment.Count >= Least && segment.Count < leads.Count && met.Add(Fingerprint(segment.Members)))];
    }

    public static string Fingerprint(bool[] members) => string.Create(members.Length, members, static (text, of) =>
    {
        for (var i = 0; i < of.Length; i++)
        {
            text[i] = of[i] ? '1' : '0';
        }
    });

    /// <summary>Those of whom an attribute is unknown.</summary>
    public static Segment Unknown(Definition definition, string attribute, IReadOnlyList<JudgedLead> leads)
    {
        var slot = definition.Attributes.IndexOf(attribute);
        return new(Segment.OfAttribute, attribute, "unknown", $"{{ {attribute}: {{ known: false }} }}", "", [.. leads.Select(lead => !lead.Facts.Values[slot].IsKnown)]);
    }

    public static string Quoted(string text) => JsonSerializer.Serialize(text);

    private static IEnumerable<string> Used(Definition definition) => definition.Criteria.SelectMany(CriterionAttributes.Of)
        .Concat(definition.Exclusions.SelectMany(exclusion => new[] { exclusion.Matching.If, exclusion.Unless?.If }).OfType<Condition>()
            .SelectMany(condition => CriterionAttributes.Of(new AttributeCriterion("", LocalizedText.Same(""), [new Tier(condition, 1)]))))
        .Distinct();

    private static IEnumerable<Segment> OfAttribute(Definition definition, LeadAttribute attribute, IReadOnlyList<JudgedLead> leads)
    {
        var slot = definition.Attributes.IndexOf(attribute.Name);
        yield return Unknown(definition, attribute.Name, leads);
        switch (attribute.Type)
        {
            case AttributeType.Text:
            case AttributeType.List:
                foreach (var segment in ByText(
                    leads,
                    lead => !lead.Facts.Values[slot].IsKnown ? [] : attribute.Type == AttributeType.List ? lead.Facts.Values[slot].Elements : [lead.Facts.Values[slot].Text],
                    (value, members) => new(Segment.OfAttribute, attribute.Name, value, $"{{ {attribute.Name}: {{ is: {Quoted(value)} }} }}", "", members)))
                {
                    yield return segment;
                }

                break;
            case AttributeType.Boolean:
                yield return New("true", "is: true", lead => lead.Facts.Values[slot] is { IsKnown: true, Boolean: true });
                yield return New("false", "is: false", lead => lead.Facts.Values[slot] is { IsKnown: true, Boolean: false });
                break;
            case AttributeType.Number:
                foreach (var cut in Cuts(definition, attribute.Name, [.. leads.Select(lead => lead.Facts.Values[slot]).Where(value => value.IsKnown).Select(value => value.Number)]))
                {
                    var text = cut.ToString("0.############", CultureInfo.InvariantCulture);
                    yield return New($"< {text}", $"less_than: {text}", lead => lead.Facts.Values[slot] is { IsKnown: true } value && value.Number < cut, "below");
                    yield return New($">= {text}", $"at_least: {text}", lead => lead.Facts.Values[slot] is { IsKnown: true } value && value.Number >= cut, "from");
                }

                break;
        }

        Segment New(string value, string test, Func<JudgedLead, bool> isIn, string group = "") => new(
            Segment.OfAttribute, attribute.Name, value, $"{{ {attribute.Name}: {{ {test} }} }}", group.Length == 0 ? "" : $"{attribute.Name} {group}", [.. leads.Select(isIn)]);
    }

    private static IEnumerable<Segment> ByText(IReadOnlyList<JudgedLead> leads, Func<JudgedLead, IReadOnlyList<string>> values, Func<string, bool[], Segment> create)
    {
        var having = new SortedDictionary<string, List<int>>(StringComparer.Ordinal);
        for (var i = 0; i < leads.Count; i++)
        {
            foreach (var value in values(leads[i]).Distinct(StringComparer.Ordinal))
            {
                having.TryAdd(value, []);
                having[value].Add(i);
            }
        }

        foreach (var (value, places) in having.Where(pair => pair.Value.Count >= Least))
        {
            var members = new bool[leads.Count];
            foreach (var place in places)
            {
                members[place] = true;
            }

            yield return create(value, members);
        }
    }

    private static IEnumerable<double> Cuts(Definition definition, string attribute, IReadOnlyList<double> values)
    {
        if (values.Count < Least)
        {
            return [];
        }

        var (least, greatest) = (values.Min(), values.Max());
        List<double> cuts = [.. Bounds(definition, attribute)];
        for (var decade = 1.0; decade <= greatest && decade < 1e15; decade *= 10)
        {
            cuts.AddRange(RoundNumbers.Select(number => number * decade));
        }

        return cuts.Where(cut => cut > least && cut <= greatest).Distinct().Order();
    }

    /// <summary>Where the definition itself cuts the attribute; the upper end of <c>at_most</c> belongs to those below.</summary>
    private static IEnumerable<double> Bounds(Definition definition, string attribute) => definition.Criteria
        .SelectMany(criterion => criterion switch
        {
            AttributeCriterion of => of.Tiers.Select(tier => tier.If),
            ActivityCriterion { If: { } condition } => [condition],
            _ => Enumerable.Empty<Condition>(),
        })
        .SelectMany(condition => Tests(condition, attribute))
        .SelectMany(test => test.Operator switch
        {
            Operator.AtLeast or Operator.LessThan => test.Numbers,
            Operator.AtMost or Operator.MoreThan => test.Numbers.Select(After),
            Operator.Between => [test.Numbers[0], After(test.Numbers[1])],
            _ => Enumerable.Empty<double>(),
        });

    private static double After(double bound) => Math.Floor(bound) + 1;

    private static IEnumerable<Test> Tests(Condition condition, string attribute) => condition switch
    {
        AllOf all => all.Parts.SelectMany(part => Tests(part, attribute)),
        AnyOf any => any.Parts.SelectMany(part => Tests(part, attribute)),
        NoneOf none => none.Parts.SelectMany(part => Tests(part, attribute)),
        SubjectCondition subject when subject.Subject == attribute => subject.Tests,
        _ => [],
    };
}
