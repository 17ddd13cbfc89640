using System.Net.Http.Json;
using System.Text.Json;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Salesforce;

namespace CrmLeadQualifier.Conformance.SalesforceClient;

/// <summary>Our client against the sandbox's Salesforce, over real HTTP.</summary>
public sealed class ClientAgainstSandboxTests : IAsyncLifetime
{
    private const string Seller = "claire.dubois@vendor.example";

    private static readonly FieldDefinition[] Fields =
    [
        .. LeadField.All.Select(field => new FieldDefinition(
            field, "Label of " + field.Name, "Help for " + field.Name, field.Type != LeadFieldType.Choice ? []
            : [new("mql", "MQL"), new("waiting", "Waiting"), new("to_answer", "To answer"), new("accepted", "Accepted"), new("rejected", "Rejected")])),
    ];

    private SandboxOrg _sandbox = null!;
    private SalesforceCrm _crm = null!;

    public async Task InitializeAsync()
    {
        _sandbox = await SandboxOrg.StartAsync("--contacts", "250", "--seed", "7", "--rate-limits", "off", "--index-lag", "0");
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
        await RespondAsync();
        var read = new Dictionary<string, List<StreamPage>>();
        foreach (var stream in _crm.Streams)
        {
            read[stream.Name] = await ReadAllAsync(stream.Name, window: null);
        }

        Assert.Empty(read.Values.SelectMany(pages => pages).SelectMany(page => page.Content.Unreadable));
        var leads = Rows(read["leads"], rows => rows.Records);
        var contacts = Rows(read["contacts"], rows => rows.Records);
        Assert.Equal(250, leads.Select(record => record.Id).Distinct().Count());
        Assert.NotEmpty(contacts);
        Assert.All(contacts, contact => Assert.NotNull(contact.CompanyId));
        Assert.Equal(contacts.Select(contact => contact.Id).Order(), leads.SelectMany(lead => lead.SameAs).Order());
        Assert.All(leads, lead => Assert.Equal(lead.SameAs.Count > 0, lead.Conversion is not null));
        Assert.All(leads.Concat(contacts), record => Assert.True(record.Attributes.ContainsKey("created_at") && record.OwnerId is not null));
        Assert.Contains(Rows(read["accounts"], rows => rows.Companies), company => company.Attributes.ContainsKey("company"));
        Assert.NotEmpty(Rows(read["users"], rows => rows.Owners));
        Assert.Contains(Rows(read["opportunities"], rows => rows.Deals), deal => deal is { State: DealState.Won, RecordIds.Count: >= 2 });
        foreach (var stream in new[] { "tasks", "events", "campaign_members" })
        {
            var activities = Rows(read[stream], rows => rows.Activities);
            Assert.True(activities.Count > 0, $"{stream} brought nothing");
            Assert.Equal(activities.Count, activities.Select(activity => activity.Id).Distinct().Count());
            Assert.All(activities, activity => Assert.NotEmpty(activity.RecordIds));
        }
    }

    [Fact]
    public async Task A_window_brings_edits_deletes_merges_and_conversions_with_their_content_and_in_few_calls()
    {
        await _sandbox.AdvanceAsync("10m");
        var leads = (await ReadAllAsync("leads", null)).SelectMany(page => page.Content.Records).Where(lead => lead.Conversion is null).Take(5)
            .Select(lead => lead.Id).ToList();
        var before = (await _crm.GetAccountAsync(default)).Date;
        await _sandbox.ActAsync("leads", leads[0], new { fields = new { Title = "Head of Tests" }, user = Seller });
        await _sandbox.ActAsync("leads", leads[1], new { user = Seller, loser = leads[2] }, "merge");
        await _sandbox.ActAsync("leads", leads[3], new { user = Seller, opportunity = "New deal" }, "convert");
        await _sandbox.ActAsync("leads", leads[4], new { user = Seller }, "delete");
        await _sandbox.AdvanceAsync("5m");
        var window = new ChangeWindow(before, (await _crm.GetAccountAsync(default)).Date);

        foreach (var stream in _crm.Streams.Where(stream => stream.Tracking == ChangeTracking.ModifiedSince))
        {
            // Descriptions, users and the time zone are read once; what counts is the cycle.
            await ReadAllAsync(stream.Name, window);
        }

        var calls = await _sandbox.CallsAsync();
        var contacts = Rows(await ReadAllAsync("contacts", window), rows => rows.Records);
        var read = Rows(await ReadAllAsync("leads", window), rows => rows.Records).ToDictionary(record => record.Id);
        Assert.Equal(1, await _sandbox.CallsAsync() - calls);
        Assert.Equal("Head of Tests", read[leads[0]].Attributes["job_title"]);
        Assert.Equal((true, leads[1]), (read[leads[2]].IsGone, read[leads[2]].SameAs.Single()));
        Assert.False(read[leads[1]].IsGone);
        Assert.Equal((true, 0), (read[leads[4]].IsGone, read[leads[4]].SameAs.Count));
        var conversion = read[leads[3]].Conversion!;
        Assert.True(conversion.IsPerson);
        Assert.NotNull(conversion.UserId);
        Assert.InRange(conversion.At.UnixMilliseconds, before.UnixMilliseconds - 1000, window.To.UnixMilliseconds);
        Assert.Contains(contacts, contact => contact.Id == read[leads[3]].SameAs.Single());
        var deal = Assert.Single(Rows(await ReadAllAsync("opportunities", window), rows => rows.Deals));
        Assert.Equal((DealState.Open, true), (deal.State, deal.RecordIds.Contains(leads[3])));
    }

