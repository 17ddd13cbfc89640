using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience.OnePerson;

/// <summary>An org with Shared Activities: what was done with several people at once counts for each of them, and once for whoever turns out to be one of them twice.</summary>
public sealed class SharedActivityTests
{
    [SkippableTheory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_meeting_with_three_counts_once_for_each_of_them(Engine engine)
    {
        Skip.If(engine == Engine.Postgres && !PostgresDatabase.HasServer, PostgresDatabase.NoServer);
        using var people = await PeopleInBothCrms.LiveAsync(engine, "shared-activities");
        var account = await people.AccountAsync("Shared");
        var (ann, ben, eve) = ("ann@shared.example", "ben@shared.example", "eve@shared.example");
        var contacts = new Dictionary<string, string>();
        foreach (var email in new[] { ann, ben, eve })
        {
            contacts[email] = await people.CreateContactAsync(email[..3], email, account);
        }

        var task = await people.Org.CreateAsync("Task", new { Subject = "Call", TaskSubtype = "Call", Status = "Completed", WhoId = contacts[ann] });
        var relation = await people.Org.CreateAsync("TaskRelation", new { TaskId = task, RelationId = contacts[ben] });
        await people.SyncAsync();
        await AssertInTouchAsync(people, (ann, 1), (ben, 1), (eve, 0));

        // Later somebody else is added, which changes nothing of the Task itself, and a meeting takes place.
        await people.Org.CreateAsync("TaskRelation", new { TaskId = task, RelationId = contacts[eve] });
        var meeting = await people.Org.CreateAsync(
            "Event", new { Subject = "Demo", WhoId = contacts[eve], StartDateTime = "2026-11-23T09:00:00Z", DurationInMinutes = 30 });
        await people.Org.CreateAsync("EventRelation", new { EventId = meeting, RelationId = contacts[ann], IsParent = true });
        await people.Org.CreateAsync("EventRelation", new { EventId = meeting, RelationId = contacts[ben], IsInvitee = true });
        await people.SyncAsync();
        await AssertInTouchAsync(people, (ann, 2), (ben, 1), (eve, 2));

        // It turns out that the call is still to be made: for nobody it was one.
        await people.Org.UpdateAsync("Task", task, new { Status = "In Progress" });
        await people.SyncAsync();
        await AssertInTouchAsync(people, (ann, 1), (ben, 0), (eve, 1));
        await people.Org.UpdateAsync("Task", task, new { Status = "Completed" });
        await people.SyncAsync();
        await AssertInTouchAsync(people, (ann, 2), (ben, 1), (eve, 2));

        // Two of them are one person: what was done with both was done with it once.
        await people.Org.MergeAsync("Contact", contacts[ann], contacts[eve], PeopleInBothCrms.Seller);
        await people.SyncAsync();
        await people.AssertOneLeadAsync(contacts[ann], contacts[eve]);
        await AssertInTouchAsync(people, (ann, 2), (ben, 1));

        // A deleted activity is nobody's. A score that goes up and down within a day would be taken for a loop.
        await people.Sandbox.AdvanceAsync("25h");
        await people.Org.DeleteRowAsync("Task", task);
        await people.SyncAsync();
        await AssertInTouchAsync(people, (ann, 1), (ben, 0));
        Assert.StartsWith("0RT", relation, StringComparison.Ordinal);
        await people.AssertUndisturbedAsync();
        await people.AssertQuietAsync();
    }

    [Fact]
    public async Task The_first_read_brings_everybody_by_a_call_for_two_thousand_relations()
    {
        using var people = await PeopleInBothCrms.LiveAsync(faults: "shared-activities");
        var account = await people.AccountAsync("Shared");
        var first = await people.CreateContactAsync("First", "first@shared.example", account);
        var others = new List<string>();
        for (var number = 0; number < 20; number++)
        {
            others.Add(await people.CreateContactAsync($"Other {number}", $"other{number}@shared.example", account));
        }

        for (var number = 0; number < 5; number++)
        {
            var task = await people.Org.CreateAsync("Task", new { Subject = "Call", TaskSubtype = "Call", Status = "Completed", WhoId = first });
            foreach (var other in others)
            {
                await people.Org.CreateAsync("TaskRelation", new { TaskId = task, RelationId = other });
            }
        }

        using var workplace = new Workplace();
        await workplace.SignAsync(people.Workplace.File("agreement.yaml"), "2026-11-23T09:00:00Z");
        await workplace.GoLiveAsync(people.Org, "2026-11-23T09:00:00Z");
        var run = (await workplace.RunAsync("sync", "--yes", "--at", await people.LaterAsync(), "--format", "json")).Expect(0).Json;

        string[] all = [first, .. others];
        Assert.Equal(
            [[21L, 105L]],
            await workplace.QueryAsync($"SELECT count(DISTINCT record_id), count(*) FROM activity WHERE kind = 'call' AND record_id IN ({string.Join(", ", all.Select(id => $"'{id}'"))})"));
        // All relations of Tasks are one page, those of Events another.
        Assert.InRange((await people.Org.QueryAsync("SELECT Id FROM TaskRelation")).Count, 105, 2_000);
        Assert.InRange(run["connections"]![0]!["calls"]!.GetValue<int>(), 1, 35);
    }

    private static async Task AssertInTouchAsync(PeopleInBothCrms people, params (string Email, int Times)[] expected)
    {
        foreach (var (email, times) in expected)
        {
            Assert.Equal((email, times), (email, (await people.LeadAsync(email)).AssertNothingTwice().InTouch));
        }
    }
}
