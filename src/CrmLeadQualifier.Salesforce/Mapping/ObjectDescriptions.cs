using System.Text.Json;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Http;

namespace CrmLeadQualifier.Salesforce.Mapping;

/// <summary>
/// The org's description of its objects as our user sees them, read when content is first asked for and again once an hour. A field that is missing
/// or hidden is refused by queries: nothing is selected that is not described.
/// </summary>
/// <param name="known">What was described before, by this client or another one of the same user.</param>
internal sealed class ObjectDescriptions(SalesforceTransport transport, KnownOrg known, TimeProvider clock)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromHours(1);

    /// <summary>What the streams are made of: whoever asks for one will ask for the others, and one call describes them all.</summary>
    private static readonly string[] Together =
        ["Lead", "Contact", "Account", "Opportunity", "OpportunityContactRole", "Task", "Event", "Campaign", "CampaignMember", "EmailMessage"];

    private static readonly CallContext OfStreams = new("the descriptions of what is read", "descriptions");

    private readonly SemaphoreSlim _reading = new(1);

    /// <summary>By API name.</summary>
    public async Task<IReadOnlyDictionary<string, FieldDescription>> GetAsync(string sobject, string? stream, CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (Together.Contains(sobject) && !Together.Any(one => Known(one) is not null))
            {
                await ReadTogetherAsync(cancellation).ConfigureAwait(false);
            }

            return Known(sobject) ?? await ReadAsync(sobject, stream, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Those of the names that the object has; a parent's field (<c>Campaign.Name</c>) if the parent has it.</summary>
    public async Task<IReadOnlyList<string>> ExistingAsync(string sobject, IEnumerable<string> names, string? stream, CancellationToken cancellation)
    {
        var existing = new List<string>();
        foreach (var name in names)
        {
            if (await HasAsync(sobject, name, stream, cancellation).ConfigureAwait(false))
            {
                existing.Add(name);
            }
        }

        return existing;
    }

    /// <summary>They were changed: read anew when next asked for.</summary>
    public void Forget() => known.Objects.Clear();

    private IReadOnlyDictionary<string, FieldDescription>? Known(string sobject) =>
        known.Objects.TryGetValue(sobject, out var description) && clock.GetElapsedTime(description.ReadAt) <= GoodFor ? description.Fields : null;

    /// <summary>What is refused is asked for by itself when it is needed, and says there what is wrong.</summary>
    private async Task ReadTogetherAsync(CancellationToken cancellation)
    {
        var calls = Together.Select(sobject => new CompositeCall("GET", "/" + transport.Paths.Describe(sobject), sobject)).ToList();
        try
        {
            var answer = await transport.CallAsync<CompositeResponse>(
                OfStreams, (api, token, t) => api.CompositeAsync(transport.Paths.Composite, new CompositeRequest(false, calls), token, t), cancellation).ConfigureAwait(false);
            foreach (var part in answer.Body.Results ?? [])
            {
                if (part is { HttpStatusCode: 200, ReferenceId: { } sobject, Body: { ValueKind: JsonValueKind.Object } body })
                {
                    Keep(sobject, body.Deserialize(SalesforceJson.Default.ObjectDescription)!);
                }
            }
        }
        catch (Exception refused) when (refused is StreamRefusedException or JsonException)
        {
            // One by one, then.
        }
    }

    private async Task<IReadOnlyDictionary<string, FieldDescription>> ReadAsync(string sobject, string? stream, CancellationToken cancellation)
    {
        var path = transport.Paths.Describe(sobject);
        var answer = await transport.CallAsync<ObjectDescription>(
            new CallContext($"the description of {sobject}", stream), (api, token, t) => api.DescribeAsync(path, token, t), cancellation)
                .ConfigureAwait(false);
        return Keep(sobject, answer.Body);
    }

    private IReadOnlyDictionary<string, FieldDescription> Keep(string sobject, ObjectDescription description)
    {
        var fields = (description.Fields ?? []).Where(field => field?.Name is not null).DistinctBy(field => field!.Name, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(field => field!.Name!, field => field!, StringComparer.OrdinalIgnoreCase);
        known.Objects[sobject] = (fields, clock.GetTimestamp());
        return fields;
    }

    private async Task<bool> HasAsync(string sobject, string name, string? stream, CancellationToken cancellation)
    {
        var fields = await GetAsync(sobject, stream, cancellation).ConfigureAwait(false);
        if (name.Split('.', 2) is not [var relationship, var ofParent])
        {
            return fields.ContainsKey(name);
        }

        var reference = fields.Values.FirstOrDefault(field => string.Equals(field.RelationshipName, relationship, StringComparison.OrdinalIgnoreCase));
        if (reference?.ReferenceTo?.OfType<string>().FirstOrDefault() is not { } parent)
        {
            return false;
        }

        try
        {
            return await HasAsync(parent, ofParent, stream ?? relationship, cancellation).ConfigureAwait(false);
        }
        catch (StreamRefusedException)
        {
            // The parent is not ours to see: its fields do not exist for us, the row's own do.
            return false;
        }
    }
}
