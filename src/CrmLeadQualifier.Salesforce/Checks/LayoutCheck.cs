using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Http;
using CrmLeadQualifier.Salesforce.Provisioning;
using CrmLeadQualifier.Salesforce.Queries;

namespace CrmLeadQualifier.Salesforce.Checks;

/// <summary>Names the page layouts without the quick action. They are the admin's: nothing of ours changes them.</summary>
internal sealed class LayoutCheck(SalesforceTransport transport, QueryReading queries, OrgParts parts)
{
    /// <summary>Each is a call of its own.</summary>
    private const int MostLayouts = 25;

    public Task<CheckFinding> RunAsync(string sobject, CancellationToken cancellation) => OrgCheck.LookAsync($"layouts of {sobject}", async subject =>
    {
        if (await parts.HasQuickActionAsync(sobject, cancellation).ConfigureAwait(false) == false)
        {
            return new CheckFinding(subject, CheckResult.Notice, $"the quick action {QuickAction.FullName(sobject)} is missing", "Run provision.");
        }

        var call = new CallContext(subject, Stream: subject);
        var layouts = (await queries.ToolingAsync(
            call, $"SELECT Id, Name FROM Layout WHERE EntityDefinitionId = '{sobject}' AND LayoutType = 'Standard' ORDER BY Name", cancellation).ConfigureAwait(false))
            .Where(layout => layout.Id is not null).ToList();
        var without = new List<string>();
        foreach (var layout in layouts.Take(MostLayouts))
        {
            var answer = await transport.CallAsync<LayoutAnswer>(
                call, (api, token, t) => api.GetLayoutAsync(transport.Paths.ToolingRow("Layout", layout.Id!), token, t), cancellation).ConfigureAwait(false);
            if (!answer.Body.Actions.Contains(QuickAction.FullName(sobject)))
            {
                without.Add(layout.Get("Name") ?? layout.Id!);
            }
        }

        var unseen = layouts.Count > MostLayouts ? $"; {layouts.Count - MostLayouts} more were not looked at" : "";
        return without.Count == 0
            ? new CheckFinding(subject, CheckResult.Passed, "all show the quick action" + unseen)
            : new CheckFinding(subject, CheckResult.Notice, $"without the quick action: {string.Join(", ", without)}{unseen}",
                $"In Setup, Object Manager, {sobject}, Page Layouts, those that sales uses: drag Give Verdict from Mobile & Lightning Actions into the layout "
                + "(where a Lightning page has dynamic actions, add it there).");
    });
}
