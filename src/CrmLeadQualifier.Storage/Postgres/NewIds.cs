namespace CrmLeadQualifier.Storage.Postgres;

/// <summary>Ids of rows that are about to be inserted: taken first, so that it is known which row has which.</summary>
internal static class NewIds
{
    /// <summary>Ascending.</summary>
    public static async Task<IReadOnlyList<long>> TakeAsync(PostgresSession session, string table, int count)
    {
        var ids = await session.QueryAsync("SELECT nextval(pg_get_serial_sequence($1, 'id')) FROM generate_series(1, $2)", row => row.GetInt64(0), table, count).ConfigureAwait(false);
        ids.Sort();
        return ids;
    }
}
