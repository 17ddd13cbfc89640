using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Crm.Fields;

namespace CrmLeadQualifier.Sync.Provision;

/// <summary>Our fields with labels, descriptions and options in the agreement's language.</summary>
public static class Provisioning
{
    /// <param name="minimal">Only what a portal with room for ten properties takes.</param>
    public static IReadOnlyList<FieldDefinition> Fields(Definition definition, bool minimal)
        => throw new InvalidOperationException($"Being written. {definition} {minimal}");
}
