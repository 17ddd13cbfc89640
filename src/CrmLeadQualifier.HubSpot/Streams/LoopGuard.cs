using CrmLeadQualifier.Crm.Errors;

namespace CrmLeadQualifier.HubSpot.Streams;

/// <summary>Remembers where the pages of one reading led: a cursor that comes twice, from different pages, would be read for ever.</summary>
internal sealed class LoopGuard(string stream)
{
    private readonly Dictionary<string, string?> _ledFrom = [];

    /// <param name="current">Null: a reading begins.</param>
    public void Follow(string? current, string? next)
    {
        if (current is null)
        {
            _ledFrom.Clear();
        }

        if (next is null)
        {
            return;
        }

        // The same page asked again (its commit failed) leads to the same next one: no loop.
        if (next == current || (_ledFrom.TryGetValue(next, out var before) && before != current))
        {
            throw new RetriableCrmException($"HubSpot's pages of {stream} run in a circle: the same cursor came twice.", TimeSpan.FromMinutes(1));
        }

        _ledFrom[next] = current;
    }
}