    [Fact]
    public async Task Deleted_and_merged_leads_are_listed_apart_and_a_fetch_tells_which_is_which()
    {
        var leads = await OpenLeadsAsync(4);
        await _sandbox.ActAsync("leads", leads[0], new { user = Seller, loser = leads[1] }, "merge");
        await _sandbox.ActAsync("leads", leads[2], new { user = Seller }, "delete");

        var page = await _crm.ReadPageAsync(new PageRequest("leads", null, null) { IsGone = true }, default);

        Assert.Null(page.Next);
        Assert.Equal(new[] { leads[1], leads[2] }.Order(), page.Changed.Select(row => row.Id).Order());
        Assert.All(page.Changed, row => Assert.True(row.Stamp > new Core.Time.Instant(0)));
        Assert.DoesNotContain(Rows(await ReadAllAsync("leads", null), rows => rows.Records), record => record.Id == leads[1] || record.Id == leads[2]);
        var survivor = Assert.Single((await _crm.FetchAsync("leads", [leads[1], leads[2]], default)).Records);
        Assert.Equal((leads[0], leads[1]), (survivor.Id, survivor.Aliases.Single()));
        Assert.Empty((await _crm.ReadPageAsync(new PageRequest("contacts", null, null) { IsGone = true }, default)).Changed);
        Assert.InRange(_crm.Quota!.Value.Used, 1, _crm.Quota.Value.Allowed);
    }

    [Fact]
    public async Task Pages_of_any_size_lead_through_everything_by_id_and_by_window()
    {
        await using var large = await SandboxOrg.StartAsync("--contacts", "5000", "--seed", "3", "--rate-limits", "off", "--index-lag", "0");
        using var crm = large.Client();
        foreach (var (stream, least) in new[] { ("leads", 5000), ("tasks", 1) })
        {
            var whole = await ReadAllAsync(stream, null, crm);
            // What changed in this very second is not before it.
            var changed = await ReadAllAsync(stream, new ChangeWindow(new(0), (await crm.GetAccountAsync(default)).Date + TimeSpan.FromMinutes(1)), crm);
            var ids = Ids(whole);
            Assert.True(ids.Count >= least && ids.Count == ids.Distinct().Count());
            Assert.Equal(ids.Order(), Ids(changed).Order());
            Assert.True(stream != "leads" || (whole.Count > 2 && changed.Count > 2), "everything came on one page");
        }

        // The Tasks of e-mails come with these in a first read.
        static List<string> Ids(List<StreamPage> pages) =>
            [.. Rows(pages, rows => rows.Records).Select(record => record.Id), .. Rows(pages, rows => rows.Activities).Select(activity => activity.Id).Where(id => !id.StartsWith("email:", StringComparison.Ordinal))];
    }

    [Fact]
    public async Task What_a_list_brings_is_what_a_fetch_brings()
    {
        await RespondAsync();
        foreach (var stream in new[] { "contacts", "leads", "accounts", "opportunities", "tasks", "events", "campaign_members" })
        {
            var page = (await _crm.ReadPageAsync(new PageRequest(stream, null, null), default)).Content;
            var ids = page.Records.Select(record => record.Id).Concat(page.Companies.Select(company => company.Id)).Concat(page.Deals.Select(deal => deal.Id))
                .Concat(page.Activities.Select(activity => activity.RowId!)).Distinct().ToList();
            Assert.NotEmpty(ids);
            var fetched = await _crm.FetchAsync(stream, [.. ids, "003999999999999AAA"], default);
            Assert.Equivalent(WithoutEmails(page), WithoutEmails(fetched), strict: true);
        }

        // The Tasks of e-mails are whole with these only: in a list of Tasks their e-mails are not asked for.
        static StreamRows WithoutEmails(StreamRows rows) => rows with { Activities = [.. rows.Activities.Where(activity => !activity.Kind.StartsWith("email_", StringComparison.Ordinal))] };
    }

