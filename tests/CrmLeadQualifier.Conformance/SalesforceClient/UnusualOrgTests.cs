using System.Net.Http.Json;
using System.Text.Json;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Salesforce;
using CrmLeadQualifier.Salesforce.Mapping;

namespace CrmLeadQualifier.Conformance.SalesforceClient;

/// <summary>Our client against orgs with what many orgs do without: person accounts, several currencies, formula fields, record types.</summary>
public sealed class UnusualOrgTests : IAsyncLifetime
{
    private const string Data = "/services/data/v66.0";
    private const string Seller = "claire.dubois@vendor.example";

    private static readonly FieldDefinition[] Fields =
        [.. LeadField.All.Select(field => new FieldDefinition(field, "Label of " + field.Name, "", field.Type != LeadFieldType.Choice ? [] : [new("mql", "MQL"), new("to_answer", "To answer")]))];

    private SandboxOrg _sandbox = null!;
    private SalesforceCrm _crm = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _sandbox = await SandboxOrg.StartAsync("--contacts", "60", "--seed", "7", "--rate-limits", "off", "--index-lag", "0");
        _crm = _sandbox.Client();
        _http = await _sandbox.SignInAsync();
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        _crm.Dispose();
        await _sandbox.DisposeAsync();
    }

    [Fact]
    public async Task A_person_account_is_read_and_written_as_its_contact_and_is_no_company()
    {
        await _sandbox.PostAsync("/__sandbox/features", new { person_accounts = true });
        await _crm.ProvisionAsync(Fields, await _crm.PlanProvisioningAsync(Fields, default), default);
        var lead = await OpenLeadAsync();
        await _sandbox.ActAsync("leads", lead, new { fields = new { Company = (string?)null }, user = Seller });
        await _sandbox.AdvanceAsync("1m");
        var before = (await _crm.GetAccountAsync(default)).Date;
        await _sandbox.ActAsync("leads", lead, new { user = Seller }, "convert");
        await _sandbox.AdvanceAsync("1m");

        var converted = Assert.Single(Rows(await ReadAsync("leads", await SinceAsync(before)), rows => rows.Records), record => record.Id == lead);
        var contact = Assert.Single(Rows(await ReadAsync("contacts", await SinceAsync(before)), rows => rows.Records));
        Assert.Equal(contact.Id, converted.SameAs.Single());
        var account = Assert.Single(Rows(await ReadAsync("accounts", await SinceAsync(before)), rows => rows.Companies));
        Assert.Equal(contact.CompanyId, account.Id);
        Assert.DoesNotContain("company", account.Attributes.Keys);
        Assert.Contains(Rows(await ReadAsync("accounts", null), rows => rows.Companies), other => other.Id != account.Id && other.Attributes.ContainsKey("company"));

        var written = Assert.Single(await _crm.WriteAsync("contact", [new RecordWrite(contact.Id, new Dictionary<string, string> { ["score"] = "42" })], default));
        Assert.Equal(WriteOutcome.Written, written.Outcome);
        var row = await RowAsync($"SELECT IsPersonAccount, PersonContactId, LQ_Score__pc FROM Account WHERE Id = '{account.Id}'");
        Assert.Equal((true, contact.Id, 42), (row.GetProperty("IsPersonAccount").GetBoolean(), row.GetProperty("PersonContactId").GetString(), row.GetProperty("LQ_Score__pc").GetDouble()));

        // Names and addresses are edited on the Account; an opportunity of it has no contact role.
        await _sandbox.AdvanceAsync("1m");
        var edited = (await _crm.GetAccountAsync(default)).Date;
        await _sandbox.ActAsync("accounts", account.Id, new { fields = new { PersonEmail = "new@person.example" }, user = Seller });
        await CreateAsync("Opportunity", new { Name = "Kitchen", AccountId = account.Id, StageName = "Closed Won", CloseDate = "2026-11-23" });
        await _sandbox.AdvanceAsync("1m");
        Assert.Equal("new@person.example", Assert.Single(Rows(await ReadAsync("contacts", await SinceAsync(edited)), rows => rows.Records)).Attributes["email"]);
        Assert.Equal([contact.Id], Assert.Single(Rows(await ReadAsync("opportunities", await SinceAsync(edited)), rows => rows.Deals)).RecordIds);
        Assert.Contains(await CheckAsync(), finding => finding is { Subject: "person accounts", Result: CheckResult.Notice });
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(10)]
    public async Task Amounts_are_in_the_corporate_currency_at_the_rate_of_the_reading(int bulkAbove)
    {
        await _sandbox.PostAsync("/__sandbox/features", new { currencies = new Dictionary<string, double> { ["JPY"] = 160, ["USD"] = 1.25 } });
        using var crm = _sandbox.Client(_sandbox.Connection with { BulkAbove = bulkAbove });
        var lead = await OpenLeadAsync();
        var account = await CreateAsync("Account", new { Name = "Tokyo Works", AnnualRevenue = 1_600_000, CurrencyIsoCode = "JPY" });
        var deal = await CreateAsync("Opportunity", new { Name = "Machines", AccountId = account, StageName = "Prospecting", CloseDate = "2027-01-23", Amount = 500, CurrencyIsoCode = "USD" });
        var other = await CreateAsync("Opportunity", new { Name = "Parts", AccountId = account, StageName = "Prospecting", CloseDate = "2027-01-23", Amount = 500 });
        await PatchAsync("Lead", lead, new { AnnualRevenue = 320_000, CurrencyIsoCode = "JPY" });
        await _sandbox.AdvanceAsync("1m");

        Assert.Equal("2000", Rows(await ReadAsync("leads", null, crm), rows => rows.Records).Single(record => record.Id == lead).Attributes["annual_revenue"]);
        Assert.Equal("10000", Rows(await ReadAsync("accounts", null, crm), rows => rows.Companies).Single(company => company.Id == account).Attributes["annual_revenue"]);
        var deals = Rows(await ReadAsync("opportunities", null, crm), rows => rows.Deals).ToDictionary(one => one.Id);
        Assert.Equal((400m, 500m), (deals[deal].Amount, deals[other].Amount));

        // A rate moves no stamp: what was read keeps the rate of its reading, and the next reading has the new one.
        var changed = (await crm.GetAccountAsync(default)).Date;
        await _sandbox.PostAsync("/__sandbox/features", new { currencies = new Dictionary<string, double> { ["USD"] = 2 } });
        Assert.Empty(Rows(await ReadAsync("opportunities", new ChangeWindow(changed, changed + TimeSpan.FromMinutes(5)), crm), rows => rows.Deals));
        using var later = _sandbox.Client();
        Assert.Equal(250m, Rows(await ReadAsync("opportunities", null, later), rows => rows.Deals).Single(one => one.Id == deal).Amount);
        Assert.Contains(await CheckAsync(), finding => finding is { Subject: "currencies", Result: CheckResult.Passed });
    }

    [Fact]
    public async Task A_formula_changes_unseen_by_windows_and_the_nightly_listing_brings_it()
    {
        var lead = await OpenLeadAsync();
        await _sandbox.PostAsync("/__sandbox/formulas", new { field = "Lead.Rank__c", id = lead, value = "Head of Formulas" });
        using var crm = _sandbox.Client(_sandbox.Connection with
        {
            Mapping = new SalesforceMapping { LeadAttributes = new Dictionary<string, IReadOnlyList<string>> { ["job_title"] = ["Rank__c", "Title"] } },
        });
        await _sandbox.AdvanceAsync("10m");
        Assert.Equal("Head of Formulas", (await TitleAsync(null))!);
        var before = (await crm.GetAccountAsync(default)).Date;
        await _sandbox.PostAsync("/__sandbox/formulas", new { field = "Lead.Rank__c", id = lead, value = "Chief" });
        await _sandbox.AdvanceAsync("10m");
        Assert.Null(await TitleAsync(await SinceAsync(before)));
        Assert.Equal("Chief", await TitleAsync(null));
        Assert.Contains(await CheckAsync(crm), finding => finding is { Subject: "field Lead.Rank__c", Result: CheckResult.Notice } && finding.Finding.Contains("formula", StringComparison.Ordinal));

        async Task<string?> TitleAsync(ChangeWindow? window) =>
            Rows(await ReadAsync("leads", window, crm), rows => rows.Records).SingleOrDefault(record => record.Id == lead)?.Attributes["job_title"];
    }

    [Fact]
    public async Task Only_opportunities_of_the_mapped_record_types_count()
    {
        await _sandbox.PostAsync("/__sandbox/record-types", new { @object = "Opportunity", name = "Renewal" });
        await _sandbox.PostAsync("/__sandbox/record-types", new { @object = "Opportunity", name = "New_Business" });
        var ids = new Dictionary<string, string>();
        foreach (var name in new[] { "Renewal", "New_Business" })
        {
            var type = (await RowAsync($"SELECT Id FROM RecordType WHERE DeveloperName = '{name}'")).GetProperty("Id").GetString();
            ids[name] = await CreateAsync("Opportunity", new { Name = name, StageName = "Prospecting", CloseDate = "2027-01-23", RecordTypeId = type });
        }

        await _sandbox.AdvanceAsync("1m");
        using var crm = _sandbox.Client(_sandbox.Connection with { Mapping = new SalesforceMapping { OpportunityRecordTypes = ["New_Business"] } });
        Assert.Equal([ids["New_Business"]], Rows(await ReadAsync("opportunities", null, crm), rows => rows.Deals).Select(deal => deal.Id));
    }

    [Fact]
    public async Task A_contact_role_that_vanished_leaves_its_opportunity_by_night()
    {
        var contact = Rows(await ReadAsync("contacts", null), rows => rows.Records)[0];
        var deal = await CreateAsync("Opportunity", new { Name = "Machines", AccountId = contact.CompanyId, StageName = "Prospecting", CloseDate = "2027-01-23" });
        var role = await CreateAsync("OpportunityContactRole", new { OpportunityId = deal, ContactId = contact.Id });
        var binned = await CreateAsync("OpportunityContactRole", new { OpportunityId = deal, ContactId = contact.Id, Role = "Evaluator" });
        await _sandbox.AdvanceAsync("1m");
        Assert.Equal([contact.Id], Rows(await ReadAsync("opportunities", null), rows => rows.Deals).Single(one => one.Id == deal).RecordIds);
        var before = (await _crm.GetAccountAsync(default)).Date;
        (await _http.DeleteAsync($"{Data}/sobjects/OpportunityContactRole/{binned}")).EnsureSuccessStatusCode();
        await _sandbox.AdvanceAsync("5m");
        // What is in the recycle bin comes with its window, and nothing else is read for it.
        Assert.Equal(deal, Assert.Single(Rows(await ReadAsync("opportunity_contact_roles", await SinceAsync(before), isFresh: true), rows => rows.Deals)).Id);

        before = (await _crm.GetAccountAsync(default)).Date;
        await _sandbox.PlanFaultsAsync("relations-vanish");
        (await _http.DeleteAsync($"{Data}/sobjects/OpportunityContactRole/{role}")).EnsureSuccessStatusCode();
        await _sandbox.AdvanceAsync("5m");
        var window = await SinceAsync(before);
        Assert.Empty(Rows(await ReadAsync("opportunity_contact_roles", window), rows => rows.Deals));
        Assert.Empty(Rows(await ReadAsync("opportunity_contact_roles", window, isFresh: true), rows => rows.Deals).Single(one => one.Id == deal).RecordIds);
    }

    [Fact]
    public async Task A_record_that_sharing_keeps_from_us_is_told_by_check_and_refused_alone()
    {
        await _crm.ProvisionAsync(Fields, await _crm.PlanProvisioningAsync(Fields, default), default);
        var lead = await OpenLeadAsync();
        await _sandbox.PostAsync("/__sandbox/sharing", new { id = lead, editable = false });
        Assert.Contains(await CheckAsync(), finding => finding is { Subject: "rows of Lead", Result: CheckResult.Notice } && finding.Finding.StartsWith("1 of the latest", StringComparison.Ordinal));
        var refused = Assert.Single(await _crm.WriteAsync("lead", [new RecordWrite(lead, new Dictionary<string, string> { ["score"] = "1" })], default));
        Assert.Equal(WriteOutcome.Refused, refused.Outcome);
        Assert.Contains("INSUFFICIENT_ACCESS_OR_READONLY", refused.Reason);
        var layouts = Assert.Single(await CheckAsync(), finding => finding.Subject == "layouts of Lead");
        Assert.Equal((CheckResult.Notice, "without the quick action: Lead Layout"), (layouts.Result, layouts.Finding));
    }

    private static List<T> Rows<T>(IEnumerable<StreamPage> pages, Func<StreamRows, IReadOnlyList<T>> of) => [.. pages.SelectMany(page => of(page.Content))];

    private async Task<ChangeWindow> SinceAsync(Core.Time.Instant from) => new(from, (await _crm.GetAccountAsync(default)).Date);

    private async Task<string> OpenLeadAsync() =>
        (await _crm.ReadPageAsync(new PageRequest("leads", null, null), default)).Content.Records.First(lead => lead.Conversion is null && !lead.IsGone).Id;

    private async Task<List<StreamPage>> ReadAsync(string stream, ChangeWindow? window, SalesforceCrm? crm = null, bool isFresh = false)
    {
        var pages = new List<StreamPage>();
        string? position = null;
        do
        {
            var page = await (crm ?? _crm).ReadPageAsync(new PageRequest(stream, window, position) { IsFresh = isFresh }, default);
            pages.Add(page);
            position = page.Next;
            if (position is not null && page.RowsRead == 0)
            {
                await _sandbox.AdvanceAsync("10s");
            }
        }
        while (position is not null);
        return pages;
    }

    private async Task<List<CheckFinding>> CheckAsync(SalesforceCrm? crm = null)
    {
        var findings = new List<CheckFinding>();
        await foreach (var finding in (crm ?? _crm).CheckAsync(Fields, default))
        {
            findings.Add(finding);
        }

        return findings;
    }

    private async Task<string> CreateAsync(string type, object fields)
    {
        using var answer = await _http.PostAsJsonAsync($"{Data}/sobjects/{type}", fields);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(answer.IsSuccessStatusCode, body.GetRawText());
        return body.GetProperty("id").GetString()!;
    }

    private async Task PatchAsync(string type, string id, object fields)
    {
        using var answer = await _http.PatchAsJsonAsync($"{Data}/sobjects/{type}/{id}", fields);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<JsonElement> RowAsync(string soql) =>
        (await _http.GetFromJsonAsync<JsonElement>($"{Data}/query?q={Uri.EscapeDataString(soql)}")).GetProperty("records")[0];
}
