using System.Globalization;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Pull;

/// <summary>
/// Erases here what the CRM erased: who was deleted for privacy there is forgotten here too. A record that is only deleted keeps its facts, since it may be restored; the CRM says which is which.
/// </summary>
internal sealed class Erasure(ConnectionSession session)
{
    /// <summary>Why an erased record is parked: nothing is known of it but that it was there.</summary>
    public const string Erased = "erased";

    /// <summary>Of records that a read by their ids left out: those of which the CRM keeps nothing. Asks the CRM; no transaction may be open.</summary>
    public async Task<IReadOnlyList<RecordRow>> FindAsync(string personObject, IReadOnlyList<RecordRow> missing, CancellationToken cancellation)
    {
        if (missing.Count == 0)
        {
            return [];
        }

        var erased = (await session.Crm.ErasedAsync(personObject, [.. missing.Select(record => record.ExternalId)], cancellation)).ToHashSet();
        return [.. missing.Where(record => erased.Contains(record.ExternalId))];
    }

    /// <summary>Their number is said, and nothing else about them.</summary>
    public async Task EraseAsync(ILedgerTransaction ledger, IReadOnlyList<RecordRow> records)
    {
        if (records.Count > 0)
        {
            await ledger.Erasures.EraseAsync([.. records.Select(record => record.Id)], Erased);
            session.Notices.Add(string.Create(CultureInfo.InvariantCulture, $"{session.Connection.Name}: {records.Count} record(s) were erased in the CRM, and what was kept of them here is erased too"));
        }
    }
}
