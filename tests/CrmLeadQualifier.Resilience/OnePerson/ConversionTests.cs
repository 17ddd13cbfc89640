using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience.OnePerson;

/// <summary>A person of Salesforce converts a Lead whom HubSpot knows too: Lead, Contact and HubSpot's contact are one lead before and after, and nothing is counted twice.</summary>
public sealed class ConversionTests
{
    private static readonly string[] Kinds = ["call", "meeting", "task", "email_sent", "event_registration"];

    [SkippableTheory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_converted_lead_is_the_same_person_qualified_by_who_converted_it(Engine engine)
    {
        Skip.If(engine == Engine.Postgres && !PostgresDatabase.HasServer, PostgresDatabase.NoServer);
        using var people = await PeopleInBothCrms.LiveAsync(engine);
        var person = people.Next();
        await ActAsync(people, person.Lead);
        await people.AskForDemoAsync(person);
        await people.SyncAsync();
        var before = (await people.LeadAsync(person.Email)).AssertNothingTwice();
        Assert.Equal(Kinds.Length, before.InTouch);
        var given = await GivenAsync(people, person.Lead);
        await people.AssertShownAsync("mql", person.Lead, person.Contact);

        var contact = await people.Org.ConvertAsync(person.Lead, PeopleInBothCrms.Seller, opportunity: null);
        await people.SyncAsync();

        var lead = await people.AssertOneLeadAsync(person.Lead, person.Contact, contact);
        await people.AssertShownAsync("sql", contact, person.Contact);
        var after = (await people.LeadAsync(person.Email)).AssertNothingTwice();
        Assert.Equal(before.Activities, after.Activities);
        Assert.Equal(["qualified"], after.Verdicts);
        Assert.Equal("qualified", (await people.ShownAsync(person.Contact))["verdict"]);
        Assert.Equal("qualified", (await people.ShownAsync(contact))["verdict"]);
        Assert.Equal(given, await GivenAsync(people, person.Lead));
        Assert.Equal((1, 1), await people.HandOversAsync(lead));

        // What is done from now on with the Contact, or in HubSpot, counts once, and both go on showing one score.
        await people.ActAsync(contact, "call");
        await people.SyncAsync();
        Assert.Equal(before.InTouch + 1, (await people.LeadAsync(person.Email)).AssertNothingTwice().InTouch);
        await people.AssertShownAsync("sql", contact, person.Contact);
        await people.AssertUndisturbedAsync();
        await people.AssertQuietAsync();
    }

    [Fact]
    public async Task Converted_to_a_contact_that_was_there_both_pasts_are_one_and_what_both_did_counts_once()
    {
        using var people = await PeopleInBothCrms.LiveAsync();
        var person = people.Next();
        var contact = await people.CreateContactAsync("Elsewhere", "another.address@elsewhere.example", await people.AccountAsync("Elsewhere"));
        foreach (var record in new[] { person.Lead, contact })
        {
            await ActAsync(people, record);
        }

        await people.AskForDemoAsync(person);
        await people.SyncAsync();
        var (ofLead, ofContact) = ((await people.LeadAsync(person.Email)).AssertNothingTwice(), (await people.LeadAsync("another.address@elsewhere.example")).AssertNothingTwice());
        await people.AssertShownAsync("mql", person.Lead, person.Contact);
        await people.AnswerAsync(person.Lead, "accepted");
        await people.SyncAsync();

        Assert.Equal(contact, await people.Org.ConvertAsync(person.Lead, PeopleInBothCrms.Seller, "A deal", contact));
        await people.SyncAsync();

        var lead = await people.AssertOneLeadAsync(person.Lead, person.Contact, contact);
        // There is an opportunity now: further than what the conversion itself says.
        await people.AssertShownAsync("opportunity", contact, person.Contact);
        var after = (await people.LeadAsync(person.Email)).AssertNothingTwice();
        // Both were registered for one webinar, which is one registration of one person.
        Assert.Equal(ofLead.Activities.Concat(ofContact.Activities).Count(), after.Activities.Count + 1);
        Assert.Equal(ofLead.InTouch + ofContact.InTouch - 1, after.InTouch);
        Assert.Equal(["accepted", "qualified"], after.Verdicts);
        Assert.Equal((1, 1), await people.HandOversAsync(lead));
        Assert.Equal(after.ToString(), (await people.LeadAsync("another.address@elsewhere.example")).ToString());
        await people.AssertUndisturbedAsync();
        await people.AssertQuietAsync();
    }

    /// <summary>The Contact is there before the Lead is seen to be converted, the Task before both: whatever the order, they end as one.</summary>
    [Fact]
    public async Task Converted_while_a_sync_runs_it_is_one_person_after_the_next_one()
    {
        using var people = await PeopleInBothCrms.LiveAsync();
        var (first, second) = (people.Next(), people.Next());
        foreach (var person in new[] { first, second })
        {
            await ActAsync(people, person.Lead);
            await people.AskForDemoAsync(person);
        }

        await people.SyncAsync();
        var before = (await people.LeadAsync(first.Email)).AssertNothingTwice();
        var contacts = new List<string>();
        using (var running = people.Workplace.Start("sync", "--yes", "--at", await people.LaterAsync()))
        {
            foreach (var person in new[] { first, second })
            {
                contacts.Add(await people.Org.ConvertAsync(person.Lead, PeopleInBothCrms.Seller, opportunity: null));
                await people.ActAsync(contacts[^1], "call");
            }

            (await running.FinishAsync()).Expect(0);
        }

        await people.SyncAsync();

        foreach (var (person, contact) in new[] { first, second }.Zip(contacts))
        {
            var lead = await people.AssertOneLeadAsync(person.Lead, person.Contact, contact);
            await people.AssertShownAsync("sql", contact, person.Contact);
            Assert.Equal(before.InTouch + 1, (await people.LeadAsync(person.Email)).AssertNothingTwice().InTouch);
            Assert.Equal((1, 1), await people.HandOversAsync(lead));
        }

        await people.AssertUndisturbedAsync();
        await people.AssertQuietAsync();
    }

    private static async Task ActAsync(PeopleInBothCrms people, string record)
    {
        foreach (var kind in Kinds)
        {
            await people.ActAsync(record, kind, kind == "event_registration" ? new { @event = "Autumn webinar" } : null);
        }
    }

    /// <summary>What was written to a record so far.</summary>
    private static async Task<Dictionary<string, string>> GivenAsync(PeopleInBothCrms people, string record) =>
        (await people.Org.HistoriesAsync()).Where(field => field.Key.StartsWith(record, StringComparison.Ordinal)).ToDictionary();
}
