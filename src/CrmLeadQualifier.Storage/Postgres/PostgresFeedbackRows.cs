using System.Globalization;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Texts;
using Npgsql;

namespace CrmLeadQualifier.Storage.Postgres;

internal sealed class PostgresFeedbackRows(PostgresSession session) : IFeedbackRows
{
    private static readonly Columns<VerdictRow> Verdicts = new(
        "verdict",
        Column<VerdictRow>.Number("record_id", row => row.RecordId),
        Column<VerdictRow>.Text("value", row => Words.Of(row.Verdict.Value)),
        Column<VerdictRow>.Instant("at", row => row.Verdict.At),
        Column<VerdictRow>.Text("reason", row => row.Verdict.Reason),
        Column<VerdictRow>.Text("comment", row => row.Verdict.Comment),
        Column<VerdictRow>.Instant("recontact_on", row => row.Verdict.RecontactOn),
        Column<VerdictRow>.Text("said_by", row => row.Verdict.By),
        Column<VerdictRow>.Flag("is_approximate", row => row.Verdict.IsApproximate),
        Column<VerdictRow>.Flag("is_withdrawal", row => row.Verdict.IsWithdrawal),
        Column<VerdictRow>.Instant("seen_at", row => row.SeenAt),
        Column<VerdictRow>.Flag("is_decided", row => row.IsDecided));

    private static readonly Columns<DealRow> Deals = new(
        "deal",
        Column<DealRow>.Number("connection_id", row => row.ConnectionId),
        Column<DealRow>.Text("id", row => row.Deal.Id),
        Column<DealRow>.Instant("created_at", row => row.Deal.CreatedAt),
        Column<DealRow>.Text("outcome", row => Words.Of(row.Deal.Outcome)),
        Column<DealRow>.Instant("closed_at", row => row.Deal.ClosedAt),
        Column<DealRow>.Text("amount", row => row.Amount?.ToString(CultureInfo.InvariantCulture)),
        Column<DealRow>.Text("records_json", row => LedgerJson.Write(row.RecordIds)),
        Column<DealRow>.Instant("seen_at", row => row.SeenAt),
        Column<DealRow>.Instant("outcome_seen_at", row => row.SeenAt));

    private static readonly string InsertVerdicts = Verdicts.Insert + " ON CONFLICT DO NOTHING RETURNING record_id";
    // When it was seen first stays, and when it was seen to stand as it does, while it does.
    private static readonly string UpsertDeals =
        $"""
        {Deals.Insert} ON CONFLICT (connection_id, id) DO UPDATE SET (created_at, outcome, closed_at, amount, records_json, outcome_seen_at)
            = (excluded.created_at, excluded.outcome, excluded.closed_at, excluded.amount, excluded.records_json,
                CASE WHEN deal.outcome = excluded.outcome AND deal.closed_at IS NOT DISTINCT FROM excluded.closed_at THEN deal.outcome_seen_at ELSE excluded.outcome_seen_at END)
        """;

    // Emptying a field and setting it again may carry one instant: they are two.
    private static readonly string MarkDecided =
        $"""
        UPDATE verdict v SET is_decided = true FROM {Verdicts.Given("given")}
        WHERE v.record_id = given.record_id AND v.at = given.at AND v.value = given.value AND v.reason IS NOT DISTINCT FROM given.reason AND v.is_withdrawal = given.is_withdrawal
        """;

    public async Task<int> AddVerdictsAsync(IReadOnlyList<VerdictRow> rows)
    {
        var added = await session.QueryAsync(InsertVerdicts, row => row.GetInt64(0), Verdicts.Values(rows)).ConfigureAwait(false);
        await DueLeads.MarkAsync(session, "SELECT lead_id FROM record WHERE id = ANY ($1)", added.ToArray()).ConfigureAwait(false);
        return added.Count;
    }

    public async Task<IReadOnlyDictionary<long, IReadOnlyList<VerdictRow>>> VerdictsAsync(IReadOnlyCollection<long> leadIds) => ByLead(await session.QueryAsync(
        $"""
        SELECT {Verdicts.Names}, r.lead_id
        FROM record r JOIN verdict v ON v.record_id = r.id
        WHERE r.lead_id <> 0 AND r.lead_id = ANY ($1)
        ORDER BY v.at, v.id
        """,
        ReadVerdict,
        leadIds.ToArray()).ConfigureAwait(false));

    public Task MarkDecidedAsync(IReadOnlyCollection<VerdictRow> rows) => rows.Count == 0 ? Task.CompletedTask : session.ExecuteAsync(MarkDecided, Verdicts.Values([.. rows]));

