using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;

namespace CrmLeadQualifier.Sandbox.Salesforce.Behaviours;

/// <summary>What the org does where people would have one address twice in an object.</summary>
internal enum DuplicateRule
{
    None,
    Alert,
    Block,
}

internal static class DuplicateRules
{
    /// <summary>Refuses a save that makes or leaves a duplicate; one that is only alerted of is saved by whoever allows it.</summary>
    public static SaveError? Refuse(Org org, SObject? record, SObjectType type, List<(SObjectField Field, object? Value)> values, bool allowed)
    {
        if (org.Behaviours.Duplicates == DuplicateRule.None || type.Name is not ("Lead" or "Contact")
            || (org.Behaviours.Duplicates == DuplicateRule.Alert && allowed))
            return null;
        var field = type.Field("Email");
        var address = values.Exists(value => value.Field == field) ? values.Find(value => value.Field == field).Value as string : record?[field] as string;
        return address is not null && org.Store(type).Ordered.Any(other => other != record && !other.IsDeleted && !other.Flag("IsConverted", whenMissing: false)
            && string.Equals(other[field] as string, address, StringComparison.OrdinalIgnoreCase))
            ? new SaveError("DUPLICATES_DETECTED", "Use one of these records?")
            : null;
    }
}