    [Fact]
    public async Task Activities_come_with_their_kinds_times_and_users()
    {
        var lead = (await OpenLeadsAsync(1))[0];
        var before = (await _crm.GetAccountAsync(default)).Date;
        foreach (var kind in new[] { "call", "note", "task", "email_sent", "email_reply", "meeting", "event_registration", "event_attendance",
            "content_download", "campaign_response" })
        {
            await _sandbox.ActAsync("leads", lead, new { kind, user = Seller }, "activities");
            await _sandbox.AdvanceAsync("1m");
        }

        await _sandbox.ActAsync("leads", lead, new { kind = "email_open", user = Seller }, "activities");
        await _sandbox.ActAsync("leads", lead, new { kind = "call", user = "connector" }, "activities");
        await _sandbox.AdvanceAsync("5m");
        var window = new ChangeWindow(before, (await _crm.GetAccountAsync(default)).Date);
        var activities = new List<CrmActivity>();
        foreach (var stream in new[] { "tasks", "events", "campaign_members", "email_messages" })
        {
            activities.AddRange(Rows(await ReadAllAsync(stream, window), rows => rows.Activities).Where(activity => activity.RecordIds.Contains(lead)));
        }

        var counted = activities.DistinctBy(activity => activity.Id).Where(activity => activity is { IsWithdrawn: false, CopyOf: null }).ToList();
        foreach (var kind in new[] { "call", "note", "task", "email_sent", "email_reply", "email_open", "meeting", "event_registration",
            "event_attendance", "content_download", "campaign_response" })
        {
            var activity = Assert.Single(counted, activity => activity.Kind == kind);
            Assert.Equal(kind is "call" or "note" or "task" or "email_sent" or "meeting", activity.UserId is not null);
            Assert.InRange(activity.At.UnixMilliseconds, before.UnixMilliseconds - 86_400_000, window.To.UnixMilliseconds);
        }

        var copy = Assert.Single(activities, activity => activity.CopyOf is not null);
        Assert.Equal(("call", null), (copy.Kind, copy.UserId));
    }

    [Fact]
    public async Task Provisioning_twice_changes_nothing_the_second_time()
    {
        var steps = await _crm.PlanProvisioningAsync(Fields, default);
        Assert.Contains(steps, step => step.Target == "Lead.LQ_Score__c");
        await _crm.ProvisionAsync(Fields, steps, default);
        Assert.Empty(await _crm.PlanProvisioningAsync(Fields, default));
        var more = Fields.Select(field => field.Field == LeadField.Stage ? field with { Options = [new("sql", "SQL")] } : field).ToArray();
        var changes = await _crm.PlanProvisioningAsync(more, default);
        Assert.Equal(["Lead.LQ_Stage__c", "Contact.LQ_Stage__c"], changes.Select(step => step.Target));
        await _crm.ProvisionAsync(more, changes, default);

        // The options that the new definition lacks are still there: the old one finds nothing missing.
        Assert.Empty(await _crm.PlanProvisioningAsync(Fields, default));
        Assert.Empty(await _crm.PlanProvisioningAsync(more, default));
    }

