using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience.OnePerson;

/// <summary>Two records become one in either CRM: so do the people, with all that both did and all that sales said of them.</summary>
public sealed class MergeTests
{
    [SkippableTheory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Contacts_merged_in_hubspot_make_one_person_of_all_four_records(Engine engine)
    {
        Skip.If(engine == Engine.Postgres && !PostgresDatabase.HasServer, PostgresDatabase.NoServer);
        using var people = await PeopleInBothCrms.LiveAsync(engine);
        var (first, second) = (people.Next(), people.Next());
        await ActAsync(people, first, second);
        await people.AskForDemoAsync(first);
        await people.SyncAsync();
        var (one, other) = ((await people.LeadAsync(first.Email)).AssertNothingTwice(), (await people.LeadAsync(second.Email)).AssertNothingTwice());
        await people.Sandbox.PostAsync(
            $"/__sandbox/people/contacts/{second.Contact}", new { properties = new { lq_verdict = "rejected", lq_rejection_reason = "no_need" }, user = PeopleInBothCrms.Seller });
        await people.SyncAsync();
        await people.AnswerAsync(first.Lead, "accepted");
        await people.SyncAsync();
        await people.AssertShownAsync("sal", first.Lead, first.Contact);
        await people.AssertShownAsync("recycled", second.Lead, second.Contact);
        // Somebody knows better than the program.
        await people.Sandbox.PostAsync($"/__sandbox/people/contacts/{first.Contact}", new { properties = new { lq_grade = "A1" }, user = PeopleInBothCrms.Seller });
        await people.SyncAsync();

        var survivor = await people.MergeContactsAsync(first.Contact, second.Contact);
        await people.SyncAsync();

        var lead = await people.AssertOneLeadAsync(first.Lead, second.Lead, first.Contact, second.Contact, survivor);
        await people.AssertShownAsync("sal", first.Lead, second.Lead, survivor);
        var after = (await people.LeadAsync(second.Email)).AssertNothingTwice();
        Assert.DoesNotContain("late_fact", after.ToString(), StringComparison.Ordinal);
        Assert.Equal(one.Activities.Concat(other.Activities).Order(StringComparer.Ordinal), after.Activities);
        Assert.Equal(one.InTouch + other.InTouch, after.InTouch);
        // Heard on one contact each, and told again by the history of the one that they became.
        Assert.Equal(["rejected no_need", "accepted"], after.Verdicts);
        Assert.Equal((1, 1), await people.HandOversAsync(lead));
        Assert.Equal("A1", (await people.ShownAsync(survivor))["grade"]);
        Assert.Contains(survivor, (await people.Workplace.RunAsync("overrides")).Expect(0).Output, StringComparison.Ordinal);
        await people.AssertUndisturbedAsync();
        await people.AssertQuietAsync();
        Assert.Equal("A1", (await people.ShownAsync(survivor))["grade"]);
    }

    [SkippableTheory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Leads_merged_in_salesforce_make_one_person_that_is_handed_over_no_second_time(Engine engine)
    {
        Skip.If(engine == Engine.Postgres && !PostgresDatabase.HasServer, PostgresDatabase.NoServer);
        using var people = await PeopleInBothCrms.LiveAsync(engine);
        var (first, second) = (people.Next(), people.Next());
        await ActAsync(people, first, second);
        foreach (var person in new[] { first, second })
        {
            await people.ActAsync(person.Lead, "event_registration", new { @event = "Autumn webinar" });
        }

        await people.AskForDemoAsync(first);
        await people.SyncAsync();
        await people.AskForDemoAsync(second);
        await people.SyncAsync();
        await people.AnswerAsync(first.Lead, "rejected", "bad_timing");
        await people.SyncAsync();
        await people.AssertShownAsync("recycled", first.Lead, first.Contact);
        await people.AssertShownAsync("mql", second.Lead, second.Contact);
        var (one, other) = ((await people.LeadAsync(first.Email)).AssertNothingTwice(), (await people.LeadAsync(second.Email)).AssertNothingTwice());
        var handedOver = new[] { (await people.ShownAsync(first.Lead))["handed_over_at"], (await people.ShownAsync(second.Lead))["handed_over_at"] };

        await people.Org.MergeAsync("Lead", second.Lead, first.Lead, PeopleInBothCrms.Seller);
        await people.SyncAsync();

        var lead = await people.AssertOneLeadAsync(first.Lead, second.Lead, first.Contact, second.Contact);
        var stage = (await people.ShownAsync(second.Lead))["stage"]!;
        await people.AssertShownAsync(stage, second.Lead, first.Contact, second.Contact);
        // What was said last, of whichever of them, stands: sales rejected the person after both were handed over.
        Assert.Equal("recycled", stage);
        var after = (await people.LeadAsync(first.Email)).AssertNothingTwice();
        // Both were registered for one webinar.
        Assert.Equal(one.InTouch + other.InTouch - 1, after.InTouch);
        Assert.Equal(["rejected bad_timing"], after.Verdicts);
        Assert.Equal((2, 2), await people.HandOversAsync(lead));
        Assert.Contains((await people.ShownAsync(second.Lead))["handed_over_at"], handedOver);
        await people.AssertUndisturbedAsync();
        await people.AssertQuietAsync();
        Assert.Equal((2, 2), await people.HandOversAsync(lead));
    }

    [Fact]
    public async Task Contacts_merged_in_salesforce_while_a_sync_runs_keep_what_sales_said()
    {
        using var people = await PeopleInBothCrms.LiveAsync();
        var (first, second) = (people.Next(), people.Next());
        await ActAsync(people, first, second);
        await people.AskForDemoAsync(first);
        await people.SyncAsync();
        List<string> contacts = [];
        foreach (var person in new[] { first, second })
        {
            contacts.Add(await people.Org.ConvertAsync(person.Lead, PeopleInBothCrms.Seller, opportunity: null));
        }

        await people.SyncAsync();
        var (one, other) = ((await people.LeadAsync(first.Email)).AssertNothingTwice(), (await people.LeadAsync(second.Email)).AssertNothingTwice());
        using (var running = people.Workplace.Start("sync", "--yes", "--at", await people.LaterAsync()))
        {
            await people.Org.MergeAsync("Contact", contacts[1], contacts[0], PeopleInBothCrms.Seller);
            await people.ActAsync(contacts[1], "call");
            (await running.FinishAsync()).Expect(0);
        }

        await people.SyncAsync();

        var lead = await people.AssertOneLeadAsync(first.Lead, second.Lead, first.Contact, second.Contact, contacts[0], contacts[1]);
        await people.AssertShownAsync("sql", contacts[1], first.Contact, second.Contact);
        var after = (await people.LeadAsync(first.Email)).AssertNothingTwice();
        Assert.Equal(one.InTouch + other.InTouch + 1, after.InTouch);
        Assert.Equal(["qualified", "qualified"], after.Verdicts);
        Assert.Equal((1, 1), await people.HandOversAsync(lead));
        await people.AssertUndisturbedAsync();
        await people.AssertQuietAsync();
    }

    /// <summary>No kind in both CRMs: at one instant that would be a copy.</summary>
    private static async Task ActAsync(PeopleInBothCrms people, Person first, Person second)
    {
        await people.ActAsync(first.Lead, "call");
        await people.ActAsync(first.Lead, "meeting");
        await people.ActAsync(second.Lead, "task");
        await people.ActInHubSpotAsync(first.Contact, "note");
        await people.ActInHubSpotAsync(second.Contact, "email_sent");
    }
}
