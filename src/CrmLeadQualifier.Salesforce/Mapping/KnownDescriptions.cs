using System.Collections.Concurrent;
using CrmLeadQualifier.Salesforce.Api;

namespace CrmLeadQualifier.Salesforce.Mapping;

/// <summary>
/// What an org told of its objects, by API name. One client's, or kept by whoever makes a client for each run: an org's descriptions are large and seldom change.
/// </summary>
public sealed class KnownDescriptions
{
    internal ConcurrentDictionary<string, (IReadOnlyDictionary<string, FieldDescription> Fields, long ReadAt)> Objects { get; } = new();
}