    public async Task SaveDealsAsync(IReadOnlyList<DealRow> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        DealRow[] given = [.. rows
            .Select(row => row with { RecordIds = [.. row.RecordIds.Distinct().Order(StringComparer.Ordinal)] })
            .GroupBy(row => (row.ConnectionId, row.Deal.Id), (_, same) => same.Last())];
        var before = (await session.QueryAsync(
            $"SELECT {Deals.Names} FROM deal WHERE (connection_id, id) IN (SELECT * FROM unnest($1::bigint[], $2::text[]))",
            ReadDeal,
            given.Select(row => row.ConnectionId).ToArray(), given.Select(row => row.Deal.Id).ToArray()).ConfigureAwait(false))
            .ToDictionary(row => (row.ConnectionId, row.Deal.Id));
        DealRow[] changed = [.. given.Where(row => !before.TryGetValue((row.ConnectionId, row.Deal.Id), out var old)
            || old.Deal != row.Deal || old.Amount != row.Amount || !old.RecordIds.SequenceEqual(row.RecordIds))];
        if (changed.Length == 0)
        {
            return;
        }

        object?[] keys = [changed.Select(row => row.ConnectionId).ToArray(), changed.Select(row => row.Deal.Id).ToArray()];
        await MarkDueAsync(keys).ConfigureAwait(false);
        await session.ExecuteAsync(UpsertDeals, Deals.Values(changed)).ConfigureAwait(false);
        await session.ExecuteAsync("DELETE FROM deal_record WHERE (connection_id, deal_id) IN (SELECT * FROM unnest($1::bigint[], $2::text[]))", keys).ConfigureAwait(false);
        var people = changed.SelectMany(row => row.RecordIds, (row, record) => (row.ConnectionId, Record: record, row.Deal.Id)).ToList();
        await session.ExecuteAsync(
            "INSERT INTO deal_record (connection_id, record_id, deal_id) SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[])",
            people.Select(p => p.ConnectionId).ToArray(), people.Select(p => p.Record).ToArray(), people.Select(p => p.Id).ToArray()).ConfigureAwait(false);
        await MarkDueAsync(keys).ConfigureAwait(false);
    }

    public async Task<(int WithoutPerson, int Won)> CountWonAsync(Instant from, Instant to) => (await session.QueryAsync(
        """
        SELECT count(*), count(*) - count(p.deal_id)
        FROM deal d
        LEFT JOIN (SELECT DISTINCT connection_id, deal_id FROM deal_record) p ON p.connection_id = d.connection_id AND p.deal_id = d.id
        WHERE d.outcome = 'won' AND coalesce(d.closed_at, d.created_at) >= $1 AND coalesce(d.closed_at, d.created_at) < $2
          AND NOT EXISTS (SELECT 1 FROM deal_record m WHERE m.connection_id = d.connection_id AND m.deal_id = d.id AND m.record_id LIKE 'salesforce:%')
        """,
        row => ((int)row.GetInt64(1), (int)row.GetInt64(0)),
        from, to).ConfigureAwait(false)).Single();

    public async Task<IReadOnlyDictionary<long, IReadOnlyList<DealRow>>> DealsAsync(IReadOnlyCollection<long> leadIds) => ByLead(await session.QueryAsync(
        """
        SELECT DISTINCT d.connection_id, d.id, d.created_at, d.outcome, d.closed_at, d.amount, d.records_json, d.seen_at, r.lead_id
        FROM record r
        JOIN deal_record p ON p.connection_id = r.connection_id AND p.record_id = r.external_id
        JOIN deal d ON d.connection_id = p.connection_id AND d.id = p.deal_id
        WHERE r.lead_id <> 0 AND r.lead_id = ANY ($1)
        ORDER BY d.created_at, d.connection_id, d.id
        """,
        row => (row.GetInt64(8), ReadDeal(row)),
        leadIds.ToArray()).ConfigureAwait(false));

    /// <summary>Marks the leads of the people who are on the deals as they stand in the ledger.</summary>
    private Task MarkDueAsync(object?[] deals) => DueLeads.MarkAsync(
        session,
        """
        SELECT r.lead_id FROM unnest($1::bigint[], $2::text[]) AS given (connection_id, deal_id)
        JOIN deal_record p ON p.connection_id = given.connection_id AND p.deal_id = given.deal_id
        JOIN record r ON r.connection_id = p.connection_id AND r.external_id = p.record_id
        """,
        deals);

    private static IReadOnlyDictionary<long, IReadOnlyList<T>> ByLead<T>(List<(long Lead, T Row)> rows) =>
        rows.GroupBy(row => row.Lead).ToDictionary(group => group.Key, IReadOnlyList<T> (group) => [.. group.Select(row => row.Row)]);

    private static (long Lead, VerdictRow Row) ReadVerdict(NpgsqlDataReader row) => (row.GetInt64(11), new VerdictRow(
        row.GetInt64(0),
        new Verdict(row.GetInt64(0).ToString(CultureInfo.InvariantCulture), Words.Read<VerdictValue>(row.GetString(1)), row.Instant(2))
        {
            Reason = row.TextOrNull(3),
            Comment = row.TextOrNull(4),
            RecontactOn = row.InstantOrNull(5),
            By = row.TextOrNull(6),
            IsApproximate = row.GetBoolean(7),
            IsWithdrawal = row.GetBoolean(8),
        })
    {
        SeenAt = row.Instant(9),
        IsDecided = row.GetBoolean(10),
    });

    private static DealRow ReadDeal(NpgsqlDataReader row) =>
        new(row.GetInt64(0), new Deal(row.Text(1), row.Instant(2), Words.Read<DealOutcome>(row.GetString(3)), row.InstantOrNull(4)))
        {
            Amount = row.TextOrNull(5) is { } amount ? decimal.Parse(amount, CultureInfo.InvariantCulture) : null,
            RecordIds = LedgerJson.List(row.GetString(6)),
            SeenAt = row.Instant(7),
        };
}
