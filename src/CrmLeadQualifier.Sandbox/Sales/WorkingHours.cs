namespace CrmLeadQualifier.Sandbox.Sales;

/// <summary>When the simulated sales team works: Monday to Friday, 8:00 to 17:00 UTC.</summary>
internal static class WorkingHours
{
    /// <summary>What falls outside is done on the next working morning.</summary>
    public static long From(long at)
    {
        var moment = DateTimeOffset.FromUnixTimeMilliseconds(at);
        if (moment.Hour >= 17)
            moment = Morning(moment.AddDays(1), moment.Minute);
        else if (moment.Hour < 8)
            moment = Morning(moment, moment.Minute);
        while (moment.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday)
            moment = Morning(moment.AddDays(1), moment.Minute);
        return moment.ToUnixTimeMilliseconds();
    }

    private static DateTimeOffset Morning(DateTimeOffset day, int minute) => new(day.Year, day.Month, day.Day, 8, minute, 0, TimeSpan.Zero);
}