    [Fact]
    public async Task What_an_admin_added_to_our_permission_sets_and_fields_survives_the_next_agreement()
    {
        var minimal = Fields.Where(field => field.Field.IsMinimal).ToList();
        await _crm.ProvisionAsync(minimal, await _crm.PlanProvisioningAsync(minimal, default), default);
        using var admin = await _sandbox.SignInAsync();
        var set = await FindAsync("SELECT Id FROM PermissionSet WHERE Name = 'Lead_Qualification'");
        using (var added = await admin.PostAsJsonAsync(
            "/services/data/v66.0/sobjects/FieldPermissions", new { ParentId = set, SobjectType = "Lead", Field = "Lead.Industry", PermissionsRead = true, PermissionsEdit = true }))
        {
            Assert.True(added.IsSuccessStatusCode, await added.Content.ReadAsStringAsync());
        }

        var steps = await _crm.PlanProvisioningAsync(Fields, default);
        Assert.Contains(steps, step => step.Description == "add our permissions to permission set Lead Qualification");
        await _crm.ProvisionAsync(Fields, steps, default);

        Assert.NotNull(await FindAsync($"SELECT Id FROM FieldPermissions WHERE ParentId = '{set}' AND Field = 'Lead.Industry' AND PermissionsEdit = true"));
        Assert.NotNull(await FindAsync($"SELECT Id FROM FieldPermissions WHERE ParentId = '{set}' AND Field = 'Contact.LQ_Comment__c' AND PermissionsEdit = true"));
        Assert.Empty(await _crm.PlanProvisioningAsync(Fields, default));

        async Task<string?> FindAsync(string soql)
        {
            var rows = (await admin.GetFromJsonAsync<JsonElement>("/services/data/v66.0/query?q=" + Uri.EscapeDataString(soql))).GetProperty("records");
            return rows.GetArrayLength() == 0 ? null : rows[0].GetProperty("Id").GetString();
        }
    }

    [Theory]
    [InlineData("lead")]
    [InlineData("contact")]
    public async Task What_is_written_is_read_back_and_verdicts_say_who_gave_them(string personObject)
    {
        await ProvisionAsync();
        var ids = personObject == "lead" ? await OpenLeadsAsync(3) : await ContactsAsync(3);
        var owners = (await RecordsAsync(personObject, ids)).ToDictionary(record => record.Id, record => record.OwnerId);
        var missing = personObject == "lead" ? "00Q999999999999AAA" : "003999999999999AAA";
        var results = await _crm.WriteAsync(personObject, [.. ids.Select(id => Write(id, "42")), Write(missing, "1")], default);
        Assert.All(results.Where(result => ids.Contains(result.RecordId)), result => Assert.Equal(WriteOutcome.Written, result.Outcome));
        Assert.Equal(WriteOutcome.Gone, results.Single(result => result.RecordId == missing).Outcome);
        Assert.All(await RecordsAsync(personObject, ids), record =>
        {
            Assert.Equal(("42", "mql", "2026-11-23T09:30:00Z", "one\ntwo"),
                (record.Fields["score"], record.Fields["stage"], record.Fields["handed_over_at"], record.Fields["reasons"]));
            Assert.Equal(owners[record.Id], record.OwnerId);
        });

        await _sandbox.AdvanceAsync("1m");
        await _sandbox.ActAsync(personObject + "s", ids[0], new { fields = new { LQ_Verdict__c = "accepted" }, user = Seller });
        await _sandbox.AdvanceAsync("1m");
        await _sandbox.ActAsync(personObject + "s", ids[0], new { fields = new { LQ_Verdict__c = "rejected" }, user = "automation" });
        await _sandbox.AdvanceAsync("1m");
        await _crm.WriteAsync(personObject, [new RecordWrite(ids[0], new Dictionary<string, string> { ["verdict"] = "", ["score"] = "" })], default);
        var record = Assert.Single(await RecordsAsync(personObject, [ids[0]]));
        Assert.False(record.Fields.ContainsKey("verdict") || record.Fields.ContainsKey("score"));
        var history = await _crm.ReadHistoryAsync(personObject, ids, ["verdict", "rejection_reason", "comment", "recontact_on"], default);
        Assert.Equal(
            [("", false, true), ("rejected", false, false), ("accepted", true, false)],
            history.Where(change => change is { RecordId: var id, Field: "verdict" } && id == ids[0])
                .Select(change => (change.Value, change.IsPerson, change.IsOurs)));
    }

    [Fact]
    public async Task A_merged_lead_is_gone_and_read_under_its_survivors_id_and_a_converted_one_is_told_apart()
    {
        await ProvisionAsync();
        var ids = await OpenLeadsAsync(3);
        await _sandbox.ActAsync("leads", ids[0], new { user = Seller, loser = ids[1] }, "merge");
        await _sandbox.ActAsync("leads", ids[2], new { user = Seller }, "convert");
        var results = await _crm.WriteAsync("lead", [Write(ids[1], "7"), Write(ids[2], "7")], default);
        Assert.Equal(WriteOutcome.Gone, results[0].Outcome);
        Assert.Equal(WriteOutcome.Converted, results[1].Outcome);
        Assert.Contains("CANNOT_UPDATE_CONVERTED_LEAD", results[1].Reason);
        var record = Assert.Single(await RecordsAsync("lead", [ids[1]]));
        Assert.Equal((ids[0], ids[1]), (record.Id, record.Aliases.Single()));
        Assert.DoesNotContain("score", record.Fields.Keys);
    }

