using CrmLeadQualifier.Core.Time;
using NodaTime;

namespace CrmLeadQualifier.Core.Tests.Lifecycle;

public sealed class HolidayCalendarTests
{
    [Fact]
    public void Whole_days_are_read_and_nothing_else()
    {
        var days = HolidayCalendar.Read(Calendar(
            "DTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261226\r\nSUMMARY:Christ\r\n mas: a long line",
            "DTSTART;VALUE=DATE:20261228\r\nDTEND;VALUE=DATE:20261231",
            "DTSTART;VALUE=DATE:20270101",
            "DTSTART;TZID=\"Paris: Europe\":20261224T140000\r\nDTEND;TZID=Europe/Paris:20261224T180000",
            "DTSTART;VALUE=DATE:20270102\r\nSTATUS:CANCELLED"));
        Assert.Equal(
            [new(2026, 12, 25), new(2026, 12, 28), new(2026, 12, 29), new(2026, 12, 30), new LocalDate(2027, 1, 1)], days.Order());
    }

    [Fact]
    public void A_day_of_every_year_comes_every_year()
    {
        var days = HolidayCalendar.Read(Calendar("DTSTART;VALUE=DATE:20200714\nRRULE:FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=14", "DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY"));
        Assert.Contains(new LocalDate(2031, 7, 14), days);
        Assert.Contains(new LocalDate(2028, 2, 29), days);
        Assert.DoesNotContain(new LocalDate(2027, 2, 28), days);
        Assert.DoesNotContain(new LocalDate(2019, 7, 14), days);
    }

    [Theory]
    [InlineData("nothing", "line 1: this is no iCalendar file: there is no BEGIN:VCALENDAR")]
    [InlineData("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261225", "line 2: the event does not end: the file is cut")]
    [InlineData("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT", "line 2: the event has no DTSTART")]
    [InlineData("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261232\nEND:VEVENT", "line 3: '20261232' is no day such as 20261225")]
    [InlineData(
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261126\nRRULE:FREQ=YEARLY;BYDAY=4TH;BYMONTH=11\nEND:VEVENT",
        "line 4: RRULE:FREQ=YEARLY;BYDAY=4TH;BYMONTH=11 is not understood: only days that come every year are; export the calendar with each day by itself")]
    [InlineData("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20200101\nDTEND;VALUE=DATE:20260101\nEND:VEVENT", "line 2: an event of 2192 days is no holiday: look at its DTEND")]
    public void What_is_not_understood_is_refused_with_its_line(string text, string message) =>
        Assert.Equal(message, Assert.Throws<HolidayCalendarException>(() => HolidayCalendar.Read(text)).Message);

    private static string Calendar(params string[] events) =>
        $"\uFEFFBEGIN:VCALENDAR\r\nVERSION:2.0\r\n{string.Concat(events.Select(e => $"BEGIN:VEVENT\r\n{e}\r\nEND:VEVENT\r\n"))}END:VCALENDAR\r\n";
}
