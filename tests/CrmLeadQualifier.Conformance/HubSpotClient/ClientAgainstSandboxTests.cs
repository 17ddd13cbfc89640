using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.HubSpot;

namespace CrmLeadQualifier.Conformance.HubSpotClient;

/// <summary>Our client against the sandbox's executable, over real HTTP.</summary>
public sealed class ClientAgainstSandboxTests : IAsyncLifetime
{
    private const int People = 250;

    private static readonly FieldDefinition[] Fields =
    [
        .. LeadField.All.Select(field => new FieldDefinition(
            field, "Label of " + field.Name, "", field.Type == LeadFieldType.Choice
                ? [new("mql", "MQL"), new("waiting", "Waiting"), new("accepted", "Accepted")] : [])),
    ];

    private SandboxProcess _sandbox = null!;
    private HubSpotCrm _crm = null!;

    public async Task InitializeAsync()
    {
        _sandbox = await SandboxProcess.StartAsync("--contacts", People.ToString(), "--seed", "7", "--rate-limits", "off", "--index-lag", "0");
        _crm = _sandbox.Client();
    }

    public async Task DisposeAsync()
    {
        _crm.Dispose();
        await _sandbox.DisposeAsync();
    }

    [Fact]
    public async Task The_first_read_brings_every_stream_whole_and_understands_every_row()
    {
        await _sandbox.CreateAsync("deals",
            new { properties = new { dealname = "Test", dealstage = "closedwon", pipeline = "default", amount = "1200.50" } },
                await SomeContactsAsync(2));
        var read = new Dictionary<string, List<StreamPage>>();
        foreach (var stream in _crm.Streams)
        {
            read[stream.Name] = await ReadAllAsync(stream.Name, window: null);
        }

        Assert.Empty(read.Values.SelectMany(pages => pages).SelectMany(page => page.Content.Unreadable));
        Assert.Equal(People, Rows(read["contacts"], rows => rows.Records).Select(record => record.Id).Distinct().Count());
        Assert.NotEmpty(Rows(read["owners"], rows => rows.Owners));
        Assert.NotEmpty(Rows(read["companies"], rows => rows.Companies));
        Assert.Contains(Rows(read["deals"], rows => rows.Deals), deal => deal is { State: DealState.Won, Amount: 1200.50m, RecordIds.Count: 2 });
        foreach (var stream in new[] { "meetings", "calls", "emails", "notes", "tasks", "page_views", "form_submissions", "email_events" })
        {
            var activities = Rows(read[stream], rows => rows.Activities);
            Assert.True(activities.Count > 0, $"{stream} brought nothing");
            Assert.Equal(activities.Count, activities.Select(activity => activity.Id).Distinct().Count());
            Assert.All(activities, activity => Assert.True(activity.RecordIds.Count > 0 || activity.Email is not null,
                $"{activity.Id} belongs to nobody"));
        }

        var contacts = Rows(read["contacts"], rows => rows.Records);
        Assert.Contains(contacts, contact => contact.CompanyId is not null);
        Assert.Contains(contacts, contact => contact.OwnerId is not null);
        Assert.All(contacts, contact => Assert.True(contact.Attributes.ContainsKey("created_at")));
    }

    [Fact]
    public async Task A_window_finds_what_changed_in_it_and_its_content_is_fetched()
    {
        await _sandbox.AdvanceAsync("10m");
        var all = Rows(await ReadAllAsync("contacts", null), rows => rows.Records);
        var one = all[17];
        var before = (await _crm.ReadPageAsync(new PageRequest("owners", null, null), default)).Date;
        await _sandbox.PostAsync($"/__sandbox/people/contacts/{one.Id}", new { properties = new { jobtitle = "Head of Tests" }, user = "501" });
        await _sandbox.AdvanceAsync("1m");
        var after = (await _crm.ReadPageAsync(new PageRequest("owners", null, null), default)).Date;

        var pages = await ReadAllAsync("contacts", new ChangeWindow(before, after));
        var changed = pages.SelectMany(page => page.Changed).ToList();
        Assert.Equal([one.Id], changed.Select(row => row.Id));
        var fetched = await _crm.FetchAsync("contacts", [one.Id], default);
        var record = Assert.Single(fetched.Records);
        Assert.Equal("Head of Tests", record.Attributes["job_title"]);
        Assert.Equal(changed[0].Stamp, record.Stamp);
    }

    [Fact]
    public async Task What_a_list_brings_is_what_a_fetch_brings()
    {
        foreach (var stream in new[] { "contacts", "companies", "deals", "meetings", "calls", "emails", "notes", "tasks" })
        {
            var page = (await _crm.ReadPageAsync(new PageRequest(stream, null, null), default)).Content;
            var ids = page.Records.Select(record => record.Id).Concat(page.Companies.Select(company => company.Id))
                .Concat(page.Deals.Select(deal => deal.Id))
                .Concat(page.Activities.Select(activity => activity.RowId!)).ToList();
            var fetched = await _crm.FetchAsync(stream, [.. ids, "999999999999"], default);
            Assert.Equivalent(page, fetched, strict: true);
        }
    }

