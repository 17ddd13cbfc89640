using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Sync.Backtest;

/// <summary>What sales said last by an instant; a rejection that was reopened, or a verdict that was withdrawn, says nothing.</summary>
internal static class StandingVerdict
{
    /// <summary>Null: nothing that stands.</summary>
    public static VerdictFact? Of(HistoricLead lead, Instant asOf) =>
        lead.Verdicts.Where(verdict => verdict.At <= asOf).OrderBy(verdict => verdict.At).LastOrDefault() is { IsWithdrawal: false, Value: not VerdictValue.Reopened } last ? last : null;
}
