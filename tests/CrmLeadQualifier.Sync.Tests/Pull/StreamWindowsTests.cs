using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Pull;

namespace CrmLeadQualifier.Sync.Tests.Pull;

public sealed class StreamWindowsTests
{
    private static readonly Instant Now = Instant.From(new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.Zero));

    private static readonly StreamDescription[] Streams =
    [
        new("owners", StreamContentKind.Owners, ChangeTracking.FullRead, TimeSpan.FromHours(1)),
        new("contacts", StreamContentKind.Records, ChangeTracking.ModifiedSince, TimeSpan.Zero),
        new("deals", StreamContentKind.Deals, ChangeTracking.ModifiedSince, TimeSpan.FromMinutes(1)),
        new("calls", StreamContentKind.Activities, ChangeTracking.ModifiedSince, TimeSpan.FromMinutes(1)),
    ];

    [Theory]
    [InlineData("polled a minute ago", 3000, 60, 60, 60, true)]
    [InlineData("the contacts, which every turn reads, once more since", 3000, 20, 60, 60, true)]
    [InlineData("nothing ran for some minutes", 3000, 290, 290, 290, true)]
    [InlineData("nothing ran for longer", 3000, 360, 360, 360, false)]
    [InlineData("a run read the contacts after an absence and died", 3000, 10, 3600, 3600, false)]
    [InlineData("a run died between deals and calls", 3000, 10, 10, 70, false)]
    public void Nobody_is_decided_about_before_the_rest_after_an_absence_or_behind_a_run_that_died(string story, int owners, int contacts, int deals, int calls, bool areRecent)
    {
        int[] secondsAgo = [owners, contacts, deals, calls];
        var cursors = Streams.Zip(secondsAgo).ToDictionary(pair => pair.First.Name, pair => Read(pair.First, pair.Second));

        Assert.True(areRecent == StreamWindows.AreRecent(Streams, cursors, Now), story);
    }

    [Fact]
    public void A_page_that_is_still_to_come_is_waited_for() => Assert.False(AreRecentWith(Read(Streams[3], 60) with { Position = "page 2" }));

    [Fact]
    public void So_is_a_first_read() => Assert.False(AreRecentWith(new CursorRow(1, "calls")));

    [Theory]
    [InlineData(1, true)]
    [InlineData(25, false)]
    public void A_refused_stream_is_waited_for_on_the_day_on_which_it_is_tried_again(int refusedHoursAgo, bool areRecent) =>
        Assert.Equal(areRecent, AreRecentWith(new CursorRow(1, "calls") { Refusal = "the plan does not include it", RefusedAt = Now - TimeSpan.FromHours(refusedHoursAgo) }));

    private static bool AreRecentWith(CursorRow calls) =>
        StreamWindows.AreRecent(Streams, Streams.SkipLast(1).Select(stream => Read(stream, 60)).Append(calls).ToDictionary(cursor => cursor.Stream), Now);

    private static CursorRow Read(StreamDescription stream, int secondsAgo) => new(1, stream.Name) { IsFirstReadDone = true, ReadAt = Now - TimeSpan.FromSeconds(secondsAgo) };
}
