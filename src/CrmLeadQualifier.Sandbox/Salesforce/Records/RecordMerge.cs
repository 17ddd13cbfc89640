using CrmLeadQualifier.Sandbox.Salesforce.Behaviours;

namespace CrmLeadQualifier.Sandbox.Salesforce.Records;

/// <summary>Two records become one: the loser is deleted and names its winner; what hung on it hangs on the winner.</summary>
internal static class RecordMerge
{
    public static void Merge(Org org, SObject winner, SObject loser, long at, SObject by)
    {
        foreach (var (child, field) in winner.Type.Children.Values.Where(child => !child.Child.EndsWith("History", StringComparison.Ordinal)))
        {
            foreach (var row in org.Store(child).Referring(field, loser.Id).ToList())
            {
                if (CampaignMemberships.IsMember(org, row, field, winner))
                    org.Writer.Delete(row, at, by);
                else
                    org.Writer.Update(row, at, by, (field, winner.Id));
            }
        }
        SharedActivities.Merge(org, winner, loser, at, by);
        org.Writer.Delete(loser, at, by, winner.Id);
        org.Writer.Stamp(winner, at, by);
    }
}
