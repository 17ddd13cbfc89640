using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Push;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Report;

/// <summary>The people who entered the portal's own MQL and SQL stages in the window, against our transitions: why the CRM counts another number than the report.</summary>
internal static class Reconciling
{
    public const string WrittenByUs = "written_by_us";
    public const string WithoutUs = "without_us";
    public const string Waiting = "waiting";
    public const string FurtherOn = "further_on";
    public const string NotWritten = "not_written";

    private const int Named = 10;

    /// <summary>Who entered the portal's stages in the window; no stage: no connection has it.</summary>
    public static async Task<IReadOnlyDictionary<Stage, IReadOnlyList<LifecycleEntry>>> ReadAsync(ILedgerTransaction transaction, IndicatorWindow window, ReportInstants instants)
    {
        var until = Instant.Earliest(window.To, instants.SeenBy + TimeSpan.FromMilliseconds(1));
        var connections = await transaction.Connections.ListAsync();
        var stages = new Dictionary<Stage, IReadOnlyList<LifecycleEntry>>();
        foreach (var stage in new[] { Stage.Mql, Stage.Sql })
        {
            var portal = connections
                .Select(connection => (connection.Id, Stage: LifecycleMoves.PortalStage(ConnectionSettings.Read(connection.Settings), connection.Crm == CrmWords.HubSpot, stage)))
                .Where(pair => pair.Stage is not null)
                .ToDictionary(pair => pair.Id, pair => pair.Stage!);
            if (portal.Count > 0)
            {
                var entries = await transaction.Reports.LifecycleEntriesAsync(window.From, until, [.. portal.Values.Distinct()]);
                stages[stage] = [.. entries.Where(entry => entry.LeadId > 0 && portal.GetValueOrDefault(entry.ConnectionId) == entry.Stage)];
            }
        }

        return stages;
    }

    /// <param name="entries">As <see cref="ReadAsync"/> read them.</param>
    /// <returns>Null: no connection has such stages.</returns>
    public static async Task<Reconciliation?> RunAsync(
        ILedgerTransaction transaction, IReadOnlyDictionary<Stage, IReadOnlyList<LifecycleEntry>> entries, IndicatorFacts facts, IndicatorWindow window, ReportInstants instants, LeadNames names)
    {
        var stages = new List<StageReconciliation>();
        foreach (var (stage, ofStage) in entries)
        {
            stages.Add(await OfAsync(transaction, stage, ofStage, facts, window, instants, names));
        }

        return stages.Count > 0 ? new Reconciliation(stages) : null;
    }

    private static async Task<StageReconciliation> OfAsync(
        ILedgerTransaction transaction, Stage stage, IReadOnlyList<LifecycleEntry> entries, IndicatorFacts facts, IndicatorWindow window, ReportInstants instants, LeadNames names)
    {
        var there = new Dictionary<long, string>();
        foreach (var entry in entries)
        {
            // Of several entries of one lead the one that somebody else made explains it.
            if (there.GetValueOrDefault(entry.LeadId, WrittenByUs) == WrittenByUs)
            {
                there[entry.LeadId] = entry.IsOurs ? WrittenByUs : entry.MovedBy is { Length: > 0 } who ? who : WithoutUs;
            }
        }

        var here = new Dictionary<long, LeadHistory>();
        foreach (var lead in facts.Leads)
        {
            if (lead.Stages.Any(change => IsOurs(change, stage) && change.At >= window.From && change.At < window.To))
            {
                here[LedgerFacts.NumberOf(lead.Id)] = lead;
            }
        }

        List<long> onlyHere = [.. here.Keys.Where(lead => !there.ContainsKey(lead))];
        var stands = onlyHere.Count == 0 ? [] : (await transaction.Reports.LifecyclesAsync(onlyHere, instants.SeenBy)).Select(entry => entry.LeadId).ToHashSet();
        return new StageReconciliation(
            stage.Word(),
            there.Count,
            here.Count,
            here.Count - onlyHere.Count,
            await PartsAsync(there.Where(lead => !here.ContainsKey(lead.Key)).Select(lead => (lead.Key, lead.Value)), names),
            await PartsAsync(onlyHere.Select(lead => (lead, here[lead].HandOvers.Count == 0 ? Waiting : stands.Contains(lead) ? FurtherOn : NotWritten)), names));
    }

    private static bool IsOurs(StageChange change, Stage stage) => stage == Stage.Mql ? change.IsNewMql : change.To == stage && change.Cause != TransitionCause.Baseline;

    private static async Task<IReadOnlyList<ReconciledPart>> PartsAsync(IEnumerable<(long Lead, string Why)> leads, LeadNames names)
    {
        var parts = new List<ReconciledPart>();
        foreach (var part in leads.GroupBy(lead => lead.Why).OrderBy(part => part.Key, StringComparer.Ordinal))
        {
            List<string> named = [.. part.Select(lead => lead.Lead).Order().Take(Named).Select(LedgerFacts.IdOf)];
            await names.ReadAsync(named);
            parts.Add(new ReconciledPart(part.Key, part.Count(), [.. named.Select(names.Of)]));
        }

        return parts;
    }
}
