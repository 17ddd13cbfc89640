using System.Text.Json;
using CrmLeadQualifier.Sandbox.CommandLine;
using CrmLeadQualifier.Sandbox.Faults;
using CrmLeadQualifier.Sandbox.HubSpot.Search;
using CrmLeadQualifier.Sandbox.Limits;

namespace CrmLeadQualifier.Sandbox.Tests;

/// <summary>What passes: spoilt answers, late ones, and rows where they should not be.</summary>
public sealed class TransientFaultTests
{
    private const string Contacts = "/crm/objects/2026-03/contacts";

    [Theory]
    [InlineData("503", 503)]
    [InlineData("504", 504)]
    [InlineData("423", 423)]
    [InlineData("477", 477)]
    [InlineData("429-retry-after", 429)]
    [InlineData("429-daily", 429)]
    public async Task A_refusal_that_passes_has_changed_nothing(string fault, int status)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = await sandbox.CreateAsync("contacts", new { city = "Lyon" });
        await PlanAsync(sandbox, fault + "@1");
        var answer = await sandbox.UpdateAsync(id, new { city = "Nantes" });
        Assert.Equal(status, answer.Status);
        Assert.Equal(fault is "477" or "429-retry-after" ? "1" : null, answer.Header("Retry-After"));
        if (fault == "429-daily")
            Assert.Equal("DAILY", answer["policyName"].GetString());
        Assert.Equal("Lyon", await sandbox.ValueAsync(id, "city"));
    }

    [Fact]
    public async Task Too_many_names_the_policy_of_the_call()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await PlanAsync(sandbox, "429@1,429@2");
        Assert.Equal("SECONDLY", (await sandbox.PostAsync(Contacts + "/search", new { }))["policyName"].GetString());
        Assert.Equal("TEN_SECONDLY_ROLLING", (await sandbox.GetAsync(Contacts))["policyName"].GetString());
    }

    [Fact]
    public async Task A_write_that_a_gateway_gave_up_on_is_carried_out_thirty_seconds_later()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = await sandbox.CreateAsync("contacts", new { city = "Lyon" });
        await PlanAsync(sandbox, "504-applied-later@1,504-applied-later@4");
        Assert.Equal(504, (await sandbox.UpdateAsync(id, new { city = "Nantes" })).Status);
        await sandbox.AdvanceAsync("20s");
        Assert.Equal("Lyon", await sandbox.ValueAsync(id, "city"));
        await sandbox.AdvanceAsync("10s");
        Assert.Equal("Nantes", await sandbox.ValueAsync(id, "city"));
        // What would have been refused is refused where nobody hears it.
        Assert.Equal(504, (await sandbox.UpdateAsync(id, new { nonsense = "x" })).Status);
        await sandbox.AdvanceAsync("1m");
        Assert.Equal("Nantes", await sandbox.ValueAsync(id, "city"));
    }

    [Fact]
    public async Task A_page_of_html_comes_with_a_200_after_the_call_was_handled()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = await sandbox.CreateAsync("contacts", new { city = "Lyon" });
        await PlanAsync(sandbox, "page@1");
        var answer = await sandbox.UpdateAsync(id, new { city = "Nantes" });
        Assert.Equal(200, answer.Status);
        Assert.StartsWith("<html>", answer.Body);
        Assert.Equal("Nantes", await sandbox.ValueAsync(id, "city"));
    }

    [Fact]
    public async Task Numbers_and_texts_change_places_and_nothing_is_lost()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.CreateAsync("companies", new { name = "0123", numberofemployees = "42" });
        await PlanAsync(sandbox, "numbers@1");
        var exchanged = (await sandbox.GetAsync("/crm/objects/2026-03/companies?properties=name,numberofemployees"))["results"][0];
        Assert.Equal(JsonValueKind.Number, exchanged.GetProperty("id").ValueKind);
        Assert.Equal(42, exchanged.GetProperty("properties").GetProperty("numberofemployees").GetInt32());
        // A leading zero is no number's.
        Assert.Equal("0123", exchanged.GetProperty("properties").GetProperty("name").GetString());
        await PlanAsync(sandbox, "numbers@1");
        Assert.Equal("0", (await sandbox.PostAsync("/crm/objects/2026-03/deals/search", new { }))["total"].GetString());
    }

    [Fact]
    public async Task Short_and_empty_pages_lead_on_to_every_row_once()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var ids = new List<string>();
        for (var i = 0; i < 7; i++)
            ids.Add(await sandbox.CreateAsync("contacts", new { email = $"a{i}@b.fr" }));
        await PlanAsync(sandbox, "empty-page@1,short-page@2,empty-page@3,short-page@4");
        var pages = new List<int>();
        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = await sandbox.GetAsync($"{Contacts}?limit=3{(after is null ? "" : "&after=" + after)}");
            seen.AddRange(page["results"].EnumerateArray().Select(row => row.GetProperty("id").GetString()!));
            pages.Add(page["results"].GetArrayLength());
            after = page.TryGet("paging")?.GetProperty("next").GetProperty("after").GetString();
        }
        while (after is not null);
        Assert.Equal(ids, seen);
        Assert.Equal([0, 2, 0, 2, 3], pages);
    }

    [Fact]
    public async Task A_search_can_show_a_row_from_outside_its_window_and_a_short_page()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var before = await sandbox.CreateAsync("contacts", new { email = "before@b.fr" });
        await sandbox.AdvanceAsync("1h");
        var from = (await sandbox.GetAsync("/__sandbox/clock"))["now"].GetString()!;
        for (var i = 0; i < 3; i++)
            await sandbox.CreateAsync("contacts", new { email = $"in{i}@b.fr" });
        await sandbox.AdvanceAsync("1m");
        var window = new { filterGroups = new[] { new { filters = new[] { new { propertyName = "lastmodifieddate", @operator = "GTE", value = from } } } } };
        await PlanAsync(sandbox, "outside-window@1,short-page@2");
        var stray = await sandbox.PostAsync(Contacts + "/search", window);
        Assert.Equal(4, stray["results"].GetArrayLength());
        Assert.Equal(before, stray["results"][3].GetProperty("id").GetString());
        var cut = await sandbox.PostAsync(Contacts + "/search", window);
        Assert.Equal(2, cut["results"].GetArrayLength());
        Assert.Equal(3, cut["total"].GetInt32());
        Assert.Equal("2", cut["paging"].GetProperty("next").GetProperty("after").GetString());
    }

    [Fact]
    public async Task Ties_stamp_every_contact_in_one_millisecond()
    {
        await using var sandbox = await RunningSandbox.StartAsync(new SandboxOptions { Contacts = 30, Seed = 4, Limits = LimitTier.Off });
        await PlanAsync(sandbox, "ties");
        var stamps = (await sandbox.GetAsync(Contacts + "?limit=100"))["results"].EnumerateArray().Select(row => row.GetProperty("updatedAt").GetString());
        Assert.Single(stamps.Distinct());
    }

    [Fact]
    public void A_drawn_lag_has_a_median_of_a_second_a_long_tail_and_laggards()
    {
        var lag = new IndexLag(TimeSpan.FromSeconds(5), 7) { IsDrawn = true };
        var lags = Enumerable.Range(0, 100_000).Select(id => lag.Of(110_000_000_501 + (id * 50L), 1_763_890_200_000)).Order().ToList();
        Assert.InRange(lags[50_000], 950, 1_050);
        Assert.InRange(lags[99_000], 24_000, 60_000);
        Assert.InRange(lags.Count(drawn => drawn == 20 * 60_000), 70, 140);
        Assert.Equal(lag.Of(3, 5), lag.Of(3, 5));
    }

    [Fact]
    public async Task The_index_lags_as_drawn_once_it_is_asked_to()
    {
        await using var sandbox = await RunningSandbox.StartAsync(new SandboxOptions { Contacts = 0, Limits = LimitTier.Off, IndexLag = TimeSpan.Zero });
        await PlanAsync(sandbox, "search-lag");
        for (var i = 0; i < 40; i++)
            await sandbox.CreateAsync("contacts", new { email = $"a{i}@b.fr" });
        Assert.InRange((await sandbox.PostAsync(Contacts + "/search", new { }))["total"].GetInt32(), 0, 39);
        await sandbox.AdvanceAsync("20m");
        Assert.Equal(40, (await sandbox.PostAsync(Contacts + "/search", new { }))["total"].GetInt32());
    }

    [Fact]
    public void Every_transient_fault_is_drawn_where_none_is_named_and_only_those_named_where_some_are()
    {
        Assert.Equal(FaultCatalogue.All.Where(fault => fault is { Class: FaultClass.Transient, Span: FaultSpan.Call }).Select(fault => fault.Kind).Order(),
            Drawn(FaultList.None));
        Assert.True(FaultList.TryRead("slow,html", out var named, out _));
        Assert.Equal([FaultKind.Html, FaultKind.Slow], Drawn(named));

        static IEnumerable<FaultKind> Drawn(IReadOnlyList<NamedFault> list)
        {
            var plan = new FaultPlan(list, 1, 3, _ => true);
            return Enumerable.Range(0, 1_000).Select(_ => plan.Next(_ => true).Single!.Value).Distinct().Order();
        }
    }

    [Theory]
    [InlineData("slow=3")]
    [InlineData("429-daily")]
    [InlineData("html@0")]
    [InlineData("html@x")]
    [InlineData("nonsense")]
    public void A_list_that_means_nothing_is_refused(string list) => Assert.False(FaultList.TryRead(list, out _, out _));

    private static Task<Reply> PlanAsync(RunningSandbox sandbox, string faults) => sandbox.PostAsync("/__sandbox/faults", new { faults });
}
