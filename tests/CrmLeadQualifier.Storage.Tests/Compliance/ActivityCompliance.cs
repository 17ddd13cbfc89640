using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Tests.Compliance;

public abstract class ActivityCompliance(LedgerStore store) : LedgerCompliance(store)
{
    [SkippableFact]
    public async Task An_activity_comes_back_as_it_was_saved_with_the_lead_that_its_record_has()
    {
        var lead = await AddLeadAsync("1");
        var row = Call("a", "1") with
        {
            Attributes = Texts(("result", "connected"), ("body", "x\0y")),
            Email = "ann@x.test",
            UserId = "u",
            IsApproximate = true,
            IsDayOnly = true,
            CopyOf = "hubspot:1",
            SeenAt = T,
        };

        Assert.Equal(1, await SaveAsync(row));

        Assert.Equivalent(row with { LeadId = lead }, Assert.Single(await OfAsync(lead)), strict: true);
        Assert.True(await IsDueAsync(lead));
    }

    [SkippableFact]
    public async Task An_activity_that_is_no_longer_a_records_is_withdrawn_there_and_stays_elsewhere()
    {
        var (ann, ben) = (await AddLeadAsync("1"), await AddLeadAsync("2"));
        await SaveAsync(Call("a", "1"));
        await SaveAsync(Call("a", "2"));
        await SaveAsync(Call("b", "1"));
        await SettleAsync(ann, ben);

        Assert.Equal(1, await WriteAsync(tx => tx.Activities.KeepOnlyAsync(Hub, [new("a", ["2"]), new("unknown", [])])));
        Assert.Equal(0, await WriteAsync(tx => tx.Activities.KeepOnlyAsync(Hub, [new("a", ["2"])])));

        Assert.Equal("b", Assert.Single(await OfAsync(ann)).ExternalId);
        Assert.Equal("a", Assert.Single(await OfAsync(ben)).ExternalId);
        Assert.True(await IsDueAsync(ann));
        Assert.False(await IsDueAsync(ben));
    }

    [SkippableFact]
    public async Task What_moved_to_another_record_of_its_lead_is_there_once_and_what_is_withdrawn_there_is_nowhere()
    {
        var (ann, ben) = (await AddLeadAsync("1"), await AddLeadAsync("3"));
        await AddContactAsync("2", ann);
        await SaveAsync(Call("a", "1"));
        await SaveAsync(Call("a#r1", "1"));
        await SaveAsync(Call("b", "1"));
        await SaveAsync(Call("a", "3"));
        await SettleAsync(ann, ben);
        var moved = Call("a", "2");
        await SaveAsync(moved);

        Assert.Equal(1, await WriteAsync(tx => tx.Activities.SupersedeAsync(Hub, new ReadActivities([moved]))));
        Assert.Equal(0, await WriteAsync(tx => tx.Activities.SupersedeAsync(Hub, new ReadActivities([moved]))));
        Assert.Equal(["a 2", "a#r1 1", "b 1"], (await OfAsync(ann)).Select(row => $"{row.ExternalId} {row.RecordId}").Order(StringComparer.Ordinal));

        var over = moved with { IsWithdrawn = true };
        await SaveAsync(over);
        Assert.Equal(1, await WriteAsync(tx => tx.Activities.SupersedeAsync(Hub, new ReadActivities([over]))));
        Assert.Equal("b", Assert.Single(await OfAsync(ann)).ExternalId);
        Assert.Equal("a", Assert.Single(await OfAsync(ben)).ExternalId);
        Assert.True(await IsDueAsync(ann));
        Assert.False(await IsDueAsync(ben));
    }

    [SkippableFact]
    public async Task A_relation_that_ended_takes_its_person_off_the_activity_and_nobody_else()
    {
        var (ann, ben) = (await AddLeadAsync("1"), await AddLeadAsync("2"));
        await SaveAsync(Call("a", "1"));
        await SaveAsync(Call("a#r1", "1"));
        await SaveAsync(Call("a#r2", "2"));
        await SaveAsync(Call("b#r3", "2"));
        await SettleAsync(ann, ben);

        Assert.Equal(1, await WriteAsync(tx => tx.Activities.EndRelationsAsync(Hub, ["r2", "a", "unknown"])));
        Assert.Equal(0, await WriteAsync(tx => tx.Activities.EndRelationsAsync(Hub, ["r2"])));

        var left = Assert.Single(await OfAsync(ben));
        Assert.Equal(("b#r3", "b"), (left.ExternalId, left.ActivityId));
        Assert.Equal(["a", "a"], (await OfAsync(ann)).Select(row => row.ActivityId));
        Assert.True(await IsDueAsync(ben));
        Assert.False(await IsDueAsync(ann));
    }

