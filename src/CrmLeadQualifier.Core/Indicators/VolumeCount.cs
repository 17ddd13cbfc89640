using CrmLeadQualifier.Core.Time;
using NodaTime;

namespace CrmLeadQualifier.Core.Indicators;

/// <summary>Counts MQL transitions by day, ISO week and month.</summary>
internal static class VolumeCount
{
    /// <summary>More days than this (ten years) are not written out: only those with an MQL.</summary>
    private const int MostDays = 3660;

    public static MqlVolume Of(IReadOnlyList<CohortMember> members, IndicatorWindow window, AgreementCalendar calendar)
    {
        var counts = members.GroupBy(member => calendar.DayOf(member.Mql.At)).ToDictionary(day => day.Key, day => day.Count());
        var days = Days(counts, window, calendar).Select(day => (Day: day, Mqls: counts.GetValueOrDefault(day))).ToList();
        return new MqlVolume(
            [.. days.Select(day => new VolumeOf(AgreementCalendar.Day(day.Day), day.Mqls))],
            Grouped(days, AgreementCalendar.Week),
            Grouped(days, AgreementCalendar.Month))
        {
            PerWeek = window.To > window.From ? members.Count / ((window.To - window.From).TotalDays / 7) : null,
        };
    }

    private static IEnumerable<LocalDate> Days(Dictionary<LocalDate, int> counts, IndicatorWindow window, AgreementCalendar calendar)
    {
        if (window.To <= window.From || (window.To - window.From).TotalDays > MostDays)
        {
            return counts.Keys.Order();
        }

        var first = calendar.DayOf(window.From);
        var last = calendar.DayOf(new Core.Time.Instant(window.To.UnixMilliseconds - 1));
        return Enumerable.Range(0, Period.DaysBetween(first, last) + 1).Select(first.PlusDays);
    }

    private static IReadOnlyList<VolumeOf> Grouped(List<(LocalDate Day, int Mqls)> days, Func<LocalDate, string> period) =>
        [.. days.GroupBy(day => period(day.Day)).Select(group => new VolumeOf(group.Key, group.Sum(day => day.Mqls)))];
}
