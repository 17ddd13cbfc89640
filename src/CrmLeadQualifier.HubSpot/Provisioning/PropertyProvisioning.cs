using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Http;
using CrmLeadQualifier.HubSpot.Mapping;

namespace CrmLeadQualifier.HubSpot.Provisioning;

/// <summary>Makes and keeps our property group and properties. Options are merged into those that are there, never replaced.</summary>
internal sealed class PropertyProvisioning(HubSpotTransport transport, ContactProperties contactProperties, PropertyRoom room, ListProvisioning lists)
{
    private readonly CallContext _read = new("the property group");
    private readonly CallContext _write = new("the change of properties", IsWrite: true);
    private readonly string _path = transport.Paths.Properties("contacts");

    /// <summary>Compared field by field: HubSpot rewrites what it was sent (the order of options, for one).</summary>
    public async Task<IReadOnlyList<ProvisioningStep>> PlanAsync(IReadOnlyList<FieldDefinition> fields, CancellationToken cancellation)
    {
        contactProperties.Forget();
        var existing = await contactProperties.GetAsync(cancellation).ConfigureAwait(false);
        var steps = new List<ProvisioningStep>();
        var group = await transport.FindAsync(_read, t => transport.Properties.GetGroupAsync(_path, LeadProperties.Group, t), cancellation).ConfigureAwait(false);
        if (group is null)
        {
            steps.Add(new ProvisioningStep(LeadProperties.Group, $"create property group {LeadProperties.Group}"));
        }
        else if (group.Body.Label != GroupLabel(fields))
        {
            steps.Add(new ProvisioningStep(LeadProperties.Group, $"change property group {LeadProperties.Group}: label"));
        }

        var missing = 0;

        foreach (var field in fields)
        {
            var wanted = PropertyShape.Of(field);
            if (!existing.TryGetValue(wanted.Name!, out var present))
            {
                missing++;
                steps.Add(new ProvisioningStep(wanted.Name!, $"create property {wanted.Name}"));
            }
            else if (PropertyShape.Differences(present, wanted) is { Count: > 0 } differences)
            {
                steps.Add(new ProvisioningStep(wanted.Name!, $"change property {wanted.Name}: {string.Join(", ", differences)}"));
            }
        }

        await room.EnsureAsync(missing, cancellation).ConfigureAwait(false);
        try
        {
            steps.AddRange(await lists.PlanAsync(fields, cancellation).ConfigureAwait(false));
        }
        catch (StreamRefusedException)
        {
            // Lists are a convenience; check says which scope they need.
        }

        return steps;
    }

    /// <summary>What a step found done already (by another process, or before a cut) is brought to the wanted shape instead.</summary>
    /// <exception cref="FatalCrmException">A property of ours is of another type: HubSpot does not let types be changed.</exception>
    public async Task<IReadOnlyList<string>> ApplyAsync(IReadOnlyList<FieldDefinition> fields, IReadOnlyList<ProvisioningStep> steps, CancellationToken cancellation)
    {
        var targets = steps.Select(step => step.Target).ToHashSet();
        if (targets.Contains(LeadProperties.Group))
        {
            await MakeGroupAsync(GroupLabel(fields), cancellation).ConfigureAwait(false);
        }

        contactProperties.Forget();
        var existing = await contactProperties.GetAsync(cancellation).ConfigureAwait(false);
        var wanted = fields.Select(PropertyShape.Of).Where(property => targets.Contains(property.Name!)).ToList();
        foreach (var property in wanted.Where(property => existing.TryGetValue(property.Name!, out var present) && present.Type != property.Type))
        {
            throw new FatalCrmException(
                $"The property {property.Name} exists with type {existing[property.Name!].Type} instead of {property.Type}.",
                $"Rename or delete {property.Name} in HubSpot (Settings, Properties), then run provision again.");
        }

        var create = wanted.Where(property => !existing.ContainsKey(property.Name!)).ToList();
        if (create.Count > 0)
        {
            await CreateAsync(create, cancellation).ConfigureAwait(false);
        }

        foreach (var property in wanted.Where(property => existing.ContainsKey(property.Name!)))
        {
            await ChangeAsync(existing[property.Name!], property, cancellation).ConfigureAwait(false);
        }

        contactProperties.Forget();
        return await lists.ApplyAsync(fields, steps, cancellation).ConfigureAwait(false);
    }

