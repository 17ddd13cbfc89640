namespace CrmLeadQualifier.Sandbox.Salesforce.Records;

/// <summary>
/// Transactions of others than the API user: their records carry the instant at which they began, but nobody sees them until they commit, a little
/// later. So rows appear
/// below a watermark that a reader has already taken. A write to a record that one of them holds waits for it, that is: lets it commit first.
/// </summary>
internal sealed class PendingCommits(TimeSpan longest, Journal journal)
{
    private readonly List<(long CommitsAt, SObject? Record, Action Apply)> _open = [];
    private uint _begun;

    /// <param name="record">The record that is changed; null for a new one.</param>
    /// <param name="now">When the transaction begins.</param>
    /// <param name="apply">Does what it does.</param>
    public void Begin(SObject? record, long now, Action apply)
    {
        var most = (uint)longest.TotalMilliseconds;
        // Spread over the whole span without a random source: the same sandbox commits in the same order.
        var delay = most == 0 ? 0 : (++_begun * 2_654_435_761u >> 8) % (most + 1);
        if (delay == 0 && _open.Count == 0)
        {
            apply();
            return;
        }
        var after = _open.Where(open => open.Record is not null && open.Record == record).Select(open => open.CommitsAt).DefaultIfEmpty(0).Max();
        _open.Add((Math.Max(now + delay, after), record, apply));
    }

    public void Commit(long now)
    {
        if (_open.Count == 0)
            return;
        // Those of one instant commit in the order in which they began.
        foreach (var open in _open.Where(open => open.CommitsAt <= now).OrderBy(open => open.CommitsAt).ToList())
            Commit(open);
    }

    public void WaitFor(SObject record)
    {
        if (_open.Count == 0)
            return;
        foreach (var open in _open.Where(open => open.Record == record).ToList())
            Commit(open);
    }

    private void Commit((long CommitsAt, SObject? Record, Action Apply) open)
    {
        _open.Remove(open);
        if (open.Record is not { IsDeleted: true })
            journal.Beside(open.Apply);
    }
}