    [SkippableFact]
    public async Task What_is_there_already_changes_nothing_and_marks_nobody()
    {
        var lead = await AddLeadAsync("1");
        var row = Call("a", "1") with { Attributes = Texts(("b", "2"), ("a", "1")), SeenAt = T };
        await SaveAsync(row);
        await SettleAsync(lead);

        Assert.Equal(0, await SaveAsync(row with { Attributes = Texts(("a", "1"), ("b", "2")), SeenAt = T + TimeSpan.FromDays(1), LeadId = 77 }));

        Assert.False(await IsDueAsync(lead));
        Assert.Equal(T, Assert.Single(await OfAsync(lead)).SeenAt);
    }

    [SkippableTheory]
    [InlineData("attribute")]
    [InlineData("instant")]
    [InlineData("kind")]
    [InlineData("withdrawn")]
    public async Task A_changed_activity_replaces_the_one_before_and_marks_its_lead(string what)
    {
        var lead = await AddLeadAsync("1");
        var row = Call("a", "1");
        await SaveAsync(row);
        await SettleAsync(lead);
        var changed = what switch
        {
            "attribute" => row with { Attributes = Texts(("result", "no answer")) },
            "instant" => row with { At = T + TimeSpan.FromHours(1) },
            "kind" => row with { Kind = "meeting" },
            _ => row with { IsWithdrawn = true },
        };

        Assert.Equal(1, await SaveAsync(changed));

        Assert.True(await IsDueAsync(lead));
        Assert.Equivalent(what == "withdrawn" ? [] : new[] { changed with { LeadId = lead } }, await OfAsync(lead), strict: true);
    }

    [SkippableFact]
    public async Task Activities_are_grouped_by_lead_latest_first()
    {
        var (one, other) = (await AddLeadAsync("1"), await AddLeadAsync("2"));
        await SaveAsync(
            Call("old", "1") with { At = T - TimeSpan.FromDays(9) }, Call("new", "1"), Call("middle", "1") with { At = T - TimeSpan.FromDays(1) }, Call("theirs", "2"), Call("nobody's", "3"));

        var activities = await ReadAsync(tx => tx.Activities.OfLeadsAsync([one, other, 0, 999]));

        Assert.Equal([one, other], activities.Keys.Order());
        Assert.Equal(["new", "middle", "old"], activities[one].Select(row => row.ExternalId));
        Assert.Equal(["theirs"], activities[other].Select(row => row.ExternalId));
    }

    [SkippableFact]
    public async Task One_activity_of_two_records_is_a_row_for_each()
    {
        var (one, other) = (await AddLeadAsync("1"), await AddLeadAsync("2"));

        Assert.Equal(2, await SaveAsync(Call("meeting", "1"), Call("meeting", "2")));

        Assert.Single(await OfAsync(one));
        Assert.Single(await OfAsync(other));
    }

    [SkippableFact]
    public async Task An_activity_with_an_address_goes_to_the_only_lead_that_holds_it_in_its_connection()
    {
        var lead = await AddLeadAsync("1", "ann@x.test");
        await AddContactAsync("1b", lead, "ann@x.test");
        var elsewhere = await WriteAsync(tx => tx.Connections.SaveAsync(new ConnectionRow(0, "other", "salesforce", "00D") { CreatedAt = T }));

        await SaveAsync(
            Call("a", "") with { Email = "ann@x.test" },
            Call("b", "") with { Email = "bob@x.test" },
            Call("c", "unknown") with { Email = "ann@x.test" },
            Call("d", "") with { Email = "ann@x.test", ConnectionId = elsewhere });

        Assert.Equal(["a", "c"], (await OfAsync(lead)).Select(row => row.ExternalId).Order());
    }

