using System.Globalization;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Texts;
using Microsoft.Data.Sqlite;

namespace CrmLeadQualifier.Storage.Sqlite;

internal sealed class SqliteFeedbackRows(SqliteSession session) : IFeedbackRows
{
    private const string VerdictColumns = "record_id, value, at, reason, comment, recontact_on, said_by, is_approximate, is_withdrawal, seen_at, is_decided";
    private const string DealColumns = "connection_id, id, created_at, outcome, closed_at, amount, records_json, seen_at";

    // Emptying a field and setting it again may carry one instant: they are two.
    private const string Identity = "record_id = ?1 AND at = ?2 AND value = ?3 AND ifnull(reason, '') = ifnull(?4, '') AND is_withdrawal = ?5";

    private static readonly string InsertVerdict = Sql.Insert("verdict", VerdictColumns) + " ON CONFLICT DO NOTHING";
    // When it was seen first stays, and when it was seen to stand as it does, while it does.
    private static readonly string UpsertDeal = Sql.Insert("deal", $"{DealColumns}, outcome_seen_at")
        + " ON CONFLICT (connection_id, id) DO UPDATE SET (created_at, outcome, closed_at, amount, records_json, outcome_seen_at)"
        + " = (excluded.created_at, excluded.outcome, excluded.closed_at, excluded.amount, excluded.records_json,"
        + " CASE WHEN deal.outcome = excluded.outcome AND deal.closed_at IS excluded.closed_at THEN deal.outcome_seen_at ELSE excluded.outcome_seen_at END)";

    public Task<int> AddVerdictsAsync(IReadOnlyList<VerdictRow> rows)
    {
        var added = 0;
        foreach (var row in rows)
        {
            var verdict = row.Verdict;
            if (session.Execute(
                InsertVerdict,
                row.RecordId, Words.Of(verdict.Value), verdict.At, verdict.Reason, verdict.Comment, verdict.RecontactOn, verdict.By, verdict.IsApproximate, verdict.IsWithdrawal, row.SeenAt,
                row.IsDecided) == 1)
            {
                added++;
                session.Execute("UPDATE lead SET is_due = 1 WHERE is_due = 0 AND id = (SELECT lead_id FROM record WHERE id = ?1)", row.RecordId);
            }
        }

        return Task.FromResult(added);
    }

    public Task<IReadOnlyDictionary<long, IReadOnlyList<VerdictRow>>> VerdictsAsync(IReadOnlyCollection<long> leadIds) => Task.FromResult(ByLead(session.Query(
        """
        SELECT r.lead_id, v.record_id, v.value, v.at, v.reason, v.comment, v.recontact_on, v.said_by, v.is_approximate, v.is_withdrawal, v.seen_at, v.is_decided
        FROM json_each(?1) lead CROSS JOIN record r ON r.lead_id = lead.value JOIN verdict v ON v.record_id = r.id
        WHERE r.lead_id <> 0
        ORDER BY v.at, v.id
        """,
        ReadVerdict,
        Sql.List([.. leadIds.Distinct()]))));

    public Task MarkDecidedAsync(IReadOnlyCollection<VerdictRow> rows)
    {
        foreach (var row in rows)
        {
            session.Execute(
                $"UPDATE verdict SET is_decided = 1 WHERE {Identity}", row.RecordId, row.Verdict.At, Words.Of(row.Verdict.Value), row.Verdict.Reason, row.Verdict.IsWithdrawal);
        }

        return Task.CompletedTask;
    }

    public Task SaveDealsAsync(IReadOnlyList<DealRow> rows)
    {
        foreach (var row in rows)
        {
            var before = session.First($"SELECT {DealColumns} FROM deal WHERE connection_id = ?1 AND id = ?2", ReadDeal, row.ConnectionId, row.Deal.Id);
            IReadOnlyList<string> records = [.. row.RecordIds.Distinct().Order(StringComparer.Ordinal)];
            if (before is not null && before.Deal == row.Deal && before.Amount == row.Amount && before.RecordIds.SequenceEqual(records))
            {
                continue;
            }

            MarkDue(row);
            session.Execute(
                UpsertDeal,
                row.ConnectionId, row.Deal.Id, row.Deal.CreatedAt, Words.Of(row.Deal.Outcome), row.Deal.ClosedAt, row.Amount?.ToString(CultureInfo.InvariantCulture), LedgerJson.Write(records),
                row.SeenAt, row.SeenAt);
            session.Execute("DELETE FROM deal_record WHERE connection_id = ?1 AND deal_id = ?2", row.ConnectionId, row.Deal.Id);
            foreach (var record in records)
            {
                session.Execute("INSERT INTO deal_record (connection_id, record_id, deal_id) VALUES (?1, ?2, ?3)", row.ConnectionId, record, row.Deal.Id);
            }

            MarkDue(row);
        }

        return Task.CompletedTask;
    }

