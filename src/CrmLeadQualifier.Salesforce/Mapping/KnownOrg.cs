using System.Collections.Concurrent;
using CrmLeadQualifier.Salesforce.Api;

namespace CrmLeadQualifier.Salesforce.Mapping;

/// <summary>What an org told of itself and seldom changes, shared by the clients that one process opens one after the other; each is good for an hour from when it was read.</summary>
internal sealed class KnownOrg
{
    /// <summary>Its objects, by API name.</summary>
    public ConcurrentDictionary<string, (IReadOnlyDictionary<string, FieldDescription> Fields, long ReadAt)> Objects { get; } = new();

    /// <summary>Who works there.</summary>
    public (Users Users, long ReadAt)? Users { get; set; }
}