    [Fact]
    public async Task A_validation_rule_refuses_its_record_alone_and_a_lock_is_waited_for()
    {
        await ProvisionAsync();
        var ids = await OpenLeadsAsync(3);
        await _sandbox.PostAsync("/__sandbox/validation-rules", new { @object = "Lead", condition = $"Id = '{ids[0]}'", message = "No changes today." });
        await _sandbox.PostAsync("/__sandbox/locks", new { id = ids[1], @for = "2s" });
        var results = await _crm.WriteAsync("lead", [.. ids.Select(id => Write(id, "8"))], default);
        Assert.Equal([WriteOutcome.Refused, WriteOutcome.Written, WriteOutcome.Written], results.Select(result => result.Outcome));
        Assert.Contains("FIELD_CUSTOM_VALIDATION_EXCEPTION: No changes today", results[0].Reason);
    }

    [Fact]
    public async Task Fields_that_the_org_lacks_refuse_the_batch_and_are_named()
    {
        var ids = await OpenLeadsAsync(2);
        var refused = await Assert.ThrowsAsync<BatchRefusedException>(() => _crm.WriteAsync("lead", [.. ids.Select(id => Write(id, "1"))], default));
        Assert.NotEmpty(refused.UnknownFields);
    }

    [Fact]
    public async Task Tokens_that_end_are_renewed_and_wrong_credentials_are_fatal()
    {
        var account = await _crm.GetAccountAsync(default);
        Assert.Equal(18, account.Id.Length);
        await _sandbox.PostAsync("/__sandbox/sessions/end", new { });
        Assert.Equal(account.Id, (await _crm.GetAccountAsync(default)).Id);
        using var stranger = _sandbox.Client(_sandbox.Connection with { App = _sandbox.Connection.App with { ClientSecret = "wrong-secret" } });
        var fatal = await Assert.ThrowsAsync<FatalCrmException>(() => stranger.GetAccountAsync(default));
        Assert.DoesNotContain("wrong-secret", fatal.ToString());
        Assert.NotEmpty(fatal.Advice);
    }

    [Fact]
    public async Task A_used_up_day_stops_the_connection_for_an_hour_and_usage_is_told()
    {
        await _crm.GetAccountAsync(default);
        Assert.True(_crm.Usage is { Used: > 0, Allowed: > 0 });
        await _sandbox.PostAsync("/__sandbox/limits", new { daily_api_requests = 1 });
        var limited = await Assert.ThrowsAsync<RetriableCrmException>(() => _crm.GetAccountAsync(default));
        Assert.Equal(TimeSpan.FromHours(1), limited.NotBefore);
    }

    [Fact]
    public async Task A_hidden_field_is_left_out_and_named_by_check()
    {
        await _sandbox.PostAsync("/__sandbox/field-security", new { field = "Lead.Industry", readable = false, editable = false });
        var leads = Rows(await ReadAllAsync("leads", null), rows => rows.Records);
        Assert.All(leads, lead => Assert.False(lead.Attributes.ContainsKey("industry")));
        Assert.Contains(await CheckAsync(), finding => finding is { Subject: "field Lead.Industry", Result: CheckResult.Notice });
        await _sandbox.PostAsync("/__sandbox/field-security", new { field = "Lead.Title", readable = false, editable = false });
        Assert.Equal(250, Rows(await ReadAllAsync("leads", null), rows => rows.Records).Count);
    }

    [Theory]
    [InlineData("cut-before")]
    [InlineData("cut-after")]
    [InlineData("html")]
    [InlineData("empty")]
    [InlineData("truncated")]
    [InlineData("429")]
    [InlineData("500")]
    [InlineData("401")]
    public async Task A_read_goes_on_through_a_fault(string fault)
    {
        var whole = await ReadAllAsync("leads", null);
        using var crm = _sandbox.Client();
        await crm.GetAccountAsync(default);
        await _sandbox.PlanFaultsAsync($"{fault}@2");
        var again = await ReadAllAsync("leads", null, crm);
        Assert.Equal(Rows(whole, rows => rows.Records).Select(record => record.Id), Rows(again, rows => rows.Records).Select(record => record.Id));
    }

