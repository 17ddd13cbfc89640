using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Sqlite;

internal sealed class SqliteErasureRows(SqliteSession session) : IErasureRows
{
    /// <summary>One after the other, for one record: ?1 is its id.</summary>
    private static readonly string[] Statements =
    [
        """
        DELETE FROM report_name WHERE lead_id = (SELECT lead_id FROM record WHERE id = ?1 AND lead_id <> 0)
            OR lower(trim(text)) IN (SELECT value FROM identity WHERE record_id = ?1 AND kind = 'email'
                UNION SELECT lower(trim(value)) FROM attribute_value WHERE record_id = ?1 AND name = 'email')
        """,
        "DELETE FROM activity WHERE (connection_id, record_id) = (SELECT connection_id, external_id FROM record WHERE id = ?1)",
        """
        DELETE FROM activity WHERE (connection_id, email) IN (
            SELECT r.connection_id, i.value FROM identity i JOIN record r ON r.id = i.record_id WHERE i.record_id = ?1 AND i.kind = 'email'
                AND NOT EXISTS (SELECT 1 FROM identity other JOIN record o ON o.id = other.record_id
                    WHERE other.kind = 'email' AND other.value = i.value AND other.record_id <> ?1 AND o.connection_id = r.connection_id AND o.is_gone = 0))
        """,
        "DELETE FROM attribute_value WHERE record_id = ?1",
        "DELETE FROM identity WHERE record_id = ?1",
        "DELETE FROM quarantine WHERE (connection_id, external_id) = (SELECT connection_id, external_id FROM record WHERE id = ?1)",
        "DELETE FROM late_read WHERE (connection_id, record_id) = (SELECT connection_id, external_id FROM record WHERE id = ?1)",
        "DELETE FROM sighting WHERE record_id = ?1",
        "UPDATE verdict SET comment = NULL WHERE record_id = ?1",
        "UPDATE write SET before = '', value = '', reason = NULL WHERE record_id = ?1",
        """
        UPDATE lead SET score_json = NULL, notes_json = '[]', is_due = 1,
            state_json = json_remove(state_json, '$.verdict.comment', '$.previous_verdict.comment')
        WHERE id = (SELECT lead_id FROM record WHERE id = ?1)
        """,
        """
        UPDATE record SET is_gone = 1, owner_id = NULL, company_id = NULL, lifecycle = NULL, lifecycle_due = NULL, hand_over_due = 0, push_due = 0, push_not_before = NULL, link_due = 0,
            history_due = 0, has_overrides = 0, attributes_json = '{}', known_json = '{}', desired_json = NULL, sales_due_json = '{}', overrides_json = '{}', foreign_json = '{}',
            counters_json = '{}', parked = ?2
        WHERE id = ?1
        """,
    ];

    public Task EraseAsync(IReadOnlyCollection<long> recordIds, string parked)
    {
        // What is deleted is overwritten as well, not only unlinked: so does every connection.
        foreach (var record in recordIds)
        {
            foreach (var statement in Statements[..^1])
            {
                session.Execute(statement, record);
            }

            session.Execute(Statements[^1], record, parked);
        }

        return Task.CompletedTask;
    }
}