    [Fact]
    public async Task Provisioning_twice_changes_nothing_the_second_time()
    {
        var steps = await _crm.PlanProvisioningAsync(Fields, default);
        // The property group, and the lists to answer, overdue, reason missing, waiting.
        Assert.Equal(Fields.Length + 1 + 4, steps.Count);
        await _crm.ProvisionAsync(Fields, steps, default);
        Assert.Empty(await _crm.PlanProvisioningAsync(Fields, default));
        var more = Fields.Select(field => field.Field == LeadField.Stage ? field with { Options = [new("sql", "SQL")] } : field).ToArray();
        var change = Assert.Single(await _crm.PlanProvisioningAsync(more, default));
        await _crm.ProvisionAsync(more, [change], default);

        // The option that the new definition lacks is still there: the old one finds nothing missing.
        Assert.Empty(await _crm.PlanProvisioningAsync(Fields, default));
        Assert.Empty(await _crm.PlanProvisioningAsync(more, default));
    }

    [Fact]
    public async Task What_is_written_is_read_back_and_its_history_says_that_we_wrote_it()
    {
        await ProvisionAsync();
        var ids = await SomeContactsAsync(3);
        var results = await _crm.WriteAsync("contact", [.. ids.Select(id => Write(id, "42")), Write("999999999999", "1")], default);
        Assert.Equal(4, results.Count);
        Assert.All(results.Where(result => ids.Contains(result.RecordId)), result => Assert.Equal(WriteOutcome.Written, result.Outcome));
        Assert.Equal(WriteOutcome.Gone, results.Single(result => result.RecordId == "999999999999").Outcome);

        var records = await _crm.ReadRecordsAsync("contact", ids, default);
        Assert.All(records, record =>
        {
            Assert.Equal("42", record.Fields["score"]);
            Assert.Equal("mql", record.Fields["stage"]);
            Assert.Equal(results.Single(result => result.RecordId == record.Id).Stamp, record.Stamp);
        });

        await _sandbox.AdvanceAsync("1m");
        await _sandbox.PostAsync($"/__sandbox/people/contacts/{ids[0]}", new { properties = new { lq_verdict = "accepted" }, user = "501" });
        var history = await _crm.ReadHistoryAsync("contact", ids, ["verdict", "score"], default);
        var verdict = Assert.Single(history, change => change.Field == "verdict");
        Assert.Equal(("accepted", true, false, "501"), (verdict.Value, verdict.IsPerson, verdict.IsOurs, verdict.UserId));
        Assert.All(history.Where(change => change.Field == "score"), change => Assert.True(change.IsOurs && !change.IsPerson));
    }

    [Fact]
    public async Task A_merged_contact_is_written_and_read_under_its_new_id()
    {
        await ProvisionAsync();
        var ids = await SomeContactsAsync(2);
        using var merged = await _sandbox.SendAsync("/crm/v3/objects/contacts/merge", new { primaryObjectId = ids[0], objectIdToMerge = ids[1] });

        var result = Assert.Single(await _crm.WriteAsync("contact", [Write(ids[1], "7")], default));
        Assert.Equal(WriteOutcome.Written, result.Outcome);
        Assert.NotNull(result.NewId);
        var record = Assert.Single(await _crm.ReadRecordsAsync("contact", [ids[1]], default));
        Assert.Equal(result.NewId, record.Id);
        Assert.Contains(ids[1], record.Aliases);
        Assert.Equal("7", record.Fields["score"]);
    }

    [Fact]
    public async Task Deleted_and_merged_contacts_are_listed_apart_and_a_fetch_tells_which_is_which()
    {
        var ids = Rows(await ReadAllAsync("contacts", null), rows => rows.Records).Select(record => record.Id).Take(140).ToList();
        using var merged = await _sandbox.SendAsync("/crm/v3/objects/contacts/merge", new { primaryObjectId = ids[0], objectIdToMerge = ids[1] });
        foreach (var chunk in ids.Skip(2).Take(120).Chunk(100))
        {
            using var archived = await _sandbox.SendAsync("/crm/v3/objects/contacts/batch/archive", new { inputs = chunk.Select(id => new { id }) });
        }

        var gone = new List<StreamPage>();
        for (string? next = null; gone.Count == 0 || next is not null; next = gone[^1].Next)
        {
            gone.Add(await _crm.ReadPageAsync(new PageRequest("contacts", null, next) { IsGone = true }, default));
        }

        Assert.Equal(2, gone.Count);
        Assert.Equal(ids.Skip(2).Take(120).Order(), gone.SelectMany(page => page.Changed).Select(row => row.Id).Order());
        Assert.Empty(Rows(await ReadAllAsync("contacts", null), rows => rows.Records).Select(record => record.Id).Intersect(ids.Take(122)));
        var survivor = Assert.Single((await _crm.FetchAsync("contacts", [.. ids.Take(5)], default)).Records);
        Assert.Equal(ids.Take(2).Order(), survivor.Aliases.Intersect(ids).Order());
        Assert.True(_crm.Quota is null || _crm.Quota.Value.Used > 0);
    }

