using CrmLeadQualifier.Sandbox.HubSpot.Properties;

namespace CrmLeadQualifier.Sandbox.HubSpot.Objects;

/// <summary>
/// What people entered in properties that do not exist yet, or will enter at an instant to come. It shows, with its own instant and author in the history,
/// once the property exists and the instant has passed; the records count as modified when it shows.
/// </summary>
internal sealed class HeldChanges(Portal portal)
{
    // A record's stamp is moved back by a millisecond for every hundred that show at once: nobody could have entered them all in one.
    private const int PerMillisecond = 100;

    private readonly Dictionary<string, PriorityQueue<HeldChange, (long At, long Order)>> _byProperty = new(StringComparer.Ordinal);
    private long _order;

    public void Hold(CrmObject record, string property, string value, long at, ChangeSource source)
    {
        if (!_byProperty.TryGetValue(property, out var waiting))
            _byProperty[property] = waiting = new PriorityQueue<HeldChange, (long, long)>();
        waiting.Enqueue(new HeldChange(record, value, at, source), (at, _order++));
    }

    public void Show(long now)
    {
        foreach (var (property, waiting) in _byProperty)
        {
            if (waiting.Count == 0 || portal.Properties(ObjectType.Contact).Find(property) is not { } definition)
                continue;
            var due = new List<HeldChange>();
            while (waiting.TryPeek(out var next, out var place) && place.At <= now)
            {
                waiting.Dequeue();
                if (!next.Record.Archived)
                    due.Add(next);
            }
            for (var i = 0; i < due.Count; i++)
                Show(due[i], property, definition, now - ((due.Count - 1 - i) / PerMillisecond));
        }
    }

    private void Show(HeldChange change, string property, PropertyDefinition definition, long stamp)
    {
        if (definition.Type == "enumeration" && change.Value.Length > 0)
            definition.AddOption(change.Value);
        change.Record.Set(property, change.Value, change.At, stamp, change.Source);
        portal.Store(ObjectType.Contact).Touch(change.Record, stamp);
        portal.Changes.Changed(change.Record, property, change.Value, stamp, change.Source);
    }

    private readonly record struct HeldChange(CrmObject Record, string Value, long At, ChangeSource Source);
}
