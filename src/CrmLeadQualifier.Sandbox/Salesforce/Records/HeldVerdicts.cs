using CrmLeadQualifier.Sandbox.Salesforce.Schema;

namespace CrmLeadQualifier.Sandbox.Salesforce.Records;

/// <summary>
/// What people entered in fields that do not exist yet, or will enter at an instant to come. It shows, with its own instant and author in the history,
/// once the field exists and the instant has passed; the record counts as modified when it shows.
/// </summary>
internal sealed class HeldVerdicts(Org org)
{
    // A record's stamp lies a second earlier for every two hundred that show at once, the size of a batch.
    private const int PerSecond = 200;

    private readonly Dictionary<(SObjectType Type, string Field), PriorityQueue<Held, (long At, long Order)>> _waiting = [];
    private long _order;

    public void Hold(SObject record, string field, string? value, long at, SObject by)
    {
        if (!_waiting.TryGetValue((record.Type, field), out var waiting))
            _waiting[(record.Type, field)] = waiting = new PriorityQueue<Held, (long, long)>();
        waiting.Enqueue(new Held(record, value, at, by), (at, _order++));
    }

    public void Show(long now)
    {
        foreach (var ((type, name), waiting) in _waiting)
        {
            if (waiting.Count == 0 || !type.TryField(name, out var field))
                continue;
            var shown = new List<Held>();
            while (waiting.TryPeek(out _, out var due) && due.At <= now)
                shown.Add(waiting.Dequeue());
            for (var i = 0; i < shown.Count; i++)
            {
                var (record, value, at, by) = shown[i];
                if (value is not null && field.Type is FieldType.Picklist)
                    field.AddValue(value);
                org.Writer.Update(record, [(field, value)], at, now - ((shown.Count - 1 - i) / PerSecond * 1_000L), by);
            }
        }
    }

    private readonly record struct Held(SObject Record, string? Value, long At, SObject By);
}
