using System.Globalization;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Suggestions;

/// <summary>
/// Makes a proposal from what became of leads: learns from the older 80 %, writes the amended definition, and judges it as it would really score (integers, caps, floors) on the
/// newest 20 %, beside the present one. Pure: the same leads give the same proposal.
/// </summary>
/// <remarks>One gate for all: without an improvement whose 95 % interval lies above zero, nothing is proposed.</remarks>
public sealed class ProposalMaker
{
    /// <summary>With fewer outcomes nothing is proposed.</summary>
    public const int LeastOutcomes = 100;

    /// <summary>So many new criteria and exclusions at most: people have to read it.</summary>
    private const int MostSegments = 3;

    private readonly WrittenDefinition _present;
    private readonly SuggestionOutcome _outcome;
    private readonly IReadOnlyList<(LeadFacts Facts, Instant At)> _sample;
    private readonly List<JudgedLead> _all;
    private readonly List<JudgedLead> _newest;
    private readonly ScoringPlan _plan;

    private ProposalMaker(WrittenDefinition present, SuggestionOutcome outcome, IEnumerable<JudgedLead> judged, IReadOnlyList<(LeadFacts Facts, Instant At)> sample)
    {
        _present = present;
        _outcome = outcome;
        _sample = sample;
        _all = [.. judged.OrderBy(lead => lead.At).ThenBy(lead => lead.Id, StringComparer.Ordinal)];
        _newest = _all[(_all.Count * 4 / 5)..];
        _plan = ScoringPlan.Compile(present.Definition);
    }

    /// <param name="judged">In any order.</param>
    /// <param name="sample">Leads, judged or not, each as of an instant: thresholds are moved so that as many of them reach each as now.</param>
    public static Proposal Make(WrittenDefinition present, SuggestionOutcome outcome, IEnumerable<JudgedLead> judged, IReadOnlyList<(LeadFacts Facts, Instant At)> sample) =>
        new ProposalMaker(present, outcome, judged, sample).Make();

    private Proposal Make()
    {
        var good = Rate.Among(_all, lead => lead.IsGood);
        var presentRanks = Ranks(_plan);
        bool[] outcomes = [.. _newest.Select(lead => lead.IsGood)];
        var proposal = new Proposal(_outcome) { Good = good, Judged = _newest.Count, Present = RocAuc.Of(presentRanks, outcomes) };
        if (good.Of < LeastOutcomes)
        {
            return proposal with { WhyNone = SuggestionSentences.TooFew(good.Of, _outcome) };
        }

        var older = _all[..^_newest.Count].Where(lead => _plan.Score(lead.Facts, lead.At, findNextChange: false).Status is not (LeadStatus.Unscorable or LeadStatus.Excluded)).ToList();
        if (proposal.Present is null || older.Count(lead => lead.IsGood) < Segments.Least || older.Count(lead => !lead.IsGood) < Segments.Least)
        {
            return proposal with { WhyNone = SuggestionSentences.OneSided(good, _outcome) };
        }

        var (never, rest) = NeverConverting.Find(_present.Definition, older, MostSegments);
        var taken = _present.Definition.Criteria.Select(criterion => criterion.Id).Concat(_present.Definition.Exclusions.Select(exclusion => exclusion.Id)).ToHashSet(StringComparer.Ordinal);
        List<Edit> exclusions = [.. never.Select(found => Exclusion(found.Segment, found.Good, SegmentNames.Id(found.Segment, taken)))];
        var excluding = exclusions.Count == 0 ? null : Judge(exclusions);
        var reweighted = rest.Count(lead => lead.IsGood) < Segments.Least || rest.Count(lead => !lead.IsGood) < Segments.Least ? null : Reweighted(exclusions, rest, taken);

        // Other points on top of the exclusions must be worth the change: people have to read and sign it.
        var chosen = excluding is null || (reweighted is not null && RocAuc.Difference(reweighted.Ranks, excluding.Ranks, outcomes)!.Interval.Low > 0) ? reweighted : excluding;
        if (chosen is null)
        {
            return proposal with { WhyNone = SuggestionSentences.NothingLearned };
        }

        var improvement = RocAuc.Difference(chosen.Ranks, presentRanks, outcomes)!;
        proposal = proposal with { Proposed = RocAuc.Of(chosen.Ranks, outcomes), Improvement = improvement };
        if (improvement.Interval.Low <= 0)
        {
            return proposal with { WhyNone = SuggestionSentences.NoImprovement(improvement, _newest.Count) };
        }

        return proposal with
        {
            Amended = chosen.Written,
            Changes =
            [
                .. chosen.Edits.Select(edit => edit.Change with { Amended = edit.IsOfAll ? chosen.Written : Write([edit], moveThresholds: false)?.Written }),
                .. chosen.Moved.Select(change => change with { Amended = chosen.Written }),
            ],
        };
    }

