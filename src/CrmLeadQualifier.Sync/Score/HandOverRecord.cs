using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Sync.Score;

/// <summary>The record on which sales works a lead.</summary>
internal static class HandOverRecord
{
    /// <summary>
    /// Of the lead's records with an active owner the one with the latest activity, then the lowest id. Null: the hand-over waits; the program creates no people and changes no owner.
    /// </summary>
    public static RecordRow? Choose(LeadBundle bundle) => bundle.Present
        .Where(record => bundle.OwnerOf.TryGetValue(record.Id, out var owner) && owner.IsActive)
        .OrderByDescending(record => bundle.Activities
            .Where(activity => activity.ConnectionId == record.ConnectionId && activity.RecordId == record.ExternalId)
            .Select(activity => activity.At.UnixMilliseconds)
            .DefaultIfEmpty(long.MinValue)
            .Max())
        .ThenBy(record => record.Id)
        .FirstOrDefault();
}
