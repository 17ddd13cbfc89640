using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Postgres;

internal sealed class PostgresErasureRows(PostgresSession session) : IErasureRows
{
    /// <summary>One after the other: $1 are the ids of records.</summary>
    private static readonly string[] Statements =
    [
        """
        DELETE FROM report_name USING record r
        WHERE r.id = ANY ($1) AND ((r.lead_id <> 0 AND report_name.lead_id = r.lead_id)
            OR lower(trim(report_name.text)) IN (SELECT value FROM identity WHERE record_id = ANY ($1) AND kind = 'email'
                UNION SELECT lower(trim(value)) FROM attribute_value WHERE record_id = ANY ($1) AND name = 'email'))
        """,
        "DELETE FROM activity USING record r WHERE r.id = ANY ($1) AND activity.connection_id = r.connection_id AND activity.record_id = r.external_id",
        """
        DELETE FROM activity USING identity i, record r
        WHERE i.record_id = ANY ($1) AND i.kind = 'email' AND r.id = i.record_id
            AND activity.connection_id = r.connection_id AND md5(activity.email) = md5(i.value) AND activity.email = i.value
            AND NOT EXISTS (SELECT 1 FROM identity other JOIN record o ON o.id = other.record_id
                WHERE other.kind = 'email' AND md5(other.value) = md5(i.value) AND other.value = i.value AND other.record_id <> ALL ($1) AND o.connection_id = r.connection_id AND NOT o.is_gone)
        """,
        "DELETE FROM attribute_value WHERE record_id = ANY ($1)",
        "DELETE FROM identity WHERE record_id = ANY ($1)",
        "DELETE FROM quarantine USING record r WHERE r.id = ANY ($1) AND quarantine.connection_id = r.connection_id AND quarantine.external_id = r.external_id",
        "DELETE FROM late_read USING record r WHERE r.id = ANY ($1) AND late_read.connection_id = r.connection_id AND late_read.record_id = r.external_id",
        "DELETE FROM sighting WHERE record_id = ANY ($1)",
        "UPDATE verdict SET comment = NULL WHERE record_id = ANY ($1)",
        "UPDATE write SET before = '', value = '', reason = NULL WHERE record_id = ANY ($1)",
        """
        UPDATE lead SET score_json = NULL, notes_json = '[]', is_due = true,
            state_json = (state_json::jsonb #- '{verdict,comment}' #- '{previous_verdict,comment}')::text
        FROM record r WHERE r.id = ANY ($1) AND lead.id = r.lead_id
        """,
    ];

    private const string Records =
        """
        UPDATE record SET is_gone = true, owner_id = NULL, company_id = NULL, lifecycle = NULL, lifecycle_due = NULL, hand_over_due = 0, push_due = false, push_not_before = NULL, link_due = false,
            history_due = false, has_overrides = false, attributes_json = '{}', known_json = '{}', desired_json = NULL, sales_due_json = '{}', overrides_json = '{}', foreign_json = '{}',
            counters_json = '{}', parked = $2
        WHERE id = ANY ($1)
        """;

    public async Task EraseAsync(IReadOnlyCollection<long> recordIds, string parked)
    {
        if (recordIds.Count == 0)
        {
            return;
        }

        foreach (var statement in Statements)
        {
            await session.ExecuteAsync(statement, recordIds.ToArray()).ConfigureAwait(false);
        }

        await session.ExecuteAsync(Records, recordIds.ToArray(), parked).ConfigureAwait(false);
    }
}