    /// <summary>The definition with other points beside the exclusions; null: nothing was learned.</summary>
    /// <param name="rest">The older leads that are not excluded.</param>
    private Candidate? Reweighted(IReadOnlyList<Edit> exclusions, List<JudgedLead> rest, HashSet<string> taken)
    {
        var segments = NewSegments(rest);
        var learned = new Reweighting(_present.Definition, rest, segments);
        var edits = Edits(learned, segments, rest, taken);
        if (learned.Scale == 0 || edits.Count == 0)
        {
            return null;
        }

        edits = [.. exclusions, .. edits];
        edits.AddRange(Room(edits, rest));
        return Judge(edits);
    }

    /// <summary>Null: it would be no valid definition.</summary>
    private Candidate? Judge(IReadOnlyList<Edit> edits) =>
        Write(edits, moveThresholds: true) is { } amended ? new(edits, amended.Written, amended.Moved, Ranks(ScoringPlan.Compile(amended.Written.Definition))) : null;

    /// <summary>By the total; who cannot be scored or is out of target is never handed over, whatever the total, and comes last.</summary>
    private double[] Ranks(ScoringPlan plan) => [.. _newest.Select(lead => plan.Score(lead.Facts, lead.At, findNextChange: false) is
        { Status: not (LeadStatus.Unscorable or LeadStatus.Excluded) } score ? score.Total : -1.0)];

    /// <summary>What no criterion says yet: who is unknown, as a category of its own, and whom the older leads' outcomes single out.</summary>
    private List<Segment> NewSegments(List<JudgedLead> older)
    {
        var said = new SaidByCriteria(_present.Definition, older);
        var unknown = _present.Definition.Criteria.OfType<AttributeCriterion>().SelectMany(CriterionAttributes.Of).Distinct().Select(name => Segments.Unknown(_present.Definition, name, older));
        var rejected = RejectedSegments.Search(_present.Definition, older).Select(found => found.Segment).Where(segment => segment.If is not null && !said.Says(segment)).Take(MostSegments);
        return [.. unknown.Where(segment => segment.Count >= Segments.Least && !said.Says(segment)).Concat(rejected).DistinctBy(segment => Segments.Fingerprint(segment.Members))];
    }

    private Edit Exclusion(Segment segment, Rate good, string id) => new(
        new(ProposedChange.Exclusion, id, null, null, SuggestionSentences.NeverConverts(segment, good, _outcome)),
        patch => patch.AddExclusion($"{{ id: {id}, label: {Segments.Quoted(SegmentNames.Label(segment))}, if: {segment.If} }}"));

