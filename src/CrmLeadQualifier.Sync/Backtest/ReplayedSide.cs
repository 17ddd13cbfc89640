using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Suggestions;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Sync.Backtest;

/// <param name="Name">As reports name it: a version, or a file.</param>
public sealed record NamedDefinition(Definition Definition, string Name);

/// <summary>One definition's side of a backtest: its replay, and what indicators need of every lead replayed.</summary>
internal sealed class ReplayedSide
{
    private readonly NamedDefinition _named;
    private readonly Replay _replay;
    private readonly int _schema;
    private readonly Instant _asOf;
    private readonly List<LeadHistory> _leads = [];
    private readonly List<JudgedLead> _judged = [];
    private readonly Dictionary<(string? Source, string? Detail, LeadStatus Status, string Because), NewLeadGroup> _others = [];
    private readonly List<(string Criterion, string Attribute, int Slot)> _asked;
    private readonly int[] _known;
    private int _count;

    public ReplayedSide(NamedDefinition named, int schema, Instant asOf)
    {
        _named = named;
        _schema = schema;
        _asOf = asOf;
        _replay = new Replay(named.Definition, named.Name, schema, asOf);
        _asked =
        [
            .. named.Definition.Criteria.SelectMany(criterion => CriterionAttributes.Of(criterion).Select(attribute => (criterion.Id, attribute, named.Definition.Attributes.IndexOf(attribute)))),
        ];
        _known = new int[_asked.Count];
    }

    /// <summary>The totals of the leads that sales judged, as of the instant of the verdict, in the order in which the leads came.</summary>
    public List<double> Ranks { get; } = [];

    /// <param name="verdict">The verdict that stands; null: none.</param>
    public ReplayedLead Take(HistoricLead lead, VerdictFact? verdict, IndicatorWindow window)
    {
        var replayed = _replay.Play(lead);
        if (verdict is not null)
        {
            Ranks.Add(_replay.RankAt(lead, verdict.At));
        }

        if (JudgedCohort.Of(lead, replayed.MqlAt, verdict, window, _schema) is { } judged)
        {
            _judged.Add(judged);
        }

        CountKnown(lead);
        if (replayed.MqlAt is not null || verdict is not null)
        {
            _leads.Add(_replay.HistoryOf(replayed));
        }
        else if (lead.CreatedAt >= window.From && lead.CreatedAt < window.To)
        {
            CountTogether(lead, replayed.Score);
        }

        return replayed;
    }

    public LeadScore ScoreAt(HistoricLead lead, Instant at) => _replay.ScoreAt(lead, at);

    public IndicatorSet Indicators(IndicatorWindow window, IReadOnlyList<IndicatorProblem> problems) => IndicatorComputation.Compute(
        new IndicatorFacts(_leads)
        {
            OtherNewLeads = _others.Values,
            Coverage = [.. _asked.Select((asked, i) => new AttributeCoverage(asked.Criterion, asked.Attribute, null, new Rate(_known[i], _count)))],
            Problems = problems,
            IsReplay = true,
        },
        _named.Definition,
        window) with { RejectedSegments = RejectedSegments.Find(_named.Definition, _judged) };

    private void CountKnown(HistoricLead lead)
    {
        _count++;
        var values = lead.PeriodAt(_asOf).Facts[_schema].Values;
        for (var i = 0; i < _known.Length; i++)
        {
            _known[i] += values[_asked[i].Slot].IsKnown ? 1 : 0;
        }
    }

    private void CountTogether(HistoricLead lead, LeadScore score)
    {
        var now = lead.PeriodAt(_asOf);
        var because = score.Status == LeadStatus.Unscorable ? score.Missing : score.ExcludedBy;
        var key = (now.Source, now.SourceDetail, score.Status, string.Join(' ', because));
        _others[key] = _others.TryGetValue(key, out var group)
            ? group with { Count = group.Count + 1 }
            : new NewLeadGroup(now.Source, now.SourceDetail, score.Status, because, 1);
    }
}
