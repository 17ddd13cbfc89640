using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience.OnePerson;

/// <summary>A record that was deleted in one CRM, or in both, takes nobody apart and nothing away: what was done and said stays the lead's, and stays once.</summary>
public sealed class DeletionTests
{
    [SkippableTheory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Deleted_on_either_side_or_on_both_and_restored_it_is_the_same_lead_with_the_same_past(Engine engine)
    {
        Skip.If(engine == Engine.Postgres && !PostgresDatabase.HasServer, PostgresDatabase.NoServer);
        using var people = await PeopleInBothCrms.LiveAsync(engine);
        Person[] all = [people.Next(), people.Next(), people.Next()];
        foreach (var person in all)
        {
            await people.ActAsync(person.Lead, "call");
            await people.ActAsync(person.Lead, "event_registration", new { @event = "Autumn webinar" });
            await people.ActInHubSpotAsync(person.Contact, "note");
            await people.AskForDemoAsync(person);
        }

        await people.SyncAsync();
        foreach (var person in all)
        {
            await people.AssertShownAsync("mql", person.Lead, person.Contact);
            await people.AnswerAsync(person.Lead, "rejected", "bad_timing");
        }

        await people.SyncAsync();
        var (inHubSpot, inSalesforce, inBoth) = (all[0], all[1], all[2]);
        var before = new Dictionary<Person, (long Lead, OneLead Told)>();
        foreach (var person in all)
        {
            await people.AssertShownAsync("recycled", person.Lead, person.Contact);
            before[person] = (await people.AssertOneLeadAsync(person.Lead, person.Contact), (await people.LeadAsync(person.Email)).AssertNothingTwice());
        }

        foreach (var person in new[] { inHubSpot, inBoth })
        {
            await people.Sandbox.PostAsync($"/__sandbox/people/contacts/{person.Contact}/delete", new { user = PeopleInBothCrms.Seller });
        }

        foreach (var person in new[] { inSalesforce, inBoth })
        {
            await people.Org.DeleteAsync("Lead", person.Lead, PeopleInBothCrms.Seller);
        }

        await people.SyncAsync();
        // A write meets the contact that is gone; only the night would find it without one.
        await people.ActAsync(inHubSpot.Lead, "meeting");
        await people.ActInHubSpotAsync(inSalesforce.Contact, "meeting");
        await people.SyncAsync();

        foreach (var person in all)
        {
            Assert.Equal(before[person].Lead, await people.AssertOneLeadAsync(person.Lead, person.Contact));
            var told = (await people.LeadAsync(person.Email)).AssertNothingTwice();
            Assert.Equal(["rejected bad_timing"], told.Verdicts);
            Assert.Equal(before[person].Told.Stages, told.Stages);
            Assert.Equal((1, 1), await people.HandOversAsync(before[person].Lead));
        }

        await people.AssertShownAsync("recycled", inHubSpot.Lead);
        await people.AssertShownAsync("recycled", inSalesforce.Contact);
        Assert.Equal(before[inHubSpot].Told.InTouch + 1, (await people.LeadAsync(inHubSpot.Email)).InTouch);

        foreach (var person in new[] { inHubSpot, inBoth })
        {
            await people.Sandbox.PostAsync($"/__sandbox/people/contacts/{person.Contact}/restore", new { user = PeopleInBothCrms.Seller });
        }

        foreach (var person in new[] { inSalesforce, inBoth })
        {
            await people.Org.DeleteAsync("Lead", person.Lead, PeopleInBothCrms.Seller, restore: true);
        }

        await people.SyncAsync();

        foreach (var person in all)
        {
            Assert.Equal(before[person].Lead, await people.AssertOneLeadAsync(person.Lead, person.Contact));
            await people.AssertShownAsync("recycled", person.Lead, person.Contact);
            var told = (await people.LeadAsync(person.Email)).AssertNothingTwice();
            Assert.Equal(before[person].Told.InTouch + (person == inBoth ? 0 : 1), told.InTouch);
            Assert.Equal(["rejected bad_timing"], told.Verdicts);
            Assert.Equal(before[person].Told.Stages, told.Stages);
            Assert.Equal((1, 1), await people.HandOversAsync(before[person].Lead));
            Assert.Equal("rejected", (await people.ShownAsync(person.Contact))["verdict"]);
        }

        await people.AssertUndisturbedAsync();
        await people.AssertQuietAsync();
    }
}
