namespace CrmLeadQualifier.Storage.Postgres;

/// <summary>Marks leads of which a fact changed.</summary>
internal static class DueLeads
{
    public static Task MarkAsync(PostgresSession session, IReadOnlyCollection<long> leadIds) =>
        leadIds.Count == 0 ? Task.CompletedTask : MarkWhereAsync(session, "= ANY ($1)", leadIds.ToArray());

    /// <param name="leads">A query for their ids, with its parameters.</param>
    public static Task MarkAsync(PostgresSession session, string leads, params object?[] values) => MarkWhereAsync(session, $"IN ({leads})", values);

    private static async Task MarkWhereAsync(PostgresSession session, string leads, params object?[] values)
    {
        // First locked, then marked. The lock waits for a transaction that is scoring such a lead without our fact, and keeps the next one from beginning before our fact is there to
        // see; what it answers is what the one waited for said: that the lead is no longer due. Within one statement a lead that was due before the wait would not be looked at again.
        // The lock is the weakest that does it: writers of facts do not wait for each other by it.
        // (A filter, not a WHERE: that one would be applied before the lock.)
        var unmarked = await session.NumberAsync(
            $"SELECT count(*) FILTER (WHERE NOT is_due) FROM (SELECT is_due FROM lead WHERE id {leads} ORDER BY id FOR KEY SHARE) AS locked", values).ConfigureAwait(false);
        if (unmarked > 0)
        {
            await session.ExecuteAsync($"UPDATE lead SET is_due = true WHERE NOT is_due AND id {leads}", values).ConfigureAwait(false);
        }
    }
}
