using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Http;

namespace CrmLeadQualifier.HubSpot.Provisioning;

/// <summary>Makes and keeps the active lists by which sales sees what waits for it. A portal that refuses lists does without: the fields are what counts.</summary>
internal sealed class ListProvisioning(HubSpotTransport transport)
{
    private const string Prefix = "list ";

    /// <summary>In one answer; ours are four.</summary>
    private const int MostLists = 500;

    private readonly CallContext _read = new("the lists", Stream: "lists");
    private readonly CallContext _write = new("the change of lists", IsWrite: true);

    /// <exception cref="StreamRefusedException">The token may not read lists.</exception>
    public async Task<IReadOnlyList<ProvisioningStep>> PlanAsync(IReadOnlyList<FieldDefinition> fields, CancellationToken cancellation)
    {
        var steps = new List<ProvisioningStep>();
        var wanted = AnswerList.Of(fields);
        var there = wanted.Count > 0 ? await ReadAsync(cancellation).ConfigureAwait(false) : [];
        foreach (var list in wanted)
        {
            var present = Find(there, list);
            if (present is null)
            {
                steps.Add(new ProvisioningStep(Prefix + list.Answer, $"create active list \"{list.Name}\""));
            }
            else if (present.Name != list.Name)
            {
                steps.Add(new ProvisioningStep(Prefix + list.Answer, $"rename list \"{present.Name}\" to \"{list.Name}\""));
            }
        }

        return steps;
    }

    /// <summary>Answers what could not be made, and what to do about it.</summary>
    public async Task<IReadOnlyList<string>> ApplyAsync(IReadOnlyList<FieldDefinition> fields, IReadOnlyList<ProvisioningStep> steps, CancellationToken cancellation)
    {
        var targets = steps.Select(step => step.Target).ToHashSet();
        try
        {
            var due = AnswerList.Of(fields).Where(list => targets.Contains(Prefix + list.Answer)).ToList();
            // A second process may have made one since the plan.
            var there = due.Count > 0 ? await ReadAsync(cancellation).ConfigureAwait(false) : [];
            foreach (var list in due)
            {
                var present = Find(there, list);
                if (present is null)
                {
                    await transport.CallAsync(_write, t => transport.Lists.CreateAsync(transport.Paths.Lists, list.ToNewList(), t), cancellation).ConfigureAwait(false);
                }
                else if (present.Name != list.Name)
                {
                    var path = $"{transport.Paths.Lists}/{present.ListId}";
                    await transport.CallAsync(_write, t => transport.Lists.RenameAsync(path, list.Name, t), cancellation).ConfigureAwait(false);
                }
            }

            return [];
        }
        catch (CrmException refused) when (refused is FatalCrmException or StreamRefusedException or BatchRefusedException)
        {
            return [$"{refused.Message.TrimEnd('.')}. The fields are there and the lists are not: give the token the scopes crm.lists.read and crm.lists.write "
                + "(or check that the portal has room for four more active lists), then run provision again; or filter the contacts by Sales answer."];
        }
    }

    /// <summary>Those of our lists that are there, as steps that remove them.</summary>
    public async Task<IReadOnlyList<ProvisioningStep>> PlanRemovalAsync(CancellationToken cancellation)
    {
        var there = await ReadAsync(cancellation).ConfigureAwait(false);
        return
        [
            .. AnswerList.All(Core.Definitions.Language.English).Select(list => Find(there, list)).OfType<ListDescription>()
                .Select(list => new ProvisioningStep(Prefix + list.ListId, $"delete active list \"{list.Name}\"")),
        ];
    }

    public async Task RemoveAsync(IReadOnlyList<ProvisioningStep> steps, CancellationToken cancellation)
    {
        foreach (var id in steps.Where(step => step.Target.StartsWith(Prefix, StringComparison.Ordinal)).Select(step => step.Target[Prefix.Length..]))
        {
            var path = $"{transport.Paths.Lists}/{id}";
            await transport.FindAsync(_write, t => transport.Lists.DeleteAsync(path, t), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>All lists whose name holds one of our beginnings.</summary>
    /// <exception cref="StreamRefusedException">The token may not read lists, or there are none of that version.</exception>
    private async Task<IReadOnlyList<ListDescription>> ReadAsync(CancellationToken cancellation)
    {
        var found = new List<ListDescription>();
        foreach (var beginning in AnswerList.Beginnings)
        {
            var search = new ListSearch(beginning, MostLists);
            var answer = await transport.CallAsync(_read, t => transport.Lists.SearchAsync(transport.Paths.Lists, search, t), cancellation).ConfigureAwait(false);
            found.AddRange((answer.Body.Lists ?? []).OfType<ListDescription>().Where(list => list.ListId is not null));
        }

        return found;
    }

    private static ListDescription? Find(IReadOnlyList<ListDescription> there, AnswerList list) =>
        list.Names.Select(name => there.FirstOrDefault(present => present.Name == name)).FirstOrDefault(present => present is not null);
}