    private List<Edit> Edits(Reweighting learned, List<Segment> segments, List<JudgedLead> older, HashSet<string> taken)
    {
        List<Edit> edits = [];
        for (var i = 0; i < segments.Count; i++)
        {
            var (segment, column) = (segments[i], learned.Columns.Count + i);
            var points = learned.Points(column);
            if (!learned.IsKnown(column) || points == 0)
            {
                continue;
            }

            var good = new Rate(older.Where((lead, place) => segment.Members[place] && lead.IsGood).Count(), segment.Count);
            var id = SegmentNames.Id(segment, taken);
            var label = Segments.Quoted(SegmentNames.Label(segment));
            edits.Add(new(
                new(ProposedChange.Criterion, id, null, points, SuggestionSentences.NewCriterion(segment, good, learned.OddsRatio(column), _outcome)),
                patch => patch.AddCriterion("profile", $"{{ id: {id}, label: {label}, if: {segment.If}, points: {points.ToString(CultureInfo.InvariantCulture)} }}")));
        }

        foreach (var criterion in learned.Columns.Select((column, place) => (column.Criterion, Place: place)).GroupBy(column => column.Criterion.Id))
        {
            edits.AddRange(EditsOf([.. criterion.Select(column => column.Place)], learned));
        }

        return edits;
    }

    /// <summary>The edits of one criterion: other points for its tiers, or its removal.</summary>
    private IEnumerable<Edit> EditsOf(List<int> columns, Reweighting learned)
    {
        var criterion = learned.Columns[columns[0]].Criterion;
        var points = columns.Select(column => learned.IsKnown(column) ? learned.Points(column) : learned.Columns[column].Points).ToList();
        var (isNamed, isBound) = UseInMql(criterion.Id);
        if (isBound || (isNamed && points.Any(value => value <= 0)))
        {
            // What mql.when asks of the criterion itself is the teams' own rule.
            yield break;
        }

        if (points.All(value => value == 0))
        {
            var section = _present.Definition.Sections.First(section => section.Criteria.Contains(criterion));
            if (section.Criteria.Count > 1)
            {
                var present = columns.Select(column => learned.Columns[column].Points).MaxBy(Math.Abs);
                yield return new(
                    new(ProposedChange.Remove, criterion.Id, present, null, SuggestionSentences.CarriesNothing(columns.Sum(learned.Holding), columns.Select(learned.OddsRatio).First())),
                    patch => patch.Remove(criterion.Id));
            }

            yield break;
        }

        for (var i = 0; i < columns.Count; i++)
        {
            var (column, value, tier) = (columns[i], points[i], learned.Columns[columns[i]].Tier);
            var from = learned.Columns[column].Points;
            if (value == from || (value == 0 && columns.Count == 1))
            {
                continue;
            }

            var isActivity = criterion is ActivityCriterion;
            yield return new(
                new(ProposedChange.Points, criterion.Id, from, value, SuggestionSentences.OtherPoints(learned.OddsRatio(column), learned.OddsRatioAlone(column), isActivity, _outcome))
                {
                    Tier = columns.Count > 1 ? tier + 1 : null,
                },
                patch => patch.SetPoints(criterion.Id, tier, value));
        }
    }

    /// <summary>Whether the moment of hand-over depends on a criterion alone, and whether on more than its being there.</summary>
    private (bool IsNamed, bool IsBound) UseInMql(string criterion)
    {
        var tests = Tests(_present.Definition.Mql.When).ToList();
        return (tests.Count > 0 || _present.Definition.Mql.Always.Contains(criterion), tests.Any(test => test is not { Operator: Operator.AtLeast, Numbers: [<= 1] }));

        IEnumerable<Test> Tests(Condition condition) => condition switch
        {
            AllOf all => all.Parts.SelectMany(Tests),
            AnyOf any => any.Parts.SelectMany(Tests),
            NoneOf none => none.Parts.SelectMany(Tests),
            SubjectCondition subject when subject.Subject == "criterion." + criterion => subject.Tests,
            _ => [],
        };
    }