    [Fact]
    public async Task Fields_that_the_portal_lacks_refuse_the_batch_and_are_named()
    {
        var ids = await SomeContactsAsync(2);
        var refused = await Assert.ThrowsAsync<BatchRefusedException>(() =>
            _crm.WriteAsync("contact", [.. ids.Select(id => Write(id, "1"))], default));
        Assert.Equal(["score", "stage"], refused.UnknownFields.Order());
    }

    [Theory]
    [InlineData("cut-before")]
    [InlineData("cut-after")]
    [InlineData("html")]
    [InlineData("empty")]
    [InlineData("truncated")]
    [InlineData("429")]
    [InlineData("500")]
    [InlineData("number")]
    public async Task A_read_goes_on_through_a_fault(string fault)
    {
        var whole = await ReadAllAsync("contacts", null);
        await _sandbox.PlanFaultsAsync($"{fault}@2");
        using var crm = _sandbox.Client();
        var again = await ReadAllAsync("contacts", null, crm);
        Assert.Equal(Rows(whole, rows => rows.Records).Select(record => record.Id), Rows(again, rows => rows.Records).Select(record => record.Id));
    }

    [Theory]
    [InlineData("cut-before", false)]
    [InlineData("cut-after", true)]
    [InlineData("html", false)]
    [InlineData("truncated", true)]
    [InlineData("500", false)]
    public async Task A_write_without_an_answer_is_of_unknown_outcome_and_sent_once(string fault, bool isWritten)
    {
        await ProvisionAsync();
        var ids = await SomeContactsAsync(2);
        await _sandbox.PlanFaultsAsync($"{fault}@1");
        var sent = _crm.Calls.Sent;
        await Assert.ThrowsAsync<UnknownOutcomeException>(() => _crm.WriteAsync("contact", [.. ids.Select(id => Write(id, "9"))], default));
        Assert.Equal(1, _crm.Calls.Sent - sent);
        var records = await _crm.ReadRecordsAsync("contact", ids, default);
        Assert.All(records, record => Assert.Equal(isWritten, record.Fields.ContainsKey("score")));
    }

    [Fact]
    public async Task A_revoked_token_is_fatal_and_never_shown()
    {
        using var crm = _sandbox.Client(_sandbox.Connection with { Token = "pat-eu1-revoked" });
        var fatal = await Assert.ThrowsAsync<FatalCrmException>(() => crm.GetAccountAsync(default));
        Assert.DoesNotContain("revoked", fatal.Message);
        Assert.NotEmpty(fatal.Advice);
    }

    [Fact]
    public async Task Check_passes_on_a_provisioned_portal_and_names_missing_fields_before()
    {
        var before = await CheckAsync();
        Assert.Contains(before, finding => finding is { Subject: "property lq_score", Result: CheckResult.Failed, Advice: not null });
        await ProvisionAsync();
        var after = await CheckAsync();
        Assert.DoesNotContain(after, finding => finding.Result == CheckResult.Failed);
        // What reads all forms at night asks for what is asked for by day.
        Assert.All(_crm.Streams.Where(stream => stream.Name != "all_forms"), stream => Assert.Contains(after, finding => finding.Subject == $"stream {stream.Name}"
            && finding.Result == CheckResult.Passed));
    }

    [Fact]
    public async Task The_lifecycle_and_the_account_are_the_portals_own()
    {
        var stages = (await _crm.GetLifecycleAsync(default)).Select(stage => stage.Id).ToList();
        Assert.True(stages.IndexOf("lead") < stages.IndexOf("marketingqualifiedlead")
            && stages.IndexOf("marketingqualifiedlead") < stages.IndexOf("salesqualifiedlead"));
        var account = await _crm.GetAccountAsync(default);
        Assert.NotEmpty(account.Id);
    }

    private static RecordWrite Write(string id, string score) => new(id, new Dictionary<string, string> { ["score"] = score, ["stage"] = "mql" });

    private static List<T> Rows<T>(IEnumerable<StreamPage> pages, Func<StreamRows, IReadOnlyList<T>> of) =>
        [.. pages.SelectMany(page => of(page.Content))];

    private async Task ProvisionAsync() => await _crm.ProvisionAsync(Fields, await _crm.PlanProvisioningAsync(Fields, default), default);

    private async Task<List<string>> SomeContactsAsync(int count) =>
        [.. (await _crm.ReadPageAsync(new PageRequest("contacts", null, null), default)).Content.Records.Take(count).Select(record => record.Id)];

    private async Task<List<CheckFinding>> CheckAsync()
    {
        var findings = new List<CheckFinding>();
        await foreach (var finding in _crm.CheckAsync(Fields, default))
        {
            findings.Add(finding);
        }

        return findings;
    }

    private async Task<List<StreamPage>> ReadAllAsync(string stream, ChangeWindow? window, HubSpotCrm? crm = null)
    {
        var pages = new List<StreamPage>();
        string? position = null;
        do
        {
            var page = await (crm ?? _crm).ReadPageAsync(new PageRequest(stream, window, position), default);
            pages.Add(page);
            position = page.Next;
        }
        while (position is not null);
        return pages;
    }
}
