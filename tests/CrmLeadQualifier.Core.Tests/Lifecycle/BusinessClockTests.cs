using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;
using FsCheck.Xunit;
using NodaTime;
using Instant = CrmLeadQualifier.Core.Time.Instant;

namespace CrmLeadQualifier.Core.Tests.Lifecycle;

/// <summary>Monday to Friday, 09:00 to 18:00 in Paris (UTC+1 in winter, UTC+2 in summer); 25 December 2026 is a holiday. 23 November 2026 is a Monday.</summary>
public sealed class BusinessClockTests
{
    private static readonly BusinessHours RoundTheClock = Agreement.Hours with
    {
        Days = Enum.GetValues<IsoDayOfWeek>().Where(day => day != IsoDayOfWeek.None).ToHashSet(),
        From = LocalTime.Midnight,
        To = LocalTime.Midnight,
    };

    [Theory]
    [InlineData("2026-11-23T08:00:00Z", 8, "2026-11-23T16:00:00Z", "within a day")]
    [InlineData("2026-11-23T08:00:00Z", 9, "2026-11-23T17:00:00Z", "used up at closing ends at closing")]
    [InlineData("2026-11-23T14:00:00Z", 8, "2026-11-24T13:00:00Z", "over a night")]
    [InlineData("2026-11-23T05:00:00Z", 1, "2026-11-23T09:00:00Z", "before opening")]
    [InlineData("2026-11-23T16:59:59Z", 1, "2026-11-24T08:59:59Z", "a second before closing")]
    [InlineData("2026-11-23T17:00:00Z", 1, "2026-11-24T09:00:00Z", "at closing, to the second")]
    [InlineData("2026-11-23T17:00:01Z", 1, "2026-11-24T09:00:00Z", "a second after closing")]
    [InlineData("2026-11-27T16:00:00Z", 8, "2026-11-30T15:00:00Z", "over a weekend")]
    [InlineData("2026-11-28T12:00:00Z", 2, "2026-11-30T10:00:00Z", "from a Saturday")]
    [InlineData("2026-12-24T16:00:00Z", 2, "2026-12-28T09:00:00Z", "over a holiday and a weekend")]
    [InlineData("2026-12-25T10:00:00Z", 9, "2026-12-28T17:00:00Z", "from a holiday")]
    [InlineData("2026-03-27T16:00:00Z", 2, "2026-03-30T08:00:00Z", "over the spring change: Monday opens at 07:00Z")]
    [InlineData("2026-10-23T15:00:00Z", 2, "2026-10-26T09:00:00Z", "over the autumn change: Monday opens at 08:00Z")]
    [InlineData("2026-11-23T08:00:00Z", 45, "2026-11-27T17:00:00Z", "a week")]
    [InlineData("2026-11-21T08:00:00Z", 0, "2026-11-23T08:00:00Z", "no time from outside the hours: the opening")]
    [InlineData("2026-11-23T09:30:00.250Z", 1, "2026-11-23T10:30:00.250Z", "to the millisecond")]
    public void Business_time_is_added(string start, int hours, string end, string why) =>
        Assert.True(BusinessClock.Add(Agreement.Hours, Agreement.At(start), TimeSpan.FromHours(hours)).ToString() == end, why);

