using System.Collections.Concurrent;
using CrmLeadQualifier.Salesforce.Api;

namespace CrmLeadQualifier.Salesforce.Mapping;

/// <summary>What an org told of its objects, by API name, shared by the clients that one process opens one after the other: descriptions are large and seldom change.</summary>
internal sealed class KnownDescriptions
{
    public ConcurrentDictionary<string, (IReadOnlyDictionary<string, FieldDescription> Fields, long ReadAt)> Objects { get; } = new();
}