    [SkippableFact]
    public async Task An_address_that_two_leads_hold_gives_the_activity_to_neither()
    {
        var (one, other) = (await AddLeadAsync("1", "info@x.test"), await AddLeadAsync("2", "info@x.test"));

        await SaveAsync(Call("a", "") with { Email = "info@x.test" });

        Assert.Empty(await OfAsync(one));
        Assert.Empty(await OfAsync(other));
        Assert.False(await IsDueAsync(one));
    }

    [SkippableFact]
    public async Task Activities_that_came_before_their_record_follow_it_once_it_is_linked()
    {
        await SaveAsync(Call("by record", "1"), Call("by address", "") with { Email = "ann@x.test" });
        var lead = await AddLeadAsync("1", "ann@x.test");

        await WriteAsync(async tx => await tx.Activities.FollowRecordsAsync([.. (await tx.Records.OfLeadsAsync([lead])).Select(record => record.Id)]));

        Assert.Equal(["by address", "by record"], (await OfAsync(lead)).Select(row => row.ExternalId).Order());
        Assert.True(await IsDueAsync(lead));
    }

    [SkippableFact]
    public async Task A_record_that_goes_to_another_lead_takes_its_activities_along_and_both_are_looked_at_again()
    {
        var (from, to) = (await AddLeadAsync("1", "ann@x.test"), await AddLeadAsync("2"));
        await AddContactAsync("stays", from);
        await SaveAsync(Call("a", "1"), Call("b", "") with { Email = "ann@x.test" }, Call("c", "stays"));
        await SettleAsync(from, to);

        await WriteAsync(async tx =>
        {
            var record = Assert.Single(await tx.Records.GetAsync(Hub, "contact", ["1"]));
            await tx.Records.SaveAsync([record with { LeadId = to }]);
            await tx.Activities.FollowRecordsAsync([record.Id]);
        });

        Assert.Equal(["a", "b"], (await OfAsync(to)).Select(row => row.ExternalId).Order());
        Assert.Equal(["c"], (await OfAsync(from)).Select(row => row.ExternalId));
        Assert.Equal((true, true), (await IsDueAsync(from), await IsDueAsync(to)));
    }

    [SkippableFact]
    public async Task Following_a_record_whose_lead_has_not_changed_marks_nobody()
    {
        var lead = await AddLeadAsync("1", "ann@x.test");
        await SaveAsync(Call("a", "1"), Call("b", "") with { Email = "ann@x.test" });
        await SettleAsync(lead);

        await WriteAsync(async tx => await tx.Activities.FollowRecordsAsync([.. (await tx.Records.OfLeadsAsync([lead])).Select(record => record.Id)]));

        Assert.False(await IsDueAsync(lead));
    }

    [SkippableFact]
    public async Task A_hundred_thousand_activities_are_saved_once_whatever_is_read_again()
    {
        var leads = new List<long>();
        await WriteAsync(async tx =>
        {
            leads.AddRange(await tx.Leads.CreateAsync(1000));
            await tx.Records.SaveAsync([.. leads.Select((lead, i) => Contact($"{i}") with { LeadId = lead })]);
        });
        ActivityRow[] rows = [.. Enumerable.Range(0, 100_000).Select(i => Call($"a{i}", $"{i % 1000}") with { At = T - TimeSpan.FromMinutes(i) })];

        Assert.Equal(100_000, await SaveAsync(rows));
        Assert.Equal(0, await SaveAsync(rows));

        var read = await ReadAsync(tx => tx.Activities.OfLeadsAsync(leads));
        Assert.Equal(1000, read.Count);
        Assert.All(read.Values, activities => Assert.Equal(activities.OrderByDescending(row => row.At).Take(100), activities));
    }

    private ActivityRow Call(string id, string record) => new(Hub, id, record, "call", T);

    private Task<int> SaveAsync(params ActivityRow[] rows) => WriteAsync(tx => tx.Activities.SaveAsync(rows));

    private async Task<IReadOnlyList<ActivityRow>> OfAsync(long lead) => (await ReadAsync(tx => tx.Activities.OfLeadsAsync([lead]))).GetValueOrDefault(lead) ?? [];
}
