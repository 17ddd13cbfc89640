using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Push;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Report;

/// <summary>
/// Asks the CRM's history who moved records to the portal's own MQL and SQL stages without us, so that a report can say why the CRM counts another number. Each entry is asked about once, some of
/// them in each run; where nobody but us moves records it costs no call.
/// </summary>
internal static class LifecycleMovers
{
    public const string Person = "person";
    public const string Workflow = "workflow";
    public const string Connector = "connector";
    public const string Import = "import";

    /// <summary>History calls in one run.</summary>
    private const int MostCalls = 10;

    public static async Task LookAsync(ConnectionSession session, CancellationToken cancellation)
    {
        var settings = ConnectionSettings.Read(session.Connection.Settings);
        List<string> stages = [.. new[] { Stage.Mql, Stage.Sql }.Select(stage => LifecycleMoves.PortalStage(settings, session.Crm.Kind == CrmKind.HubSpot, stage)).OfType<string>()];
        if (stages.Count == 0)
        {
            return;
        }

        IReadOnlyList<UnexplainedEntry> entries;
        await using (var transaction = await session.BeginAsync(cancellation))
        {
            entries = await transaction.Reports.UnexplainedEntriesAsync(session.Connection.Id, stages, session.Crm.BatchSizes.History * MostCalls);
        }

        if (entries.Count == 0)
        {
            return;
        }

        var explained = new List<(UnexplainedEntry, string)>(entries.Count);
        foreach (var ofObject in entries.GroupBy(entry => entry.Object))
        {
            var history = (await session.Crm.ReadHistoryAsync(ofObject.Key, [.. ofObject.Select(entry => entry.ExternalId).Distinct()], [PreparedWrite.LifecycleField], cancellation))
                .ToLookup(change => change.RecordId);
            explained.AddRange(ofObject.Select(entry => (entry, MovedBy(entry, history[entry.ExternalId]))));
        }

        await using var noting = await session.BeginAsync(cancellation);
        await noting.Reports.ExplainEntriesAsync(explained);
        await noting.CommitAsync(cancellation);
    }

    /// <summary>By the last change to that stage before we saw it there; an empty text: the history does not tell.</summary>
    private static string MovedBy(UnexplainedEntry entry, IEnumerable<FieldChange> history) =>
        history.Where(change => change.Value == entry.Stage && change.At <= entry.At).MaxBy(change => change.At) is { } change ? KindOf(change) : "";

    /// <summary>By HubSpot's source types (its property history), and by what Salesforce's user is.</summary>
    private static string KindOf(FieldChange change) => change.Source switch
    {
        _ when change.IsPerson => Person,
        "IMPORT" => Import,
        "INTEGRATION" or "SALESFORCE" or "API" => Connector,
        "AUTOMATION_PLATFORM" or "WORKFLOWS" or "automation" => Workflow,
        _ => "",
    };
}