    [Theory]
    [InlineData("cut-before", false)]
    [InlineData("cut-after", true)]
    [InlineData("empty", true)]
    [InlineData("truncated", true)]
    public async Task A_write_without_an_answer_is_of_unknown_outcome_and_sent_once(string fault, bool isWritten)
    {
        await ProvisionAsync();
        var ids = await OpenLeadsAsync(2);
        await _sandbox.PlanFaultsAsync($"{fault}@1");
        var sent = _crm.Calls.Sent;
        await Assert.ThrowsAsync<UnknownOutcomeException>(() => _crm.WriteAsync("lead", [.. ids.Select(id => Write(id, "9"))], default));
        Assert.Equal(1, _crm.Calls.Sent - sent);
        Assert.All(await RecordsAsync("lead", ids), record => Assert.Equal(isWritten, record.Fields.ContainsKey("score")));
    }

    [Theory]
    [InlineData("html")]
    [InlineData("500")]
    [InlineData("401")]
    public async Task A_write_that_was_not_taken_is_sent_again(string fault)
    {
        await ProvisionAsync();
        var ids = await OpenLeadsAsync(2);
        await _sandbox.PlanFaultsAsync($"{fault}@1");
        var results = await _crm.WriteAsync("lead", [.. ids.Select(id => Write(id, "9"))], default);
        Assert.All(results, result => Assert.Equal(WriteOutcome.Written, result.Outcome));
        Assert.All(await RecordsAsync("lead", ids), record => Assert.Equal("9", record.Fields["score"]));
    }

    [Fact]
    public async Task Check_passes_on_a_provisioned_org_and_names_missing_fields_before()
    {
        Assert.Contains(await CheckAsync(), finding => finding is { Subject: "our fields on Lead", Result: CheckResult.Failed, Advice: not null });
        await ProvisionAsync();
        var after = await CheckAsync();
        Assert.DoesNotContain(after, finding => finding.Result == CheckResult.Failed);
        // An org without Shared Activities is not asked for their relations.
        Assert.All(_crm.Streams, stream => Assert.Equal(
            stream.Name.EndsWith("_relations", StringComparison.Ordinal) ? [] : [CheckResult.Passed],
            after.Where(finding => finding.Subject == $"stream {stream.Name}").Select(finding => finding.Result)));
    }

    [Fact]
    public async Task A_pilots_condition_selects_records()
    {
        var ids = await OpenLeadsAsync(2);
        Assert.Equal([ids[0]], await _crm.ReadListAsync($"Id = '{ids[0]}'", default));
        Assert.NotEmpty(await _crm.ReadListAsync("Contact: Email != null", default));
        await Assert.ThrowsAsync<FatalCrmException>(() => _crm.ReadListAsync("Nonsense ===", default));
    }

    private static RecordWrite Write(string id, string score) => new(id, new Dictionary<string, string>
    {
        ["score"] = score, ["stage"] = "mql", ["handed_over_at"] = "2026-11-23T09:30:00Z", ["reasons"] = "one\ntwo",
    });

    private static List<T> Rows<T>(IEnumerable<StreamPage> pages, Func<StreamRows, IReadOnlyList<T>> of) => [.. pages.SelectMany(page => of(page.Content))];

    /// <summary>The made-up people are members of no Campaign.</summary>
    private async Task RespondAsync()
    {
        foreach (var lead in await OpenLeadsAsync(3))
        {
            await _sandbox.ActAsync("leads", lead, new { kind = "campaign_response", user = Seller }, "activities");
        }

        await _sandbox.AdvanceAsync("1m");
    }

    private async Task ProvisionAsync() => await _crm.ProvisionAsync(Fields, await _crm.PlanProvisioningAsync(Fields, default), default);

    private async Task<List<string>> OpenLeadsAsync(int count) =>
        [.. (await _crm.ReadPageAsync(new PageRequest("leads", null, null), default)).Content.Records.Where(lead => lead.Conversion is null).Take(count).Select(lead => lead.Id)];

    private async Task<List<string>> ContactsAsync(int count) =>
        [.. (await _crm.ReadPageAsync(new PageRequest("contacts", null, null), default)).Content.Records.Take(count).Select(contact => contact.Id)];

    private Task<IReadOnlyList<CrmRecord>> RecordsAsync(string personObject, IReadOnlyList<string> ids) => _crm.ReadRecordsAsync(personObject, ids, default);

    private async Task<List<CheckFinding>> CheckAsync()
    {
        var findings = new List<CheckFinding>();
        await foreach (var finding in _crm.CheckAsync(Fields, default))
        {
            findings.Add(finding);
        }

        return findings;
    }

    private async Task<List<StreamPage>> ReadAllAsync(string stream, ChangeWindow? window, SalesforceCrm? crm = null)
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
