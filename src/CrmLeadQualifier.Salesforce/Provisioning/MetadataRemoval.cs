using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Http;
using CrmLeadQualifier.Salesforce.Mapping;
using CrmLeadQualifier.Salesforce.Queries;
using CrmLeadQualifier.Salesforce.Writing;

namespace CrmLeadQualifier.Salesforce.Provisioning;

/// <summary>Takes out of the org what provisioning made.</summary>
internal sealed class MetadataRemoval(
    SalesforceTransport transport, QueryReading queries, ObjectDescriptions descriptions, OrgParts org, MetadataDeployment deployment, string apiVersion)
{
    private readonly CallContext _read = new("what was provisioned", "provisioning");

    /// <summary>What of ours is in the org.</summary>
    public async Task<IReadOnlyList<ProvisioningStep>> PlanAsync(CancellationToken cancellation)
    {
        descriptions.Forget();
        var steps = new List<ProvisioningStep>();
        foreach (var sobject in OrgParts.SObjects)
        {
            var views = await org.ListViewsAsync(sobject, cancellation).ConfigureAwait(false);
            steps.AddRange((views ?? new HashSet<string>()).Where(view => view.StartsWith(LeadFieldNames.Prefix, StringComparison.Ordinal)).Order()
                .Select(view => new ProvisioningStep($"ListView {sobject}.{view}", $"delete list view {sobject}.{view}")));
            if (await org.HasQuickActionAsync(sobject, cancellation).ConfigureAwait(false) == true)
            {
                steps.Add(new ProvisioningStep($"QuickAction {QuickAction.FullName(sobject)}", $"delete quick action {QuickAction.FullName(sobject)}"));
            }

            var existing = await descriptions.GetAsync(sobject, null, cancellation).ConfigureAwait(false);
            steps.AddRange(LeadFieldNames.All.Where(existing.ContainsKey)
                .Select(name => new ProvisioningStep($"CustomField {sobject}.{name}", $"delete field {sobject}.{name} with its values")));
        }

        var sets = await org.PermissionSetsAsync(cancellation).ConfigureAwait(false);
        steps.AddRange(PermissionSet.All.Where(set => sets?.Contains(set.FullName) == true)
            .Select(set => new ProvisioningStep($"PermissionSet {set.FullName}", $"delete permission set {set.Label}, also where it is assigned")));
        return steps;
    }

    /// <summary>
    /// Takes planned steps out: fields and what shows them by one deployment, all or nothing; then the permission sets, once nobody has them. Doing it again goes on where it stopped.
    /// </summary>
    /// <exception cref="FatalCrmException">Salesforce refuses: something else uses a field, or our user may not.</exception>
    public async Task RemoveAsync(IReadOnlyList<ProvisioningStep> steps, CancellationToken cancellation)
    {
        var members = steps.Select(step => step.Target.Split(' ', 2)).Select(target => (Type: target[0], Name: target[1])).ToLookup(member => member.Type == "PermissionSet");
        await RemoveAsync([.. members[false]], cancellation).ConfigureAwait(false);
        if (members[true].Any())
        {
            await UnassignAsync(cancellation).ConfigureAwait(false);
            await RemoveAsync([.. members[true]], cancellation).ConfigureAwait(false);
        }
    }

    private async Task RemoveAsync(IReadOnlyList<(string Type, string Name)> members, CancellationToken cancellation)
    {
        if (members.Count == 0)
        {
            return;
        }

        var failures = await deployment.DeployAsync(MetadataPackage.Removal(apiVersion, members), checkOnly: false, cancellation).ConfigureAwait(false);
        descriptions.Forget();
        if (failures.Count > 0)
        {
            throw new FatalCrmException(
                $"Salesforce did not delete {failures.Count} of our parts, and left all: {string.Join("; ", failures.Take(3).Select(MetadataProvisioning.Words))}.",
                "Take them out where they are used (Setup, Object Manager, Lead or Contact, the field, Where is this used?), then run the same command again.");
        }
    }

    /// <summary>A permission set that somebody has cannot be deleted.</summary>
    private async Task UnassignAsync(CancellationToken cancellation)
    {
        var rows = await queries.ReadAllAsync(
            _read, $"SELECT Id FROM PermissionSetAssignment WHERE PermissionSet.Name IN ({PermissionSet.QuotedNames})", withDeleted: false, cancellation).ConfigureAwait(false);
        foreach (var ids in rows.Select(row => row.Id).OfType<string>().Chunk(RecordWriting.PerCall))
        {
            await transport.CallAsync<List<SaveResult>>(
                _read, (api, token, t) => api.DeleteAsync(transport.Paths.Collections, string.Join(',', ids), "false", token, t), cancellation).ConfigureAwait(false);
        }
    }
}
