using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Time;
using FsCheck.Xunit;
using NodaTime;
using Instant = CrmLeadQualifier.Core.Time.Instant;

namespace CrmLeadQualifier.Core.Tests.Indicators;

public sealed class ContactAfterHandOverTests
{
    private static readonly AgreementCalendar Paris = new(DateTimeZoneProviders.Tzdb["Europe/Paris"]);

    /// <summary>Handed over on Monday, 23 November 2026, 10:00 in Paris.</summary>
    private static readonly Instant HandedOver = At("2026-11-23T09:00:00Z");

    [Theory]
    [InlineData("2026-11-23T08:59:59Z", "2026-11-23T08:59:59Z", "just before: already in contact")]
    [InlineData("2026-11-09T09:00:00Z", "2026-11-09T09:00:00Z", "a fortnight before, to the second")]
    [InlineData("2026-11-09T08:59:59Z", null, "longer ago than a fortnight")]
    [InlineData("2026-11-24T09:00:00Z", "2026-11-24T09:00:00Z", "the day after")]
    [InlineData("2026-12-01T09:00:00Z", null, "after the next hand-over: that one's")]
    public void The_first_act_after_the_hand_over_is_the_contact(string act, string? contact, string why) => Assert.True(
        ContactAfterHandOver.First(HandedOver, At("2026-12-01T09:00:00Z"), [new ContactAct(At(act), false)], Paris)?.ToString() == contact, why);

    [Theory]
    [InlineData("2026-11-23T00:00:00Z", "2026-11-23T09:00:00Z")]
    [InlineData("2026-11-24T00:00:00Z", "2026-11-24T00:00:00Z")]
    public void An_act_known_by_its_day_alone_counts_from_the_hand_overs_own_day(string day, string contact) =>
        Assert.Equal(contact, ContactAfterHandOver.First(HandedOver, null, [new ContactAct(At(day), true)], Paris).ToString());

    [Theory]
    [InlineData("2026-03-28T23:30:00Z", "2026-03-29T00:00:00Z")]
    [InlineData("2026-10-24T22:30:00Z", "2026-10-25T00:00:00Z")]
    public void The_hand_overs_day_is_that_of_the_agreements_zone_also_when_the_clocks_change(string handedOver, string day) =>
        Assert.Equal(handedOver, ContactAfterHandOver.First(At(handedOver), null, [new ContactAct(At(day), true)], Paris).ToString());

    [Property]
    public bool It_is_the_earliest_of_those_that_count(int[] minutes, int next)
    {
        var acts = minutes.Select(minute => new ContactAct(HandedOver + TimeSpan.FromMinutes(minute * 60), false)).OrderBy(act => act.At).ToList();
        Instant? until = next > 0 ? HandedOver + TimeSpan.FromHours(next) : null;

        var expected = acts.Where(act => act.At - HandedOver >= TimeSpan.FromDays(-14) && !(act.At >= until)).Select(act => (Instant?)act.At).FirstOrDefault();

        return ContactAfterHandOver.First(HandedOver, until, acts, Paris) == expected;
    }

    private static Instant At(string text) => Instant.TryRead(text, out var instant) ? instant : throw new ArgumentException(text);
}