    public Task<(int WithoutPerson, int Won)> CountWonAsync(Instant from, Instant to) => Task.FromResult(session.Query(
        """
        SELECT count(*), count(*) - count(p.deal_id)
        FROM deal d
        LEFT JOIN (SELECT DISTINCT connection_id, deal_id FROM deal_record) p ON p.connection_id = d.connection_id AND p.deal_id = d.id
        WHERE d.outcome = 'won' AND coalesce(d.closed_at, d.created_at) >= ?1 AND coalesce(d.closed_at, d.created_at) < ?2
          AND NOT EXISTS (SELECT 1 FROM deal_record m WHERE m.connection_id = d.connection_id AND m.deal_id = d.id AND m.record_id LIKE 'salesforce:%')
        """,
        row => (row.GetInt32(1), row.GetInt32(0)),
        from, to).Single());

    public Task<IReadOnlyDictionary<long, IReadOnlyList<DealRow>>> DealsAsync(IReadOnlyCollection<long> leadIds) => Task.FromResult(ByLead(session.Query(
        """
        SELECT DISTINCT d.connection_id, d.id, d.created_at, d.outcome, d.closed_at, d.amount, d.records_json, d.seen_at, r.lead_id
        FROM json_each(?1) lead
        CROSS JOIN record r ON r.lead_id = lead.value
        CROSS JOIN deal_record p ON p.connection_id = r.connection_id AND p.record_id = r.external_id
        CROSS JOIN deal d ON d.connection_id = p.connection_id AND d.id = p.deal_id
        WHERE r.lead_id <> 0
        ORDER BY d.created_at, d.connection_id, d.id
        """,
        row => (row.GetInt64(8), ReadDeal(row)),
        Sql.List([.. leadIds.Distinct()]))));

    /// <summary>Marks the leads of the people who are on the deal as it stands in the ledger.</summary>
    private void MarkDue(DealRow row) => session.Execute(
        """
        UPDATE lead SET is_due = 1 WHERE is_due = 0 AND id IN (
            SELECT r.lead_id FROM deal_record p JOIN record r ON r.connection_id = p.connection_id AND r.external_id = p.record_id
            WHERE p.connection_id = ?1 AND p.deal_id = ?2)
        """,
        row.ConnectionId, row.Deal.Id);

    private static IReadOnlyDictionary<long, IReadOnlyList<T>> ByLead<T>(List<(long Lead, T Row)> rows) =>
        rows.GroupBy(row => row.Lead).ToDictionary(group => group.Key, IReadOnlyList<T> (group) => [.. group.Select(row => row.Row)]);

    private static (long Lead, VerdictRow Row) ReadVerdict(SqliteDataReader row) => (row.GetInt64(0), new VerdictRow(
        row.GetInt64(1),
        new Verdict(row.GetInt64(1).ToString(CultureInfo.InvariantCulture), Words.Read<VerdictValue>(row.GetString(2)), row.Instant(3))
        {
            Reason = row.Text(4),
            Comment = row.Text(5),
            RecontactOn = row.InstantOrNull(6),
            By = row.Text(7),
            IsApproximate = row.Flag(8),
            IsWithdrawal = row.Flag(9),
        })
    {
        SeenAt = row.Instant(10),
        IsDecided = row.Flag(11),
    });

    private static DealRow ReadDeal(SqliteDataReader row) =>
        new(row.GetInt64(0), new Deal(row.GetString(1), row.Instant(2), Words.Read<DealOutcome>(row.GetString(3)), row.InstantOrNull(4)))
        {
            Amount = row.Text(5) is { } amount ? decimal.Parse(amount, CultureInfo.InvariantCulture) : null,
            RecordIds = LedgerJson.List(row.GetString(6)),
            SeenAt = row.Instant(7),
        };
}
