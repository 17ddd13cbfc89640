using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.HubSpot.Http;
using CrmLeadQualifier.HubSpot.Mapping;

namespace CrmLeadQualifier.HubSpot.Provisioning;

/// <summary>Takes out of a portal what provisioning put there: the lists first, which use a property, then the properties with their values, then the group.</summary>
internal sealed class Removal(HubSpotTransport transport, ContactProperties contactProperties, ListProvisioning lists)
{
    private readonly CallContext _read = new("the property group");
    private readonly CallContext _write = new("the removal of properties", IsWrite: true);
    private readonly string _path = transport.Paths.Properties("contacts");

    public async Task<IReadOnlyList<ProvisioningStep>> PlanAsync(CancellationToken cancellation)
    {
        var steps = new List<ProvisioningStep>();
        try
        {
            steps.AddRange(await lists.PlanRemovalAsync(cancellation).ConfigureAwait(false));
        }
        catch (StreamRefusedException)
        {
            // A token that may not read lists made none.
        }

        contactProperties.Forget();
        var existing = await contactProperties.GetAsync(cancellation).ConfigureAwait(false);
        steps.AddRange(LeadProperties.All.Where(existing.ContainsKey).Select(name => new ProvisioningStep(name, $"delete property {name} with its values")));
        if (await transport.FindAsync(_read, t => transport.Properties.GetGroupAsync(_path, LeadProperties.Group, t), cancellation).ConfigureAwait(false) is not null)
        {
            steps.Add(new ProvisioningStep(LeadProperties.Group, $"delete property group {LeadProperties.Group}"));
        }

        return steps;
    }

    /// <summary>What is gone already is passed over.</summary>
    /// <exception cref="FatalCrmException">HubSpot refuses: something else uses a property.</exception>
    public async Task ApplyAsync(IReadOnlyList<ProvisioningStep> steps, CancellationToken cancellation)
    {
        await lists.RemoveAsync(steps, cancellation).ConfigureAwait(false);
        foreach (var property in steps.Where(step => LeadProperties.All.Contains(step.Target)).Select(step => step.Target))
        {
            await DeleteAsync($"{_path}/{property}", property, cancellation).ConfigureAwait(false);
        }

        if (steps.Any(step => step.Target == LeadProperties.Group))
        {
            await DeleteAsync($"{_path}/groups/{LeadProperties.Group}", LeadProperties.Group, cancellation).ConfigureAwait(false);
        }

        contactProperties.Forget();
    }

    private async Task DeleteAsync(string path, string name, CancellationToken cancellation)
    {
        try
        {
            await transport.FindAsync(_write, t => transport.Properties.DeleteAsync(path, t), cancellation).ConfigureAwait(false);
        }
        catch (BatchRefusedException refused)
        {
            throw new FatalCrmException(
                $"{name} was not deleted: {refused.Message.TrimEnd('.')}.",
                $"Look where it is used (in HubSpot: Settings, Properties, {name}, Used in), take it out there, then run the same command again.",
                refused);
        }
    }
}
