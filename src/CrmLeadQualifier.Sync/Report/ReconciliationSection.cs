using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Sync.Charts;

namespace CrmLeadQualifier.Sync.Report;

/// <summary>Why the CRM counts another number.</summary>
internal sealed class ReconciliationSection(WeeklyReport report, ReportWords words)
{
    public PageSection Write()
    {
        var stages = report.Reconciliation?.Stages ?? [];
        return new(
            words.Say("Beside the CRM’s own stages", "À côté des étapes propres au CRM"),
            [.. stages.Select(stage => words.Say(
                $"{Name(stage)}: the CRM says {words.Count(stage.There)}, this report says {words.Count(stage.Here)}; {words.Count(stage.Both)} are in both.",
                $"{Name(stage)} : le CRM dit {words.Count(stage.There)}, ce rapport dit {words.Count(stage.Here)} ; {words.Count(stage.Both)} sont dans les deux."))],
            [words.Say("stage", "étape"), words.Say("where", "où"), words.Say("why", "pourquoi"), "leads", words.Say("such as", "par exemple")],
            [.. stages.SelectMany(stage => stage.OnlyThere.Select(part => Row(stage, words.Say("only in the CRM", "seulement dans le CRM"), part))
                .Concat(stage.OnlyHere.Select(part => Row(stage, words.Say("only here", "seulement ici"), part))))]);
    }

    private IReadOnlyList<string> Row(StageReconciliation stage, string where, ReconciledPart part) =>
        [Name(stage), where, Why(part.Why), words.Count(part.Count), string.Join(", ", part.Leads)];

    private static string Name(StageReconciliation stage) => stage.Stage == Stage.Mql.Word() ? "MQL" : "SQL";

    private string Why(string why) => why switch
    {
        Reconciling.WrittenByUs => words.Say("written by us for a change outside the period", "écrit par nous pour un changement hors de la période"),
        LifecycleMovers.Person => words.Say("by a person", "par une personne"),
        LifecycleMovers.Workflow => words.Say("by a workflow", "par un workflow"),
        LifecycleMovers.Connector => words.Say("by a connector or an integration", "par un connecteur ou une intégration"),
        LifecycleMovers.Import => words.Say("by an import", "par un import"),
        Reconciling.WithoutUs => words.Say("without us, the CRM does not say by whom", "sans nous, le CRM ne dit pas par qui"),
        Reconciling.Waiting => words.Say("handed to nobody yet", "transmis à personne encore"),
        Reconciling.FurtherOn => words.Say("stood at another stage already", "déjà à une autre étape"),
        Reconciling.NotWritten => words.Say("not entered there", "pas entré là-bas"),
        _ => why,
    };
}
