using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Scoring;

/// <summary>
/// A definition compiled once into what scoring needs (definition language, sections 2 to 5). Immutable: any number of threads score with one plan at the same time.
/// </summary>
public sealed partial class ScoringPlan
{
    private readonly AttributeSchema _schema;
    private readonly int[] _requires;

    /// <summary>The text attributes that conditions are about, see <see cref="Fetch"/>.</summary>
    private readonly int[] _texts;
    private readonly PlannedSection[] _sections;
    private readonly PlannedItem[] _criteria;
    private readonly PlannedExclusion[] _exclusions;
    private readonly PlannedGrades? _grades;
    private readonly CompiledCondition<ScoreQuantities> _qualifies;

    /// <summary>A quantity that rises never ends <see cref="_qualifies"/>.</summary>
    private readonly bool _qualifiesByRising;
    private readonly PlannedKind?[] _kinds;
    private readonly int _matcherCount;
    private readonly (ActivityMatcher Matcher, DistinctValues Values)[] _distinct;
    private readonly LeadTextScans _leadScans;

    private ScoringPlan(Definition definition)
    {
        _schema = definition.Attributes;
        _requires = [.. definition.Requires.Select(_schema.IndexOf)];
        var compiler = new PlanCompiler(_schema);
        var first = 0;
        _sections = [.. definition.Sections.Select(section =>
        {
            var start = first;
            first += section.Criteria.Count;
            return new PlannedSection(section.Name, section.Cap, start, first);
        })];
        _criteria = [.. definition.Criteria.Select(compiler.Criterion)];
        _exclusions = [.. definition.Exclusions.Select(compiler.Exclusion)];
        _grades = definition.Grades is { } grades ? new PlannedGrades(grades) : null;
        _qualifies = new QuantityConditionCompiler([.. definition.Criteria.Select(criterion => criterion.Id)]).Compile(definition.Mql.When);
        _qualifiesByRising = HoldsByRising(definition.Mql.When);
        _matcherCount = compiler.Matchers.Count;
        _distinct = [.. compiler.Distinct];
        compiler.Seal();
        _leadScans = compiler.LeadScans;
        _texts = [.. compiler.Texts];
        _kinds = [.. ActivityKind.All.Select(kind => PlannedKind.For(kind, compiler.Matchers, compiler.ActivityScans))];
    }

    /// <param name="definition">A checked definition.</param>
    /// <exception cref="ArgumentException">The definition names what its own schema does not have: no definition of <see cref="DefinitionReader"/> does.</exception>
    public static ScoringPlan Compile(Definition definition) => new(definition);

    /// <summary>Scores one lead as of an instant.</summary>
    /// <param name="facts">Facts under the definition's schema.</param>
    /// <param name="at">Activities after it do not count yet.</param>
    /// <param name="findNextChange">False leaves <see cref="LeadScore.NextChangeAt"/> null, for callers that only ask what the score is.</param>
    public LeadScore Score(LeadFacts facts, Instant at, bool findNextChange = true)
    {
        var scratch = ScoringScratch.OfThread;
        CheckSchema(facts);
        scratch.Fetched = Fetch(facts);
        if (Missing(facts.Values) is { } missing)
        {
            return new LeadScore { Status = LeadStatus.Unscorable, Missing = missing };
        }

        return Score(LeadOf(facts, at, scratch), Match(facts, at.UnixMilliseconds, scratch), scratch, findNextChange);
    }

    /// <summary>Both <see cref="Score(LeadFacts, Instant, bool)"/> and <see cref="CountedActivities"/>, for less than the two cost: what matches is found once.</summary>
    public (LeadScore Score, CountedActivities Counted) ScoreAndCount(LeadFacts facts, Instant at)
    {
        var scratch = ScoringScratch.OfThread;
        CheckSchema(facts);
        scratch.Fetched = Fetch(facts);
        var lead = LeadOf(facts, at, scratch);
        var matches = Match(facts, at.UnixMilliseconds, scratch);
        var counted = Count(in lead, in matches);
        return Missing(facts.Values) is { } missing
            ? (new LeadScore { Status = LeadStatus.Unscorable, Missing = missing }, counted)
            : (Score(in lead, in matches, scratch, findNextChange: true), counted);
    }

    /// <summary>The latest activities that criteria count as of an instant. An unscorable lead's count too: what is missing may be filled in later.</summary>
    /// <param name="facts">Facts under the definition's schema.</param>
    public CountedActivities CountedActivities(LeadFacts facts, Instant at)
    {
        CheckSchema(facts);
        var scratch = ScoringScratch.OfThread;
        return Count(LeadOf(facts, at, scratch), Match(facts, at.UnixMilliseconds, scratch));
    }