    [Theory]
    [InlineData("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 23)]
    [InlineData("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25)]
    public void What_passes_on_a_day_of_clock_change_is_real_time(string start, string end, int hours)
    {
        Assert.Equal(TimeSpan.FromHours(hours), BusinessClock.Between(RoundTheClock, Agreement.At(start), Agreement.At(end)));
        Assert.Equal(Agreement.At(end), BusinessClock.Add(RoundTheClock, Agreement.At(start), TimeSpan.FromHours(hours)));
    }

    [Fact]
    public void An_opening_that_the_clocks_skip_is_moved_on_by_the_gap()
    {
        // On 29 March 2026 Paris goes from 02:00 (01:00Z) to 03:00; 02:30 is read as 03:30.
        var hours = RoundTheClock with { From = new LocalTime(2, 30), To = new LocalTime(6, 0) };
        Assert.Equal("2026-03-29T02:30:00Z", BusinessClock.Add(hours, Agreement.At("2026-03-29T01:30:00Z") - TimeSpan.FromHours(1), TimeSpan.FromHours(1)).ToString());
    }

    [Fact]
    public void An_opening_that_comes_twice_counts_from_the_first()
    {
        var hours = RoundTheClock with { From = new LocalTime(2, 30), To = new LocalTime(6, 0) };
        Assert.Equal(TimeSpan.FromHours(4.5), BusinessClock.Between(hours, Agreement.At("2026-10-25T00:00:00Z"), Agreement.At("2026-10-25T12:00:00Z")));
    }

    [Fact]
    public void Hours_that_never_open_have_no_end() =>
        Assert.Equal(Instant.MaxValue, BusinessClock.Add(Agreement.Hours with { Days = new HashSet<IsoDayOfWeek>() }, ALead.T, TimeSpan.FromHours(1)));

    [Theory]
    [InlineData("2026-11-27T16:00:00Z", "2026-11-30T09:00:00Z", 2)]
    [InlineData("2026-11-28T16:00:00Z", "2026-11-29T09:00:00Z", 0)]
    [InlineData("2026-11-24T09:00:00Z", "2026-11-23T09:00:00Z", 0)]
    [InlineData("2026-11-24T10:00:00Z", "2026-11-24T09:00:00Z", 0)]
    public void Business_time_between_two_instants(string from, string to, int hours) =>
        Assert.Equal(TimeSpan.FromHours(hours), BusinessClock.Between(Agreement.Hours, Agreement.At(from), Agreement.At(to)));

    [Property]
    public bool What_is_added_has_passed(int startMinute, ushort minutes)
    {
        var start = ALead.T + TimeSpan.FromMinutes(startMinute % 1_000_000);
        var added = TimeSpan.FromMinutes(minutes % 10_000);
        return BusinessClock.Between(Agreement.Hours, start, BusinessClock.Add(Agreement.Hours, start, added)) == added;
    }

    /// <summary>In Paris over both clock changes and a holiday, and around the clock; questions within the stretch, at its ends and outside of it.</summary>
    [Property(MaxTest = 500)]
    public bool The_timeline_answers_as_the_clock_does(int startMinute, int endMinute, ushort added, bool isRoundTheClock)
    {
        var hours = isRoundTheClock ? RoundTheClock : Agreement.Hours;
        var timeline = new BusinessTimeline(hours, Agreement.At("2026-03-20T00:00:00Z"), Agreement.At("2026-12-31T00:00:00Z"));
        var (start, end) = (Within(startMinute), Within(endMinute));
        var time = TimeSpan.FromMinutes(added);
        return timeline.Between(start, end) == BusinessClock.Between(hours, start, end)
            && timeline.Add(start, time) == BusinessClock.Add(hours, start, time)
            && timeline.Add(start, TimeSpan.Zero) == BusinessClock.Add(hours, start, TimeSpan.Zero);

        static Instant Within(int minute) => Agreement.At("2026-03-15T00:00:00Z") + TimeSpan.FromMinutes((int)((uint)minute % 430_000));
    }

    [Theory]
    [InlineData("2026-11-23T08:00:00Z", 9)]
    [InlineData("2026-11-23T17:00:00Z", 0)]
    [InlineData("2026-11-23T17:00:00Z", 1)]
    [InlineData("2026-11-21T08:00:00Z", 0)]
    [InlineData("2026-12-24T16:00:00Z", 2)]
    [InlineData("2026-10-23T15:00:00Z", 2)]
    public void The_timeline_answers_as_the_clock_does_at_openings_and_closings(string start, int hours)
    {
        var timeline = new BusinessTimeline(Agreement.Hours, Agreement.At("2026-03-20T00:00:00Z"), Agreement.At("2026-12-31T00:00:00Z"));
        var (at, time) = (Agreement.At(start), TimeSpan.FromHours(hours));
        Assert.Equal(BusinessClock.Add(Agreement.Hours, at, time), timeline.Add(at, time));
        Assert.Equal(time, timeline.Between(at, timeline.Add(at, time)));
    }
}
