using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;
using CrmLeadQualifier.Sandbox.Salesforce.Soql;

namespace CrmLeadQualifier.Sandbox.Salesforce.Behaviours;

/// <summary>
/// A record-triggered flow: a save that leaves a record meeting the condition sets a field too. It runs as the person whose save it was, so that nothing
/// tells its change from that person's own.
/// </summary>
internal sealed record RecordFlow(SObjectType Type, Condition Condition, SObjectField Field, object? Value)
{
    /// <summary>The values of a save with what the flows add.</summary>
    public static IReadOnlyList<(SObjectField Field, object? Value)> Run(Org org, SObject record, IReadOnlyList<(SObjectField Field, object? Value)> values, long now)
    {
        var flows = org.Behaviours.Flows.Where(flow => flow.Type == record.Type).ToList();
        if (flows.Count == 0)
            return values;
        var after = new SObject(record.Type, record.Id);
        foreach (var field in record.Type.Fields)
            after.Put(field, record[field]);
        foreach (var (field, value) in values)
            after.Put(field, value);
        return [.. values, .. flows.Where(flow => ConditionTest.Holds(org, flow.Condition, after, now) && !values.Any(given => given.Field == flow.Field))
            .Select(flow => (flow.Field, flow.Value))];
    }
}