    /// <summary>
    /// Since when a lead has been qualified without a break, as far as its activities tell: of the instants <paramref name="notBefore"/>, <paramref name="at"/> and those of the
    /// activities in between, the earliest as of which, and as of all the later ones, the status is qualified. Attributes are taken as they are. Between two of those instants
    /// decay, windows and dates alone may have taken the status away and given it back; that does not count as a break.
    /// </summary>
    /// <param name="facts">Facts under the definition's schema.</param>
    /// <param name="at">The instant as of which the lead is to be qualified.</param>
    /// <param name="notBefore">Not after <paramref name="at"/>.</param>
    /// <returns>Null if the lead is not qualified as of <paramref name="at"/>.</returns>
    public Instant? QualifiedSince(LeadFacts facts, Instant at, Instant notBefore)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(notBefore, at);
        if (!IsQualified(facts, at))
        {
            return null;
        }

        var since = at;
        foreach (ref readonly var activity in facts.Activities)
        {
            // Latest first: an instant already judged is met again where activities share it.
            if (activity.At >= since)
            {
                continue;
            }

            if (activity.At <= notBefore)
            {
                break;
            }

            if (!IsQualified(facts, activity.At))
            {
                return since;
            }

            since = activity.At;
        }

        return since > notBefore && IsQualified(facts, notBefore) ? notBefore : since;
    }

    private CountedActivities Count(in LeadAsOf lead, in LeadMatches matches)
    {
        Instant? latest = null;
        var byCriterion = new Dictionary<string, Instant>();
        foreach (var item in _criteria)
        {
            if (item is PlannedActivityCriterion criterion && criterion.LatestCounted(in lead, in matches) is { } counted)
            {
                byCriterion.Add(criterion.Id, counted);
                latest = criterion.HasPositivePoints && (latest is null || counted > latest) ? counted : latest;
            }
        }

        return new CountedActivities(latest, byCriterion);
    }

    private LeadScore Score(in LeadAsOf lead, in LeadMatches matches, ScoringScratch scratch, bool findNextChange)
    {
        var numbers = scratch.Numbers(QuantityConditionCompiler.FirstCriterion + _criteria.Length);
        var values = numbers[QuantityConditionCompiler.FirstCriterion..];
        var boundaries = scratch.Boundaries(_criteria.Length + _exclusions.Length);
        var nonZero = 0;
        var horizon = long.MaxValue;
        for (var i = 0; i < _criteria.Length; i++)
        {
            var value = _criteria[i].ValueAsOf(in lead, in matches, out var next);
            values[i] = value;
            boundaries[i] = next;
            horizon = Math.Min(horizon, next);
            nonZero += value != 0 ? 1 : 0;
        }

        var excluded = 0;
        var exclusionBoundaries = boundaries[_criteria.Length..];
        Span<bool> excludes = _exclusions.Length <= 256 ? stackalloc bool[_exclusions.Length] : new bool[_exclusions.Length];
        for (var i = 0; i < _exclusions.Length; i++)
        {
            var value = _exclusions[i].ValueAsOf(in lead, in matches, out var next);
            excludes[i] = value != 0;
            exclusionBoundaries[i] = next;
            horizon = Math.Min(horizon, next);
            excluded += (int)value;
        }

        var adjustments = SumSections(numbers, withAdjustments: true);
        var profile = (int)numbers[QuantityConditionCompiler.Profile];
        var behaviour = (int)numbers[QuantityConditionCompiler.Behaviour];
        var intent = (int)numbers[QuantityConditionCompiler.Intent];
        var grade = _grades?.Of(profile, behaviour + intent) ?? -1;
        var status = excluded > 0 ? LeadStatus.Excluded
            : _qualifies.Holds(new ScoreQuantities(numbers, grade < 0 ? null : PlannedGrades.Folded(grade))) ? LeadStatus.Qualified
            : LeadStatus.NotYet;
        return new LeadScore
        {
            Status = status,
            Profile = profile,
            Behaviour = behaviour,
            Intent = intent,
            Grade = grade < 0 ? null : PlannedGrades.Written(grade),
            Criteria = nonZero == 0 ? [] : NonZero(values, nonZero),
            Adjustments = adjustments,
            ExcludedBy = excluded == 0 ? [] : Excluding(excludes, excluded),
            NextChangeAt = findNextChange && horizon <= Instant.MaxValue.UnixMilliseconds ? NextChange(in lead, in matches, values, excludes, boundaries) : null,
        };
    }

    private bool IsQualified(LeadFacts facts, Instant at) => Score(facts, at, findNextChange: false).Status == LeadStatus.Qualified;

    private LeadAsOf LeadOf(LeadFacts facts, Instant at, ScoringScratch scratch)
    {
        var found = scratch.Found(_leadScans.Count);
        _leadScans.Find(facts.Values, found);
        return new LeadAsOf(facts.Values, found, at.UnixMilliseconds);
    }

    /// <summary>
    /// Asks every text that may be looked at for its length. Asked of all before the first is looked at, it has the processor fetch them from memory side by side instead of one after
    /// the other: with leads that are not in its cache that is a quarter of the whole time.
    /// </summary>
    private int Fetch(LeadFacts facts)
    {
        var fetched = 0;
        foreach (ref readonly var activity in facts.Activities)
        {
            // Nearly all conditions on activities are about their first text.
            fetched += (activity.Text0 ?? "").Length;
        }

        var values = facts.Values;
        foreach (var slot in _texts)
        {
            ref readonly var value = ref values[slot];
            fetched += value.IsKnown ? value.Text.Length : 0;
        }

        return fetched;
    }

    private void CheckSchema(LeadFacts facts)
    {
        if (!ReferenceEquals(facts.Schema, _schema) && !facts.Schema.Attributes.SequenceEqual(_schema.Attributes))
        {
            throw new ArgumentException("The facts were gathered under another definition's attributes.", nameof(facts));
        }
    }

    private string[]? Missing(ReadOnlySpan<AttributeValue> values)
    {
        List<string>? missing = null;
        foreach (var slot in _requires)
        {
            if (!values[slot].IsKnown)
            {
                (missing ??= []).Add(_schema.Attributes[slot].Name);
            }
        }

        return missing?.ToArray();
    }

    /// <summary>Asks each matcher once about each activity of its kinds that can count as of <paramref name="at"/> or later.</summary>
    private LeadMatches Match(LeadFacts facts, long at, ScoringScratch scratch)
    {
        var activities = facts.Activities;
        var words = LeadMatches.WordsFor(activities.Length);
        var bits = scratch.Bits(words * _matcherCount);
        for (var place = 0; place < activities.Length; place++)
        {
            ref readonly var activity = ref activities[place];
            _kinds[activity.KindIndex]?.Match(in activity, at, bits[(place >> 6)..], words, 1UL << place);
        }

        var superseding = scratch.Superseding(activities.Length * _distinct.Length);
        foreach (var (matcher, values) in _distinct)
        {
            values.Find(activities, bits.Slice(matcher.Index * words, words), superseding.Slice(values.Index * activities.Length, activities.Length));
        }

        return new LeadMatches(activities, bits, superseding);
    }

    /// <summary>Fills in the sections and the total from the criteria's values.</summary>
    /// <returns>The adjustments, where a cap or the floor bit; none unless they are asked for.</returns>
    private KeyValuePair<string, long>[] SumSections(Span<long> numbers, bool withAdjustments)
    {
        KeyValuePair<string, long>[] adjustments = [];
        var total = 0L;
        for (var i = 0; i < _sections.Length; i++)
        {
            var section = _sections[i];
            var sum = 0L;
            foreach (var value in numbers[(QuantityConditionCompiler.FirstCriterion + section.Start)..(QuantityConditionCompiler.FirstCriterion + section.End)])
            {
                sum += value;
            }

            var score = Math.Clamp(sum, 0, section.Cap);
            numbers[QuantityConditionCompiler.Profile + i] = score;
            total += score;
            if (withAdjustments && score != sum)
            {
                adjustments = [.. adjustments, new(section.Name, score - sum)];
            }
        }

        numbers[QuantityConditionCompiler.Total] = total;
        return adjustments;
    }

    private CriterionValue[] NonZero(ReadOnlySpan<long> values, int count)
    {
        var nonZero = new CriterionValue[count];
        var next = 0;
        for (var i = 0; next < count; i++)
        {
            if (values[i] != 0)
            {
                nonZero[next++] = new CriterionValue(_criteria[i].Id, values[i]);
            }
        }

        return nonZero;
    }

    private string[] Excluding(ReadOnlySpan<bool> excludes, int count)
    {
        var ids = new string[count];
        var next = 0;
        for (var i = 0; next < count; i++)
        {
            if (excludes[i])
            {
                ids[next++] = _exclusions[i].Id;
            }
        }

        return ids;
    }

    /// <summary>The line changes with the first item that does; an item is looked at only if it may do so before the best found so far.</summary>
    private Instant? NextChange(
        in LeadAsOf lead, in LeadMatches matches, ReadOnlySpan<long> values, ReadOnlySpan<bool> excludes, ReadOnlySpan<long> boundaries)
    {
        var never = Instant.MaxValue.UnixMilliseconds + 1;
        var best = never;
        for (var i = 0; i < boundaries.Length; i++)
        {
            if (boundaries[i] >= best)
            {
                continue;
            }

            PlannedItem item = i < _criteria.Length ? _criteria[i] : _exclusions[i - _criteria.Length];
            var value = i < _criteria.Length ? values[i] : excludes[i - _criteria.Length] ? 1 : 0;
            best = item.NextChange(in lead, in matches, value, boundaries[i], best);
        }

        return best < never ? new Instant(best) : null;
    }

    private readonly record struct PlannedSection(string Name, int Cap, int Start, int End);
}
