namespace CrmLeadQualifier.Sandbox.Salesforce.Records;

/// <summary>Two records become one: the loser is deleted and names its winner; what hung on it hangs on the winner.</summary>
internal static class RecordMerge
{
    public static void Merge(Org org, SObject winner, SObject loser, long at, SObject by)
    {
        foreach (var (child, field) in winner.Type.Children.Values.Where(child => !child.Child.EndsWith("History", StringComparison.Ordinal)))
        {
            foreach (var row in org.Store(child).Referring(field, loser.Id).ToList())
                org.Writer.Update(row, at, by, (field, winner.Id));
        }
        org.Writer.Delete(loser, at, by, winner.Id);
        org.Writer.Stamp(winner, at, by);
    }
}
