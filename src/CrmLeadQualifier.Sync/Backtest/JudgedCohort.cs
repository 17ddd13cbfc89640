using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Suggestions;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Sync.Backtest;

/// <summary>The replayed cohort as rejected segments look at it: whoever has a verdict that came after the MQL transition, as of that transition.</summary>
internal static class JudgedCohort
{
    /// <param name="mqlAt">The replayed transition; null: never an MQL.</param>
    /// <param name="verdict">The one that stands; null: none.</param>
    /// <param name="schema">Which of the history's facts are under the definition's schema.</param>
    /// <returns>Null: not in the cohort of the window, or without such a verdict.</returns>
    public static JudgedLead? Of(HistoricLead lead, Instant? mqlAt, VerdictFact? verdict, IndicatorWindow window, int schema)
    {
        if (mqlAt is not { } at || at < window.From || at >= window.To || verdict is null || verdict.At <= at)
        {
            return null;
        }

        var then = lead.PeriodAt(at);
        return new JudgedLead(lead.Id, then.Facts[schema], at, verdict.Value != VerdictValue.Rejected) { Source = then.Source, Reason = verdict.Reason };
    }
}
