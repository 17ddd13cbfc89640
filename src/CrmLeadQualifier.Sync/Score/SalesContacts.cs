using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Sync.Score;

/// <summary>A lead's activities that are contact of sales with the person.</summary>
internal static class SalesContacts
{
    public static IReadOnlyList<SalesContact> Of(IReadOnlyList<ActivityRow> activities)
    {
        List<SalesContact>? contacts = null;
        foreach (var activity in activities)
        {
            if (FirstContact.IsContact(activity.Kind, activity.Attributes, activity.UserId, activity.CopyOf is not null, activity.IsApproximate))
            {
                (contacts ??= []).Add(new SalesContact(activity.At, activity.Kind, activity.IsDayOnly));
            }
        }

        return contacts ?? (IReadOnlyList<SalesContact>)[];
    }
}
