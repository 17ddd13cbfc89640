using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;
using FsCheck.Xunit;

namespace CrmLeadQualifier.Core.Tests.Lifecycle;

public sealed class FirstContactTests
{
    /// <summary>A Monday, 23:30 in Paris: already Monday's last half hour there, and 22:30 UTC.</summary>
    private static readonly Instant HandedOver = Agreement.At("2026-11-23T22:30:00Z");

    private static readonly Instant Later = Agreement.At("2026-12-20T00:00:00Z");

    [Theory]
    [InlineData("call", null, "u1", true)]
    [InlineData("call", "OUTBOUND", "u1", true)]
    [InlineData("call", "Outbound", "u1", true)]
    [InlineData("call", "INBOUND", "u1", false)]
    [InlineData("call", "Internal", "u1", false)]
    [InlineData("call", "OUTBOUND", null, false)]
    [InlineData("email_sent", null, "u1", true)]
    [InlineData("email_sent", null, null, false)]
    [InlineData("email_reply", null, "u1", false)]
    [InlineData("meeting", null, "u1", true)]
    [InlineData("meeting", null, null, false)]
    [InlineData("note", null, "u1", false)]
    [InlineData("task", null, "u1", false)]
    [InlineData("form_submission", null, "u1", false)]
    public void An_act_of_a_user_towards_the_person_is_contact(string kind, string? direction, string? user, bool isContact)
    {
        Dictionary<string, string> said = direction is null ? [] : new() { ["direction"] = direction };
        Assert.Equal(isContact, FirstContact.IsContact(kind, said, user, isCopy: false, isApproximate: false));
        Assert.False(FirstContact.IsContact(kind, said, user, isCopy: true, isApproximate: false));
        Assert.False(FirstContact.IsContact(kind, said, user, isCopy: false, isApproximate: true));
    }

    [Theory]
    [InlineData("2026-11-23T22:30:00Z", "2026-11-23T22:30:00Z", false)]
    [InlineData("2026-11-24T09:00:00Z", "2026-11-24T09:00:00Z", false)]
    [InlineData("2026-11-23T22:29:59Z", "2026-11-23T22:29:59Z", true)]
    [InlineData("2026-11-09T22:30:00Z", "2026-11-09T22:30:00Z", true)]
    [InlineData("2026-11-09T22:29:59Z", null, false)]
    [InlineData("2026-12-20T00:00:01Z", null, false)]
    public void The_first_contact_is_after_the_hand_over_or_in_the_14_days_before(string at, string? counts, bool wasInContact) =>
        AssertMade(counts, wasInContact, Of(new SalesContact(Agreement.At(at), "call")));

    [Theory]
    [InlineData("2026-11-22", "2026-11-21T23:00:00Z", true)]
    [InlineData("2026-11-23", "2026-11-23T22:30:00Z", false)]
    [InlineData("2026-11-24", "2026-11-23T23:00:00Z", false)]
    [InlineData("2026-12-20", "2026-12-19T23:00:00Z", false)]
    [InlineData("2026-12-21", null, false)]
    public void A_contact_known_by_its_day_counts_from_the_hand_overs_day_on_by_the_agreements_clocks(string day, string? counts, bool wasInContact) =>
        AssertMade(counts, wasInContact, Of(new SalesContact(Agreement.At(day), "call", IsDayOnly: true)));

    /// <summary>The days on which the clocks change in Paris: handed over half an hour after midnight there, contacted on that day.</summary>
    [Theory]
    [InlineData("2026-03-28T23:30:00Z", "2026-03-29")]
    [InlineData("2026-10-24T22:30:00Z", "2026-10-25")]
    public void The_hand_overs_day_is_that_of_the_agreements_zone_also_when_the_clocks_change(string handedOver, string day)
    {
        var made = FirstContact.Of([new SalesContact(Agreement.At(day), "call", IsDayOnly: true)], Agreement.At(handedOver), Agreement.Hours, Later);
        Assert.Equal((Agreement.At(handedOver), false), (made!.At, made.WasInContact));
    }

