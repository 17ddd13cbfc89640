using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Sync.Backtest;

/// <summary>
/// One backtest: takes historic leads one by one, replays both definitions over each, and keeps what the report needs, so that memory grows with the leads that are MQL by one of the
/// definitions or were judged by sales, not with all there are.
/// </summary>
public sealed class BacktestRun
{
    private readonly IndicatorWindow _window;
    private readonly ReplayedSide _candidate;
    private readonly ReplayedSide? _active;
    private readonly List<bool> _outcomes = [];
    private readonly List<ChangedLead> _gained = [];
    private readonly List<ChangedLead> _lost = [];
    private readonly HashSet<string> _gainedIds = [];
    private readonly HashSet<string> _lostIds = [];
    private readonly List<string> _withoutInstant = [];
    private int _leads;
    private int _ofToday;
    private int _withoutInstantCount;

    /// <param name="candidate">With the name by which reports call it.</param>
    /// <param name="schemas">From <see cref="SchemasOf"/>: the histories' facts are in that order.</param>
    public BacktestRun(NamedDefinition candidate, NamedDefinition? active, IReadOnlyList<AttributeSchema> schemas, IndicatorWindow window)
    {
        _window = window;
        _candidate = new ReplayedSide(candidate, SchemaOf(candidate.Definition, schemas), window.AsOf);
        _active = active is null ? null : new ReplayedSide(active, SchemaOf(active.Definition, schemas), window.AsOf);
    }

    /// <summary>The schemas that histories have to be read under: one, unless the definitions declare different attributes.</summary>
    public static IReadOnlyList<AttributeSchema> SchemasOf(Definition candidate, Definition? active) =>
        active is null || active.Attributes.Attributes.SequenceEqual(candidate.Attributes.Attributes) ? [candidate.Attributes] : [candidate.Attributes, active.Attributes];

    public void Add(HistoricLead lead)
    {
        if (lead.Since is null)
        {
            _withoutInstantCount++;
            if (_withoutInstant.Count < IndicatorProblem.Named)
            {
                _withoutInstant.Add(lead.Name);
            }

            return;
        }

        if (lead.Since > _window.AsOf)
        {
            return;
        }

        _leads++;
        _ofToday += lead.IsOfToday ? 1 : 0;
        var verdict = StandingVerdict.Of(lead, _window.AsOf);
        if (verdict is not null)
        {
            _outcomes.Add(verdict.Value != VerdictValue.Rejected);
        }

        var candidate = _candidate.Take(lead, verdict, _window);
        if (_active is null)
        {
            return;
        }

        var active = _active.Take(lead, verdict, _window);
        if (IsInCohort(candidate) && active.MqlAt is null)
        {
            _gainedIds.Add(lead.Id);
            _gained.Add(Changed(candidate, _active));
        }
        else if (IsInCohort(active) && candidate.MqlAt is null)
        {
            _lostIds.Add(lead.Id);
            _lost.Add(Changed(active, _candidate));
        }
    }

    /// <param name="history">Where the history is from.</param>
    /// <param name="problems">Met while it was read.</param>
    public BacktestReport Report(string history, IReadOnlyList<IndicatorProblem> problems)
    {
        List<IndicatorProblem> all = [.. problems];
        if (_withoutInstantCount > 0)
        {
            all.Add(new IndicatorProblem(
                IndicatorProblem.NoInstant, "leads have no created_at, no activity, no verdict and no deal: nothing says when they were there, and they are left out", _withoutInstantCount, _withoutInstant));
        }

        var candidate = _candidate.Indicators(_window, all);
        var active = _active?.Indicators(_window, []);
        return new BacktestReport(candidate, active)
        {
            History = history,
            AttributesOfToday = new Rate(_ofToday, _leads),
            Gained = [.. _gained.OrderBy(lead => lead.MqlAt).ThenBy(lead => lead.Name, StringComparer.Ordinal)],
            Lost = [.. _lost.OrderBy(lead => lead.MqlAt).ThenBy(lead => lead.Name, StringComparer.Ordinal)],
            Outcomes = Outcomes(candidate, active),
            Auc = new BacktestAuc(
                RocAuc.Of(_candidate.Ranks, _outcomes),
                _active is null ? null : RocAuc.Of(_active.Ranks, _outcomes),
                _active is null ? null : RocAuc.Difference(_candidate.Ranks, _active.Ranks, _outcomes),
                _outcomes.Count,
                _outcomes.Count(good => good)),
        };
    }

    private static int SchemaOf(Definition definition, IReadOnlyList<AttributeSchema> schemas) =>
        Enumerable.Range(0, schemas.Count).First(i => schemas[i].Attributes.SequenceEqual(definition.Attributes.Attributes));

    private bool IsInCohort(ReplayedLead replayed) => replayed.MqlAt >= _window.From && replayed.MqlAt < _window.To;

    private ChangedLead Changed(ReplayedLead by, ReplayedSide other)
    {
        var (lead, at) = (by.Lead, by.MqlAt!.Value);
        var verdict = StandingVerdict.Of(lead, _window.AsOf);
        return new ChangedLead(
            lead.Name, at, by.AtMql!, other.ScoreAt(lead, at), verdict?.At > at ? verdict : null, lead.Deals.Any(deal => deal.WonAt >= at && deal.WonAt <= _window.AsOf));
    }

    private IReadOnlyList<SideOutcome> Outcomes(IndicatorSet candidate, IndicatorSet? active)
    {
        var all = SideOutcomeOf("candidate", candidate, candidate.Cohort.Members);
        if (active is null)
        {
            return [all];
        }

        var activeIds = active.Cohort.Members.Select(member => member.Lead.Id).ToHashSet();
        return
        [
            all,
            SideOutcomeOf("active", active, active.Cohort.Members),
            SideOutcomeOf("both", candidate, [.. candidate.Cohort.Members.Where(member => activeIds.Contains(member.Lead.Id))]),
            SideOutcomeOf("gained", candidate, [.. candidate.Cohort.Members.Where(member => _gainedIds.Contains(member.Lead.Id))]),
            SideOutcomeOf("lost", active, [.. active.Cohort.Members.Where(member => _lostIds.Contains(member.Lead.Id))]),
        ];
    }

    private static SideOutcome SideOutcomeOf(string side, IndicatorSet set, IReadOnlyList<CohortMember> members)
    {
        var judged = members.Select(member => member.VerdictAsOf(set.Window.AsOf)).OfType<VerdictFact>().Where(verdict => verdict.Value != VerdictValue.Reopened).ToList();
        return new SideOutcome(side, Rate.Among(judged, verdict => verdict.Value != VerdictValue.Rejected), Rate.Among(members, member => member.WonAt is not null));
    }
}