    private static string GroupLabel(IReadOnlyList<FieldDefinition> fields) => ProvisioningTexts.Group.In(ProvisioningTexts.LanguageOf(fields));

    private async Task MakeGroupAsync(string label, CancellationToken cancellation)
    {
        // A second process may have made it since the plan; asked again, so that a refusal is a refusal.
        if (await transport.FindAsync(_read, t => transport.Properties.GetGroupAsync(_path, LeadProperties.Group, t), cancellation).ConfigureAwait(false) is null)
        {
            var group = new PropertyGroup { Name = LeadProperties.Group, Label = label };
            await CallAsync(t => transport.Properties.CreateGroupAsync(_path, group, t), cancellation).ConfigureAwait(false);
        }
        else
        {
            await CallAsync(t => transport.Properties.UpdateGroupAsync(_path, LeadProperties.Group, new PropertyGroup { Label = label }, t), cancellation).ConfigureAwait(false);
        }
    }

    private async Task CreateAsync(IReadOnlyList<PropertyDescription> properties, CancellationToken cancellation)
    {
        var answer = await CallAsync(t => transport.Properties.BatchCreateAsync(_path, new PropertyBatch(properties), t), cancellation).ConfigureAwait(false);
        var errors = (answer.Body.Errors ?? []).OfType<ErrorBody>().ToList();
        if (errors.Count == 0)
        {
            return;
        }

        var taken = errors.Where(error => error.Category == "OBJECT_ALREADY_EXISTS").SelectMany(error => error.Context?.Name ?? []).ToHashSet();
        if (errors.FirstOrDefault(error => error.Category != "OBJECT_ALREADY_EXISTS") is { } refused)
        {
            throw new FatalCrmException($"HubSpot refused to create a property ({HubSpotErrors.ReasonOf(refused)}).",
                "Check that the portal has room for more properties; provision --minimal needs fewest.");
        }

        contactProperties.Forget();
        var existing = await contactProperties.GetAsync(cancellation).ConfigureAwait(false);
        foreach (var property in properties.Where(property => taken.Contains(property.Name)))
        {
            if (!existing.TryGetValue(property.Name!, out var present))
            {
                throw new FatalCrmException($"The name {property.Name} is taken by an archived property.",
                    $"Restore {property.Name} in HubSpot (Settings, Properties, Archived), then run provision again.");
            }

            await ChangeAsync(present, property, cancellation).ConfigureAwait(false);
        }
    }

    private async Task ChangeAsync(PropertyDescription present, PropertyDescription wanted, CancellationToken cancellation)
    {
        if (PropertyShape.Differences(present, wanted).Count > 0)
        {
            var change = wanted with { Name = null, Options = wanted.Options is null ? null : PropertyShape.Merge(present.Options, wanted.Options) };
            await CallAsync(t => transport.Properties.UpdateAsync(_path, wanted.Name!, change, t), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Definitions are no records: a refusal has to be settled by an admin, and a lost answer by running provision again.</summary>
    private async Task<Answer<T>> CallAsync<T>(Func<CancellationToken, Task<Refit.ApiResponse<T>>> send, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await transport.CallAsync(_write, send, cancellation).ConfigureAwait(false);
        }
        catch (BatchRefusedException refused)
        {
            throw new FatalCrmException(
                refused.Message, "Check that the token has the scope crm.schemas.contacts.write and that the portal has room for more properties.", refused);
        }
    }
}
