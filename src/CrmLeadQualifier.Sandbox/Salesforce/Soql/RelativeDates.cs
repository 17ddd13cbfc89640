using System.Globalization;
using CrmLeadQualifier.Sandbox.Salesforce.Records;

namespace CrmLeadQualifier.Sandbox.Salesforce.Soql;

/// <summary>TODAY, LAST_N_DAYS:30 and the like: spans of whole days, in the user's time zone, which is GMT. Weeks begin on Sunday; the fiscal year is the calendar's.</summary>
internal static class RelativeDates
{
    private static readonly string[] Spans = ["WEEK", "MONTH", "QUARTER", "YEAR", "FISCAL_QUARTER", "FISCAL_YEAR"];
    private static readonly string[] Units = ["DAYS", "WEEKS", "MONTHS", "QUARTERS", "YEARS", "FISCAL_QUARTERS", "FISCAL_YEARS"];

    public static bool TryRead(string text, out string name, out int count)
    {
        name = text.ToUpperInvariant();
        count = 0;
        if (name is "TODAY" or "YESTERDAY" or "TOMORROW" or "LAST_90_DAYS" or "NEXT_90_DAYS")
            return true;
        foreach (var span in Spans)
        {
            if (name == "LAST_" + span || name == "THIS_" + span || name == "NEXT_" + span)
                return true;
        }
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !int.TryParse(name.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out count))
            return false;
        name = name[..colon];
        foreach (var unit in Units)
        {
            if (name == "LAST_N_" + unit || name == "NEXT_N_" + unit || name == $"N_{unit}_AGO")
                return true;
        }
        return false;
    }

    /// <summary>The first day of the span and the first after it.</summary>
    public static (DateOnly From, DateOnly To) Read(string name, int count, long now)
    {
        var today = SalesforceTime.Day(now);
        switch (name)
        {
            case "TODAY": return (today, today.AddDays(1));
            case "YESTERDAY": return (today.AddDays(-1), today);
            case "TOMORROW": return (today.AddDays(1), today.AddDays(2));
            case "LAST_90_DAYS": return (today.AddDays(-90), today.AddDays(1));
            case "NEXT_90_DAYS": return (today.AddDays(1), today.AddDays(91));
        }
        var unit = Array.Find(Units, candidate => name.Contains("_N_" + candidate, StringComparison.Ordinal) || name == $"N_{candidate}_AGO")?.TrimEnd('S') ?? name[5..];
        unit = unit.Replace("FISCAL_", "", StringComparison.Ordinal);
        var start = Start(unit, today);
        if (name.EndsWith("_AGO", StringComparison.Ordinal))
            return (Move(unit, start, -count), Move(unit, start, 1 - count));
        if (name.StartsWith("LAST_N_", StringComparison.Ordinal))
            return (Move(unit, start, -count), unit == "DAY" ? today.AddDays(1) : start);
        if (name.StartsWith("NEXT_N_", StringComparison.Ordinal))
            return (Move(unit, start, 1), Move(unit, start, 1 + count));
        if (name.StartsWith("LAST_", StringComparison.Ordinal))
            return (Move(unit, start, -1), start);
        return name.StartsWith("NEXT_", StringComparison.Ordinal) ? (Move(unit, start, 1), Move(unit, start, 2)) : (start, Move(unit, start, 1));
    }

    private static DateOnly Start(string unit, DateOnly day) => unit switch
    {
        "WEEK" => day.AddDays(-(int)day.DayOfWeek),
        "MONTH" => new DateOnly(day.Year, day.Month, 1),
        "QUARTER" => new DateOnly(day.Year, (((day.Month - 1) / 3) * 3) + 1, 1),
        "YEAR" => new DateOnly(day.Year, 1, 1),
        _ => day,
    };

    private static DateOnly Move(string unit, DateOnly day, int by) => unit switch
    {
        "WEEK" => day.AddDays(7 * by),
        "MONTH" => day.AddMonths(by),
        "QUARTER" => day.AddMonths(3 * by),
        "YEAR" => day.AddYears(by),
        _ => day.AddDays(by),
    };
}
