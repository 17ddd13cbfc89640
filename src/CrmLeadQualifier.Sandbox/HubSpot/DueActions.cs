namespace CrmLeadQualifier.Sandbox.HubSpot;

/// <summary>What will happen in the portal at an instant of its clock.</summary>
internal sealed class DueActions
{
    private readonly PriorityQueue<Action<long>, (long At, long Order)> _waiting = new();
    private long _order;

    /// <param name="at">When.</param>
    /// <param name="action">What, given the instant for which it was due.</param>
    public void Add(long at, Action<long> action) => _waiting.Enqueue(action, (at, _order++));

    public void Run(long now)
    {
        while (_waiting.TryPeek(out var action, out var due) && due.At <= now)
        {
            _waiting.Dequeue();
            action(due.At);
        }
    }
}