    /// <summary>The amended definition; null where it would not be valid.</summary>
    private (WrittenDefinition Written, IReadOnlyList<ProposedChange> Moved)? Write(IReadOnlyList<Edit> edits, bool moveThresholds)
    {
        var patch = Patched(edits);
        if (!moveThresholds)
        {
            return patch.Apply(_present.Name) is { } single ? (new(single.Definition, single.Yaml, _present.Name), []) : null;
        }

        if (Probe(edits) is not { } scored)
        {
            return null;
        }

        var moved = ThresholdMoves.Move(patch, _plan, ScoringPlan.Compile(scored.Definition), _sample);
        return patch.Apply(_present.Name) is { } written ? (new(written.Definition, written.Yaml, _present.Name), moved) : null;
    }

    /// <summary>The amended definition with bounds that any score reaches: the new scores can be looked at before it is known where the bounds belong.</summary>
    private (string Yaml, Definition Definition)? Probe(IReadOnlyList<Edit> edits)
    {
        var probe = Patched(edits);
        foreach (var threshold in probe.Thresholds)
        {
            probe.Set(threshold, threshold.Operator is "at_least" or "more_than" ? -1 : 1_000_000);
        }

        return probe.Apply(_present.Name);
    }

    private DefinitionPatch Patched(IReadOnlyList<Edit> edits)
    {
        var patch = new DefinitionPatch(_present.Yaml);
        foreach (var edit in edits)
        {
            edit.Make(patch);
        }

        return patch;
    }

    /// <summary>
    /// A section's score goes neither below 0 nor above its cap. Where the new points would have the profile end there for more than one lead in a hundred, everybody starts with some
    /// points, or the cap is raised: otherwise the points beyond would tell nobody apart.
    /// </summary>
    private IEnumerable<Edit> Room(IReadOnlyList<Edit> edits, IReadOnlyList<JudgedLead> older)
    {
        if (Probe(edits) is not { } probe)
        {
            yield break;
        }

        var plan = ScoringPlan.Compile(probe.Definition);
        long[] sums = [.. older.Select(lead => plan.Score(lead.Facts, lead.At, findNextChange: false)).Select(score => score.Profile - score.Adjustments.FirstOrDefault(of => of.Key == "profile").Value).Order()];
        var rare = sums.Length / 100;
        var start = sums[rare] < 0 ? (int)Math.Min(1000, -sums[0]) : 0;
        if (start > 0)
        {
            var id = SegmentNames.Free("everybody", probe.Definition.Criteria.Select(criterion => criterion.Id).Concat(probe.Definition.Exclusions.Select(exclusion => exclusion.Id)).ToHashSet());
            var always = _present.Definition.Requires is [var required, ..] ? $"{{ {required}: {{ known: true }} }}" : "{ any: [ { email: { known: true } }, { email: { known: false } } ] }";
            yield return new(
                new(ProposedChange.Criterion, id, null, start, SuggestionSentences.Everybody(start)),
                patch => patch.AddCriterion("profile", $"{{ id: {id}, label: {{ en: Everybody, fr: Tout le monde }}, if: {always}, points: {start.ToString(CultureInfo.InvariantCulture)} }}"),
                IsOfAll: true);
        }

        var highest = sums[^(rare + 1)] + start;
        if (highest > probe.Definition.Profile.Cap)
        {
            var cap = (int)Math.Min(1000, (sums[^1] + start + 9) / 10 * 10);
            yield return new(
                new(ProposedChange.Threshold, "profile.cap", probe.Definition.Profile.Cap, cap, SuggestionSentences.Cap), patch => patch.SetProfileCap(cap), IsOfAll: true);
        }
    }

    /// <summary>An amended definition, and how it ranks the newest leads.</summary>
    private sealed record Candidate(IReadOnlyList<Edit> Edits, WrittenDefinition Written, IReadOnlyList<ProposedChange> Moved, double[] Ranks);

    /// <param name="IsOfAll">It makes no sense without the others.</param>
    private sealed record Edit(ProposedChange Change, Action<DefinitionPatch> Make, bool IsOfAll = false);
}
