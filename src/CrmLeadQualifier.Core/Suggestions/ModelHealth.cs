using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Suggestions;

/// <summary>What is wrong with a definition whatever the outcomes say.</summary>
/// <param name="Kind">One of the constants.</param>
/// <param name="Subject">The criterion, the grade, or <c>mql</c> or <c>total</c>.</param>
public sealed record HealthFinding(string Kind, string Subject, LocalizedText Sentence)
{
    public const string Unknown = "unknown";
    public const string NeverFires = "never_fires";
    public const string AlwaysFires = "always_fires";
    public const string Inflation = "inflation";
    public const string Grade = "grade_not_monotone";
    public const string Volume = "volume";

    /// <summary>With <see cref="Volume"/>: the threshold of the total that would fit; null: none was found.</summary>
    public int? Threshold { get; init; }
}

/// <summary>A lead as health looks at it.</summary>
/// <param name="At">As of when its facts count.</param>
/// <param name="TotalAtAge">Its total at the age of 14 days; null: younger, or not scored.</param>
public sealed record SampledLead(LeadFacts Facts, Instant At, Instant? CreatedAt, int? TotalAtAge);

/// <summary>Finds criteria that say nothing, scores that drift, and grades in the wrong order.</summary>
public static class ModelHealth
{
    /// <summary>At this age scores are compared over time: a lead has had as long as any other.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromDays(14);

    /// <summary>Of fewer leads nothing is said.</summary>
    private const int Least = 50;

    private const double Most = 0.5;
    private const double Always = 0.99;
    private const double Inflated = 1.1;

    /// <param name="sample">Leads of any kind.</param>
    /// <param name="cohort">Leads with a verdict, each as of its MQL transition.</param>
    public static IReadOnlyList<HealthFinding> Of(Definition definition, IReadOnlyList<SampledLead> sample, IReadOnlyList<JudgedLead> cohort) =>
    [
        .. sample.Count < Least ? [] : Criteria(definition, sample),
        .. Inflation(sample),
        .. Grades(definition, cohort),
    ];

    /// <summary>More MQLs than sales answers in time; null: it keeps up, or there are too few to say.</summary>
    /// <param name="answeredInTime">Per week.</param>
    /// <param name="fitting">The lowest threshold of the total with no more MQLs than that; null: not known.</param>
    public static HealthFinding? Volume(double mqlsPerWeek, double answeredInTime, int? fitting) => mqlsPerWeek < Inflated * answeredInTime || mqlsPerWeek < 1 ? null
        : new(HealthFinding.Volume, "mql", HealthSentences.Volume(mqlsPerWeek, answeredInTime, fitting)) { Threshold = fitting };

    private static IEnumerable<HealthFinding> Criteria(Definition definition, IReadOnlyList<SampledLead> sample)
    {
        var columns = new CriterionColumns(definition);
        var rows = sample.Select(lead => columns.Of(lead.Facts, lead.At)).ToList();
        foreach (var criterion in definition.Criteria)
        {
            int[] places = [.. Enumerable.Range(0, columns.All.Count).Where(place => columns.All[place].Criterion.Id == criterion.Id)];
            var firing = new Rate(rows.Count(row => places.Any(place => row[place] != 0)), rows.Count);
            if (firing.Count == 0)
            {
                yield return new(HealthFinding.NeverFires, criterion.Id, HealthSentences.NeverFires(criterion.Label, firing));
            }
            else if (firing.Value >= Always)
            {
                yield return new(HealthFinding.AlwaysFires, criterion.Id, HealthSentences.AlwaysFires(criterion.Label, firing));
            }

            foreach (var attribute in CriterionAttributes.Of(criterion))
            {
                var slot = definition.Attributes.IndexOf(attribute);
                var unknown = new Rate(sample.Count(lead => !lead.Facts.Values[slot].IsKnown), sample.Count);
                if (unknown.Value > Most)
                {
                    yield return new(HealthFinding.Unknown, criterion.Id, HealthSentences.Unknown(criterion.Label, attribute, unknown));
                }
            }
        }
    }

    /// <summary>The newer half of the leads against the older one, at equal age: a higher median, and for sure more often the higher total.</summary>
    private static IEnumerable<HealthFinding> Inflation(IReadOnlyList<SampledLead> sample)
    {
        var leads = sample.Where(lead => lead is { CreatedAt: not null, TotalAtAge: not null }).OrderBy(lead => lead.CreatedAt).ToList();
        if (leads.Count < 2 * Least)
        {
            yield break;
        }

        var half = leads.Count / 2;
        var (older, newer) = (new Quantiles(leads[..half].Select(lead => (double)lead.TotalAtAge!)).Median!.Value, new Quantiles(leads[half..].Select(lead => (double)lead.TotalAtAge!)).Median!.Value);
        var higher = RocAuc.Of([.. leads.Select(lead => (double)lead.TotalAtAge!)], [.. leads.Select((_, i) => i >= half)])!;
        if (newer > 0 && newer >= Inflated * older && higher.Interval.Low > 0.5)
        {
            yield return new(HealthFinding.Inflation, "total", HealthSentences.Inflation(older, newer, leads[half].CreatedAt!.Value));
        }
    }

    /// <summary>A worse grade that sales takes more often, for sure.</summary>
    private static IEnumerable<HealthFinding> Grades(Definition definition, IReadOnlyList<JudgedLead> cohort)
    {
        if (definition.Grades is null)
        {
            return [];
        }

        var plan = ScoringPlan.Compile(definition);
        var rates = cohort.GroupBy(lead => plan.Score(lead.Facts, lead.At, findNextChange: false).Grade).Where(grade => grade.Key is not null)
            .Select(grade => (Grade: grade.Key!, Rate: Rate.Among([.. grade], lead => lead.IsGood))).Where(grade => grade.Rate.Of >= Segments.Least).ToList();
        var pairs = rates.SelectMany(better => rates.Where(worse => worse.Grade != better.Grade && worse.Grade[0] >= better.Grade[0] && worse.Grade[1] >= better.Grade[1]).Select(worse => (better, worse))).ToList();
        var q = FalseDiscoveryRate.Adjust([.. pairs.Select(pair =>
            FisherExact.TwoSided(pair.worse.Rate.Count, pair.worse.Rate.Of, pair.worse.Rate.Count + pair.better.Rate.Count, pair.worse.Rate.Of + pair.better.Rate.Of))]);
        return pairs.Where((pair, i) => q[i] <= RejectedSegments.Q && pair.worse.Rate.Value > pair.better.Rate.Value)
            .Select(pair => new HealthFinding(HealthFinding.Grade, pair.better.Grade, HealthSentences.Grade(pair.better.Grade, pair.better.Rate, pair.worse.Grade, pair.worse.Rate)));
    }
}
