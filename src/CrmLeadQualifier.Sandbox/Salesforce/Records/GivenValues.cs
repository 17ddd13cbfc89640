using System.Globalization;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;

namespace CrmLeadQualifier.Sandbox.Salesforce.Records;

/// <summary>
/// Every value that custom fields were given since the start, in order, whoever gave it and also where it was there already. No part of Salesforce, whose
/// history keeps twenty tracked fields and no long texts: a test asks for it.
/// </summary>
internal sealed class GivenValues(Journal journal)
{
    private readonly Dictionary<(string Id, string Field), List<string>> _values = [];

    public IEnumerable<(string Id, string Field, IReadOnlyList<string> Values)> All =>
        _values.Where(given => given.Value.Count > 0).Select(given => (given.Key.Id, given.Key.Field, (IReadOnlyList<string>)given.Value));

    public void Note(SObject record, SObjectField field, object? value)
    {
        if (!field.Custom)
            return;
        if (!_values.TryGetValue((record.Id, field.Name), out var values))
            _values.Add((record.Id, field.Name), values = []);
        if (journal.Open)
            journal.Note(() => values.RemoveAt(values.Count - 1));
        values.Add(value switch
        {
            null => "",
            long instant => Instant.Iso(instant),
            DateOnly day => SalesforceTime.Write(day),
            bool flag => flag ? "true" : "false",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        });
    }
}
