using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Suggestions;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Sync.Backtest;

namespace CrmLeadQualifier.Sync.Suggestions;

/// <summary>Replays many amended definitions beside the present one in one pass over the leads, as a backtest replays one.</summary>
internal sealed class EffectRun
{
    private readonly Instant _from;
    private readonly Instant _to;
    private readonly Replay _present;
    private readonly List<Side> _sides;
    private int _mqls;

    /// <param name="from">MQLs from then on count.</param>
    /// <param name="to">D: nothing later is looked at.</param>
    public EffectRun(WrittenDefinition present, IEnumerable<WrittenDefinition> amended, Instant from, Instant to)
    {
        (_from, _to) = (from, to);
        _present = new Replay(present.Definition, present.Name, 0, to);
        _sides = [.. amended.Select(definition => new Side(new Replay(definition.Definition, definition.Name, 0, to)))];
    }

    public void Add(HistoricLead lead)
    {
        var now = _present.FirstQualified(lead);
        var isPresent = IsInWindow(now);
        _mqls += isPresent ? 1 : 0;
        foreach (var side in _sides)
        {
            var then = side.Replay.FirstQualified(lead);
            if (IsInWindow(then))
            {
                side.Mqls++;
                if (Verdict(lead, then!.Value) is { } verdict)
                {
                    side.Judged++;
                    side.Accepted += verdict.Value == VerdictValue.Rejected ? 0 : 1;
                }

                if (now is null)
                {
                    side.Gained.Add(Changed(lead, then.Value, side.Replay, _present));
                }
            }

            if (isPresent && then is null)
            {
                side.Lost.Add(Changed(lead, now!.Value, _present, side.Replay));
            }
        }
    }

    /// <summary>In the order of the amended definitions.</summary>
    public IReadOnlyList<SuggestionEffect> Effects => [.. _sides.Select(side => new SuggestionEffect(_from, _to, _mqls, side.Mqls, InOrder(side.Gained), InOrder(side.Lost)))];

    /// <summary>In the order of the amended definitions: MQLs, and those accepted of those with a verdict.</summary>
    public IReadOnlyList<(int Mqls, Rate Accepted)> Volumes => [.. _sides.Select(side => (side.Mqls, new Rate(side.Accepted, side.Judged)))];

    /// <summary>The verdict that stands by D, if it came after the MQL.</summary>
    private VerdictFact? Verdict(HistoricLead lead, Instant mqlAt) =>
        StandingVerdict.Of(lead, _to) is { } verdict && verdict.At > mqlAt ? verdict : null;

    private bool IsInWindow(Instant? at) => at >= _from && at < _to;

    private ChangedLead Changed(HistoricLead lead, Instant at, Replay by, Replay other) => new(
        lead.Name, at, by.ScoreAt(lead, at), other.ScoreAt(lead, at), Verdict(lead, at), lead.Deals.Any(deal => deal.WonAt >= at && deal.WonAt <= _to));

    private static IReadOnlyList<ChangedLead> InOrder(IEnumerable<ChangedLead> leads) => [.. leads.OrderBy(lead => lead.MqlAt).ThenBy(lead => lead.Name, StringComparer.Ordinal)];

    private sealed class Side(Replay replay)
    {
        public Replay Replay { get; } = replay;

        public int Mqls { get; set; }

        public int Judged { get; set; }

        public int Accepted { get; set; }

        public List<ChangedLead> Gained { get; } = [];

        public List<ChangedLead> Lost { get; } = [];
    }
}
