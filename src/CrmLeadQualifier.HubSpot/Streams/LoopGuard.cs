using CrmLeadQualifier.Crm.Errors;

namespace CrmLeadQualifier.HubSpot.Streams;

/// <summary>
/// Notices pages that lead in a circle and would be read for ever. It remembers one cursor only, moved on at every power of two (Brent's method): a circle is met at the latest when it was
/// walked twice, and a reading of millions of pages needs no more memory than one of two.
/// </summary>
internal sealed class LoopGuard(string stream)
{
    private string? _remembered;
    private string? _lastAsked;
    private long _steps;
    private long _power = 1;

    /// <param name="current">Null: a reading begins.</param>
    public void Follow(string? current, string? next)
    {
        if (current is null)
        {
            (_remembered, _steps, _power) = (null, 0, 1);
        }

        // The same page asked again (its commit failed) leads to the same next one: no circle.
        var isAskedAgain = current is not null && current == _lastAsked;
        _lastAsked = current;
        if (next is null || (isAskedAgain && next != current))
        {
            return;
        }

        if (next == current || next == _remembered)
        {
            throw new RetriableCrmException($"HubSpot's pages of {stream} run in a circle: the same cursor came twice.", TimeSpan.FromMinutes(1));
        }

        if (++_steps == _power)
        {
            (_remembered, _steps, _power) = (next, 0, _power * 2);
        }
    }
}
