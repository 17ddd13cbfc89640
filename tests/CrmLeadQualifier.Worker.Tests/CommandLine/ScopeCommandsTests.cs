using CrmLeadQualifier.Resilience.Processes;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Tests.CommandLine;

/// <summary>How much of a portal is ours to write: which of our fields, on which of its records.</summary>
public sealed class ScopeCommandsTests : IAsyncLifetime
{
    private static readonly string[] Minimal =
        ["lq_stage", "lq_status", "lq_answer", "lq_score", "lq_reasons", "lq_handed_over_at", "lq_answer_due_at", "lq_verdict", "lq_rejection_reason"];

    private readonly Workplace _workplace = new();
    private SandboxUnderTest _sandbox = null!;

    public async Task InitializeAsync()
    {
        _sandbox = await SandboxUnderTest.StartAsync("--contacts", "40", "--seed", "5", "--rate-limits", "off");
        (await _workplace.RunWithAsync(
            new Dictionary<string, string?> { ["CLQ_HUBSPOT_TOKEN"] = _sandbox.Token }, ["connect", "hubspot", "--name", "hub", "--base-url", _sandbox.BaseUrl])).Expect(ExitCode.Done);
    }

    public Task DisposeAsync()
    {
        _sandbox.Dispose();
        _workplace.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_portal_with_little_room_gets_the_minimal_fields_only_and_the_others_once_it_has_room()
    {
        await _workplace.SignAsync(Repository.File("definitions", "b2b-software.en.yaml"), "2026-11-20T09:00:00Z");
        (await _workplace.RunAsync("provision", "hub", "--minimal")).Expect(ExitCode.Done);
        Assert.Equal(Minimal.Order(), await OurPropertiesAsync());
        (await _workplace.RunAsync("check", "hub")).Expect(ExitCode.Done);
        (await _workplace.RunAsync("mode", "hub", "live")).Expect(ExitCode.Done);
        (await _workplace.RunAsync("sync", "hub", "--yes")).Expect(ExitCode.Done);
        Assert.Equal(40, await SetAsync("lq_stage"));

        (await _workplace.RunAsync("provision", "hub")).Expect(ExitCode.Done);
        (await _workplace.RunAsync("sync", "hub", "--yes")).Expect(ExitCode.Done);

        Assert.Equal(await SetAsync("lq_score"), await SetAsync("lq_profile"));
        Assert.Equal(0, (await _workplace.RunAsync("sync", "hub", "--format", "json")).Expect(ExitCode.Done).Json["connections"]![0]!["fields_written"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_pilot_writes_the_records_of_its_list_and_no_other()
    {
        await _workplace.SignAsync(Repository.File("definitions", "b2b-software.en.yaml"), "2026-11-20T09:00:00Z");
        (await _workplace.RunAsync("provision", "hub")).Expect(ExitCode.Done);
        var chosen = (await _sandbox.ContactsAsync("email")).Keys.Take(3).Order().ToList();
        var list = (await _sandbox.PostAsync("/crm/v3/lists", new { name = "Pilot", objectTypeId = "0-1", processingType = "MANUAL" }))!["list"]!["listId"]!.GetValue<string>();
        await _sandbox.PutAsync($"/crm/v3/lists/{list}/memberships/add", chosen);

        (await _workplace.RunAsync("mode", "hub", "pilot", "--only", "Pilot")).Expect(ExitCode.Done);
        Assert.Contains("HubSpot has no list Pilot", (await _workplace.RunAsync("check", "hub")).Expect(ExitCode.DoneWithFailures).Output);
        Assert.Contains("pilot --only NUMBER", (await _workplace.RunAsync("sync", "hub", "--yes")).Expect(ExitCode.Refused).Error);

        (await _workplace.RunAsync("mode", "hub", "pilot", "--only", list)).Expect(ExitCode.Done);
        Assert.Contains("3 records, and no others may be written", (await _workplace.RunAsync("check", "hub")).Expect(ExitCode.Done).Output);
        (await _workplace.RunAsync("sync", "hub", "--yes")).Expect(ExitCode.Done);

        var written = (await _sandbox.ContactsAsync("lq_stage")).Where(contact => contact.Value["lq_stage"]?.GetValue<string>() is { Length: > 0 });
        Assert.Equal(chosen, written.Select(contact => contact.Key).Order());
    }

    [Fact]
    public async Task A_portal_that_is_left_has_nothing_of_ours_and_a_dry_run_takes_nothing()
    {
        await _workplace.SignAsync(Repository.File("definitions", "b2b-software.en.yaml"), "2026-11-20T09:00:00Z");
        (await _workplace.RunAsync("provision", "hub")).Expect(ExitCode.Done);
        var ours = await OurPropertiesAsync();

        var planned = (await _workplace.RunAsync("disconnect", "hub", "--remove-fields", "--dry-run")).Expect(ExitCode.Done).Output;
        Assert.Contains("would delete property lq_stage", planned);
        Assert.Equal(ours, await OurPropertiesAsync());
        (await _workplace.RunAsync("disconnect", "hub", "--remove-fields")).Expect(ExitCode.Done);

        Assert.Empty(await OurPropertiesAsync());
        Assert.DoesNotContain((await _sandbox.GetAsync("/crm/v3/properties/contacts/groups"))["results"]!.AsArray(), group => group!["name"]!.GetValue<string>() == "lead_qualification");
        Assert.Empty((await _sandbox.PostAsync("/crm/v3/lists/search", new { query = "Lead qualification" }))!["lists"]!.AsArray());
        Assert.NotEqual(ExitCode.Done, (await _workplace.RunAsync("sync", "hub")).ExitCode);
    }

    [Fact]
    public async Task An_agreement_without_rejection_reasons_leaves_them_to_the_words_of_sales()
    {
        var agreement = _workplace.File("agreement.yaml");
        await File.WriteAllTextAsync(agreement, """
            definition: Without reasons
            schema: 1
            profile: { criteria: [ { id: known, label: Known, if: { email: { known: true } }, points: 10 } ] }
            mql: { when: { total: { at_least: 10 } } }
            """);
        await _workplace.SignAsync(agreement, "2026-11-20T09:00:00Z");

        (await _workplace.RunAsync("provision", "hub")).Expect(ExitCode.Done);

        var property = await _sandbox.GetAsync("/crm/v3/properties/contacts/lq_rejection_reason");
        Assert.Equal(("string", "text"), (property["type"]!.GetValue<string>(), property["fieldType"]!.GetValue<string>()));
    }

    private async Task<IEnumerable<string>> OurPropertiesAsync() =>
        (await _sandbox.GetAsync("/crm/v3/properties/contacts"))["results"]!.AsArray()
            .Select(property => property!["name"]!.GetValue<string>())
            .Where(name => name.StartsWith("lq_", StringComparison.Ordinal))
            .Order();

    private async Task<int> SetAsync(string property) =>
        (await _sandbox.ContactsAsync(property)).Values.Count(contact => contact[property]?.GetValue<string>() is { Length: > 0 });
}
