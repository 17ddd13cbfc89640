using System.Collections.Concurrent;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Http;

namespace CrmLeadQualifier.Salesforce.Mapping;

/// <summary>
/// The org's description of its objects as our user sees them, read when content is first asked for and again once an hour. A field that is missing or hidden is refused by
/// queries: nothing is selected that is not described.
/// </summary>
internal sealed class ObjectDescriptions(SalesforceTransport transport, TimeProvider clock)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _reading = new(1);
    private readonly ConcurrentDictionary<string, (IReadOnlyDictionary<string, FieldDescription> Fields, long ReadAt)> _known = new();

    /// <summary>By API name.</summary>
    public async Task<IReadOnlyDictionary<string, FieldDescription>> GetAsync(string sobject, string? stream, CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_known.TryGetValue(sobject, out var known) && clock.GetElapsedTime(known.ReadAt) <= GoodFor)
            {
                return known.Fields;
            }

            var path = transport.Paths.Describe(sobject);
            var answer = await transport.CallAsync<ObjectDescription>(
                new CallContext($"the description of {sobject}", stream), (api, token, t) => api.DescribeAsync(path, token, t), cancellation).ConfigureAwait(false);
            var fields = (answer.Body.Fields ?? []).Where(field => field?.Name is not null).DistinctBy(field => field!.Name, StringComparer.OrdinalIgnoreCase)
                .ToDictionary(field => field!.Name!, field => field!, StringComparer.OrdinalIgnoreCase);
            _known[sobject] = (fields, clock.GetTimestamp());
            return fields;
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
    public void Forget() => _known.Clear();

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
