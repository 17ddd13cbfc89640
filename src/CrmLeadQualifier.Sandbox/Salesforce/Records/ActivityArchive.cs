namespace CrmLeadQualifier.Sandbox.Salesforce.Records;

/// <summary>Once a day closed Tasks and past Events of more than a year ago leave the ordinary queries. Their stamps stay.</summary>
internal sealed class ActivityArchive(Org org)
{
    private const int Age = 365;
    private DateOnly? _swept;

    public void Sweep(long now)
    {
        var today = SalesforceTime.Day(now);
        if (_swept == today)
            return;
        _swept = today;
        var before = today.AddDays(-Age);
        foreach (var type in new[] { "Task", "Event" })
        {
            var store = org.Store(type);
            foreach (var activity in store.Ordered)
            {
                if (!activity.Flag("IsArchived") && activity["ActivityDate"] is DateOnly day && day < before && (type == "Event" || activity.Flag("IsClosed")))
                    store.Set(activity, "IsArchived", true);
            }
        }
    }
}