    [Fact]
    public void After_midnight_in_Paris_the_day_before_is_before_the_hand_over()
    {
        var afterMidnight = Agreement.At("2026-11-23T23:30:00Z");
        var made = FirstContact.Of([new SalesContact(Agreement.At("2026-11-23"), "call", IsDayOnly: true)], afterMidnight, Agreement.Hours, Later);
        Assert.True(made!.WasInContact);
    }

    [Fact]
    public void Of_several_the_first_counts_and_an_exact_instant_before_a_day()
    {
        var exact = new SalesContact(HandedOver, "meeting");
        Assert.Equal(
            "meeting",
            Of(new SalesContact(Agreement.At("2026-12-01T10:00:00Z"), "call"), new SalesContact(Agreement.At("2026-11-23"), "email_sent", IsDayOnly: true), exact)!.Kind);
    }

    [Fact]
    public void System_and_human_delay_are_told_apart_by_calendar_and_business_hours()
    {
        // Friday 17:00 in Paris to Monday 10:00, then a call on Tuesday at 11:00.
        var delays = HandOverDelays.Of(
            Agreement.Hours, Agreement.At("2026-11-20T16:00:00Z"), Agreement.At("2026-11-23T09:00:00Z"), Agreement.At("2026-11-24T08:00:00Z"),
            new ContactMade(Agreement.At("2026-11-24T10:00:00Z"), "call", false, false), rejectedAt: null, Later);
        Assert.Equal(new HandOverDelays(new Span(TimeSpan.FromHours(65), TimeSpan.FromHours(2)), new Span(TimeSpan.FromHours(25), TimeSpan.FromHours(10)), false), delays);
    }

    [Theory]
    [InlineData(null, null, "2026-11-24T07:00:00Z", null)]
    [InlineData(null, null, "2026-11-24T09:00:00Z", false)]
    [InlineData("2026-11-24T08:00:00Z", null, "2026-11-24T09:00:00Z", true)]
    [InlineData("2026-11-24T08:00:01Z", null, "2026-11-24T09:00:00Z", false)]
    [InlineData(null, "2026-11-24T08:00:00Z", "2026-11-24T09:00:00Z", true)]
    [InlineData("2026-11-24T08:30:00Z", "2026-11-24T07:00:00Z", "2026-11-24T09:00:00Z", true)]
    public void The_promise_is_kept_by_a_contact_or_a_rejection_in_time(string? contact, string? rejected, string asOf, bool? isKept) => Assert.Equal(
        isKept,
        HandOverDelays.Of(
            Agreement.Hours, HandedOver, HandedOver, Agreement.At("2026-11-24T08:00:00Z"),
            contact is null ? null : new ContactMade(Agreement.At(contact), "call", false, false), rejected is null ? null : Agreement.At(rejected), Agreement.At(asOf)).IsWithinSla);

    [Property]
    public bool A_later_look_never_takes_a_first_contact_back_or_moves_it(byte[] days, byte first, byte second)
    {
        SalesContact[] contacts = [.. days.Select((day, i) => new SalesContact(Agreement.At("2026-11-01") + TimeSpan.FromHours(day * (i % 2 == 0 ? 24 : 5)), "call", i % 2 == 0))];
        var (early, late) = (HandedOver + TimeSpan.FromHours(Math.Min(first, second) * 8), HandedOver + TimeSpan.FromHours(Math.Max(first, second) * 8));
        return FirstContact.Of(contacts, HandedOver, Agreement.Hours, early) is not { } made || made == FirstContact.Of(contacts, HandedOver, Agreement.Hours, late);
    }

    private static ContactMade? Of(params SalesContact[] contacts) => FirstContact.Of(contacts, HandedOver, Agreement.Hours, Later);

    private static void AssertMade(string? at, bool wasInContact, ContactMade? made)
    {
        Assert.Equal(at is null ? null : Agreement.At(at), made?.At);
        Assert.Equal(wasInContact, made?.WasInContact ?? false);
    }
}
