using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Sync.Score;

/// <summary>The record on which sales works a lead.</summary>
internal static class HandOverRecord
{
    /// <summary>
    /// Of the lead's records in the CRM where sales works: the Contact before the open Lead, then one with an active owner, the latest activity that is no copy, the lowest id. Null: there is none, or
    /// nobody active owns it, and the hand-over waits; the program creates no people and changes no owner.
    /// </summary>
    /// <param name="handover">Where sales works; null: in Salesforce where one is connected.</param>
    public static RecordRow? Choose(LeadBundle bundle, CrmKind? handover)
    {
        var isInSalesforce = handover is { } kind ? kind == CrmKind.Salesforce : bundle.Connections.Values.Any(connection => connection.Crm == CrmWords.Salesforce);
        var crm = isInSalesforce ? CrmWords.Salesforce : CrmWords.HubSpot;
        List<RecordRow> candidates = [.. bundle.Present.Where(record => bundle.CrmOf(record) == crm && record.Parked != Pull.RecordIntake.Converted)];
        var chosen = candidates.Count == 1 ? candidates[0] : candidates
            .OrderByDescending(record => record.Object == CrmWords.Contact)
            .ThenByDescending(record => HasActiveOwner(bundle, record))
            .ThenByDescending(record => bundle.Activities
                .Where(activity => activity.CopyOf is null && activity.ConnectionId == record.ConnectionId && activity.RecordId == record.ExternalId)
                .Select(activity => activity.At.UnixMilliseconds)
                .DefaultIfEmpty(long.MinValue)
                .Max())
            .ThenBy(record => record.Id)
            .FirstOrDefault();
        return chosen is not null && HasActiveOwner(bundle, chosen) ? chosen : null;
    }

    private static bool HasActiveOwner(LeadBundle bundle, RecordRow record) => bundle.OwnerOf.TryGetValue(record.Id, out var owner) && owner.IsActive;
}
