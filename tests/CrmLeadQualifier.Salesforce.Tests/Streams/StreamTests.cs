using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Salesforce.Mapping;

namespace CrmLeadQualifier.Salesforce.Tests.Streams;

public sealed class StreamTests
{
    private static readonly ChangeWindow Window = new(At("2026-11-23T09:00:00Z"), At("2026-11-23T09:10:00Z"));

    [Fact]
    public async Task The_first_read_walks_by_id_and_selects_what_the_org_describes()
    {
        var org = new FakeOrg().Describe("Contact", "Email", "LastName", "AccountId", "LQ_Score__c", "HiddenFromMapping");
        org.OnQuery("FROM Contact", FakeOrg.Page("""{"attributes":{"type":"Contact"},"Id":"003000000000001AAA","SystemModstamp":"2026-11-23T08:00:00.000+0000","Email":"a@b.test","LastName":"Roy","LQ_Score__c":42.0}"""));
        using var crm = org.Client();
        var page = await crm.ReadPageAsync(new PageRequest("contacts", null, null), default);
        Assert.Equal("SELECT Id, IsDeleted, SystemModstamp, Email, AccountId, LastName, LQ_Score__c FROM Contact ORDER BY Id", org.Queries.Single());
        Assert.EndsWith("/query", org.Requests[^1].Path);
        var record = Assert.Single(page.Content.Records);
        Assert.Equal(("contact", "003000000000001AAA", At("2026-11-23T08:00:00Z")), (record.Object, record.Id, record.Stamp));
        Assert.Equal("42", record.Fields["score"]);
        Assert.Equal("Roy", record.Attributes["last_name"]);
        // Not described is not known, which is not empty.
        Assert.Contains("first_name", record.Unread);
        Assert.DoesNotContain("last_name", record.Unread);
        Assert.Equal(["a@b.test"], record.Emails);
        Assert.Equal(At("2026-11-23T09:30:00Z"), page.Date);
        Assert.Null(page.Next);
        Assert.False(page.NeedsFetch);
    }

    [Theory]
    [InlineData("JPY", "2000")]
    [InlineData("EUR", "320000")]
    [InlineData("XYZ", null)]
    public async Task An_amount_is_converted_and_one_without_a_rate_is_unknown_rather_than_wrong(string currency, string? revenue)
    {
        var org = new FakeOrg().DescribeAs("Lead", """
            {"name":"Id"},{"name":"IsDeleted"},{"name":"SystemModstamp"},{"name":"Email","type":"email"},{"name":"CurrencyIsoCode","type":"picklist"},{"name":"AnnualRevenue","type":"currency"},{"name":"NumberOfEmployees","type":"int"}
            """);
        org.OnQuery("FROM Lead", FakeOrg.Page($$"""{"Id":"00Q000000000001AAA","SystemModstamp":"2026-11-23T08:00:00.000+0000","CurrencyIsoCode":"{{currency}}","AnnualRevenue":320000.0,"NumberOfEmployees":12}"""));
        org.OnQuery("FROM CurrencyType", FakeOrg.Page("""{"Id":"01L000000000001AAA","IsoCode":"EUR","ConversionRate":1.0},{"Id":"01L000000000002AAA","IsoCode":"JPY","ConversionRate":160.0}"""));
        using var crm = org.Client();
        var lead = Assert.Single((await crm.ReadPageAsync(new PageRequest("leads", null, null), default)).Content.Records);
        Assert.Equal(revenue, lead.Attributes.GetValueOrDefault("annual_revenue"));
        Assert.Equal(revenue is null, lead.Unread.Contains("annual_revenue"));
        Assert.Equal("12", lead.Attributes["employees"]);
    }

    [Fact]
    public async Task A_window_is_asked_with_the_next_streams_windows_in_one_call()
    {
        var org = People();
        using var crm = org.Client();
        await crm.ReadPageAsync(new PageRequest("contacts", Window, null), default);
        Assert.Equal(1, org.Requests.Count(asked => asked.Ends("/composite") && asked.Body.Contains("queryAll", StringComparison.Ordinal)));
        Assert.Equal(5, org.Queries.Count);
        Assert.StartsWith("SELECT Id, IsDeleted, SystemModstamp, Email, OwnerId, ", org.Queries[0]);
        Assert.EndsWith(
            " FROM Contact WHERE SystemModstamp >= 2026-11-23T09:00:00Z AND SystemModstamp < 2026-11-23T09:10:00Z ORDER BY SystemModstamp, Id", org.Queries[0]);
        Assert.All(org.Queries, soql => Assert.Contains("SystemModstamp < 2026-11-23T09:10:00Z ORDER BY", soql));
        foreach (var stream in new[] { "leads", "opportunities", "opportunity_contact_roles", "tasks" })
        {
            await crm.ReadPageAsync(new PageRequest(stream, Window, null), default);
        }

        Assert.Equal(1, org.Requests.Count(asked => asked.Ends("/composite") && asked.Body.Contains("queryAll", StringComparison.Ordinal)));
        await crm.ReadPageAsync(new PageRequest("events", Window, null), default);
        await crm.ReadPageAsync(new PageRequest("campaign_members", Window, null), default);
        Assert.Equal(2, org.Requests.Count(asked => asked.Ends("/composite") && asked.Body.Contains("queryAll", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_page_that_waits_serves_its_own_window_once()
    {
        var org = People();
        using var crm = org.Client();
        await crm.ReadPageAsync(new PageRequest("contacts", Window, null), default);
        await crm.ReadPageAsync(new PageRequest("leads", new ChangeWindow(Window.From, Window.To + TimeSpan.FromMinutes(1)), null), default);
        Assert.Equal(2, org.Requests.Count(asked => asked.Ends("/composite") && asked.Body.Contains("queryAll", StringComparison.Ordinal)));
        await crm.ReadPageAsync(new PageRequest("tasks", Window, null), default);
        await crm.ReadPageAsync(new PageRequest("tasks", Window, null), default);
        Assert.Equal(4, org.Requests.Count(asked => asked.Ends("/composite") && asked.Body.Contains("queryAll", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_streams_are_made_of_is_described_by_one_call_and_known_to_the_next_client()
    {
        var org = People().On("GET", "/sobjects/Task/describe", FakeOrg.Error("NOT_FOUND", "The requested resource does not exist"), 404);
        var known = new KnownOrg();
        using var crm = org.Client(known: known);
        await crm.ReadPageAsync(new PageRequest("contacts", Window, null), default);
        await crm.ReadPageAsync(new PageRequest("events", Window, null), default);
        Assert.Equal(1, org.Requests.Count(asked => asked.Body.Contains("/describe", StringComparison.Ordinal)));
        // What was refused there is asked for by itself, and nothing else is.
        Assert.All(org.Requests.Where(asked => asked.Ends("/describe")), asked => Assert.EndsWith("/Task/describe", asked.Path));

        using var next = org.Client(known: known);
        await next.ReadPageAsync(new PageRequest("contacts", Window, null), default);
        Assert.Equal(1, org.Requests.Count(asked => asked.Body.Contains("/Lead/describe", StringComparison.Ordinal)));
        Assert.True(org.Queries.Count(soql => soql.Contains("FROM User", StringComparison.Ordinal)) <= 1);
    }

    [Fact]
    public async Task A_stream_that_is_refused_fails_alone_and_in_its_own_turn()
    {
        var org = People().OnQuery("FROM Task ", FakeOrg.Error("INVALID_TYPE", "sObject type 'Task' is not supported."));
        using var crm = org.Client();
        await crm.ReadPageAsync(new PageRequest("contacts", Window, null), default);
        var refused = await Assert.ThrowsAsync<StreamRefusedException>(() => crm.ReadPageAsync(new PageRequest("tasks", Window, null), default));
        Assert.Equal("tasks", refused.Stream);
        Assert.Contains("sObject type 'Task' is not supported", refused.Message);
    }

    [Fact]
    public async Task Pages_are_followed_by_their_locator_whatever_host_it_names()
    {
        var org = People();
        org.OnQuery("FROM Contact", FakeOrg.Page(Contact(1), "https://other.test/services/data/v66.0/query/0r8xx5R2yF2gs3VASQ-2000"));
        org.On("GET", "/services/data/v66.0/query/0r8xx5R2yF2gs3VASQ-2000", FakeOrg.Page(Contact(2)));
        using var crm = org.Client();
        var first = await crm.ReadPageAsync(new PageRequest("contacts", Window, null), default);
        var second = await crm.ReadPageAsync(new PageRequest("contacts", Window, first.Next), default);
        Assert.Equal("003000000000002AAA", second.Content.Records.Single().Id);
        Assert.Null(second.Next);
    }

    [Theory]
    [InlineData(true, "(SystemModstamp > 2026-11-23T09:01:01Z OR (SystemModstamp = 2026-11-23T09:01:01Z AND Id > '003000000000001AAA')) AND SystemModstamp < 2026-11-23T09:10:00Z ORDER BY SystemModstamp, Id")]
    [InlineData(false, "WHERE Id > '003000000000001AAA' ORDER BY Id")]
    public async Task Where_a_locator_is_gone_the_reading_goes_on_behind_the_last_row(bool isWindow, string expected)
    {
        var org = People();
        org.OnQuery("FROM Contact", soql => soql.Contains("003000000000001AAA", StringComparison.Ordinal) ? FakeOrg.Page(Contact(2))
            : FakeOrg.Page(Contact(1), "/services/data/v66.0/query/gone-1"));
        org.On("GET", "/query/gone-1", FakeOrg.Error("INVALID_QUERY_LOCATOR", "invalid query locator"), 400);
        using var crm = org.Client();
        var window = isWindow ? Window : default(ChangeWindow?);
        var first = await crm.ReadPageAsync(new PageRequest("contacts", window, null), default);
        using var later = org.Client();
        var second = await later.ReadPageAsync(new PageRequest("contacts", window, first.Next), default);
        Assert.EndsWith(expected, org.Queries[^1]);
        Assert.Equal("003000000000002AAA", second.Content.Records.Single().Id);
    }

    [Fact]
    public async Task A_field_that_was_taken_away_is_left_out_after_a_new_description()
    {
        var described = 0;
        var org = People();
        org.On("GET", "/sobjects/Lead/describe", _ =>
        {
            described++;
            return FakeOrg.Json($$"""{"fields":[{"name":"Id"},{"name":"IsDeleted"},{"name":"SystemModstamp"}{{(described == 1 ? ",{\"name\":\"Title\"}" : "")}}]}""");
        });
        org.OnQuery("FROM Lead", soql => soql.Contains("Title", StringComparison.Ordinal)
            ? FakeOrg.Error("INVALID_FIELD", "No such column 'Title' on entity 'Lead'") : FakeOrg.Page(""));
        using var crm = org.Client();
        await crm.ReadPageAsync(new PageRequest("leads", null, null), default);
        await crm.ReadPageAsync(new PageRequest("leads", Window, null), default);
        Assert.Equal(2, described);
    }

    [Fact]
    public async Task A_deleted_record_is_gone_and_a_merged_one_names_its_survivor()
    {
        var org = People();
        org.OnQuery("FROM Contact", FakeOrg.Page($$"""{{Contact(1)}},{"Id":"003000000000002AAA","IsDeleted":true,"SystemModstamp":"2026-11-23T09:01:01.000+0000","MasterRecordId":"003000000000001AAA"}"""));
        using var crm = org.Client();
        var records = (await crm.ReadPageAsync(new PageRequest("contacts", Window, null), default)).Content.Records;
        Assert.Equal([(false, 0), (true, 1)], records.Select(record => (record.IsGone, record.SameAs.Count)));
        Assert.Equal(["003000000000001AAA"], records[1].SameAs);
        Assert.Empty(records[1].Aliases);
    }

    [Theory]
    [InlineData("2026-11-22", "2026-11-22T15:00:00.000+0000", FakeOrg.Person, "2026-11-22T15:00:00Z", true, FakeOrg.Person)]
    [InlineData("2026-11-23", "2026-11-22T23:30:00.000+0000", FakeOrg.Person, "2026-11-22T23:30:00Z", true, FakeOrg.Person)]
    [InlineData("2026-11-20", "2026-11-22T15:00:00.000+0000", FakeOrg.Person, "2026-11-20T00:00:00Z", false, null)]
    [InlineData("2026-11-22", "2026-11-22T15:00:00.000+0000", FakeOrg.Ours, "2026-11-22T15:00:00Z", false, FakeOrg.Ours)]
    public async Task A_converted_lead_says_when_and_by_whom_and_names_its_contact(string day, string modified, string by, string at, bool isPerson,
        string? user)
    {
        var org = People().OnQuery("FROM Lead", FakeOrg.Page($$"""
            {"Id":"00Q000000000001AAA","SystemModstamp":"2026-11-23T09:01:01.000+0000","IsConverted":true,"ConvertedDate":"{{day}}","ConvertedContactId":"003000000000001AAA",
             "LastModifiedDate":"{{modified}}","LastModifiedById":"{{by}}"}
            """));
        using var crm = org.Client();
        var record = (await crm.ReadPageAsync(new PageRequest("leads", Window, null), default)).Content.Records.Single();
        Assert.Equal(["003000000000001AAA"], record.SameAs);
        Assert.Equal(new CrmConversion(At(at), isPerson, user), record.Conversion);
        Assert.False(record.IsGone);
    }

    [Fact]
    public async Task An_account_brings_the_mapped_attributes_and_makes_customers()
    {
        var org = new FakeOrg().Describe("Account", "Name", "Industry", "Type").OnQuery("FROM Account", FakeOrg.Page("""
            {"Id":"001000000000001AAA","SystemModstamp":"2026-11-23T08:00:00.000+0000","Name":"Acme","Industry":null,"Type":"Customer - Direct"},
            {"Id":"001000000000002AAA","SystemModstamp":"2026-11-23T08:00:00.000+0000","Name":"Beta","Industry":"Retail","Type":"Prospect"}
            """));
        using var crm = org.Client();
        var companies = (await crm.ReadPageAsync(new PageRequest("accounts", null, null), default)).Content.Companies;
        Assert.Equal(new Dictionary<string, string> { ["company"] = "Acme", ["is_customer"] = "true" }, companies[0].Attributes);
        Assert.Equal(new Dictionary<string, string> { ["company"] = "Beta", ["industry"] = "Retail" }, companies[1].Attributes);
    }

    [Fact]
    public async Task Users_and_queues_own_records()
    {
        using var crm = new FakeOrg().Client();
        var page = await crm.ReadPageAsync(new PageRequest("users", null, null), default);
        Assert.Equal(4, page.Content.Owners.Count);
        Assert.Contains(new CrmOwner(FakeOrg.Person, FakeOrg.Person, "ann@org.test", "Ann", true), page.Content.Owners);
        Assert.Contains(new CrmOwner("00G000000000001AAA", null, null, "Inbound", true), page.Content.Owners);
    }

    [Theory]
    [InlineData("false", "false", "2026-12-31", DealState.Open, null)]
    [InlineData("true", "true", "2026-11-20", DealState.Won, "2026-11-20T10:00:00Z")]
    [InlineData("true", "false", "2026-11-19", DealState.Lost, "2026-11-19T00:00:00Z")]
    [InlineData("true", "false", "2026-11-01", DealState.Lost, "2026-11-10T08:00:00Z")]
    public async Task An_opportunity_stands_as_its_flags_say_and_has_its_people(string isClosed, string isWon, string close, DealState state, string? closedAt)
    {
        var org = People().Describe("Opportunity", "IsClosed", "IsWon", "CloseDate", "LastStageChangeDate", "Amount", "CreatedDate", "ContactId")
            .Describe("Lead", "ConvertedOpportunityId");
        org.OnQuery("FROM Opportunity ", FakeOrg.Page($$"""
            {"Id":"006000000000001AAA","SystemModstamp":"2026-11-23T08:00:00.000+0000","IsClosed":{{isClosed}},"IsWon":{{isWon}},"CloseDate":"{{close}}","Amount":1.25E3,
             "LastStageChangeDate":"2026-11-20T10:00:00.000+0000","CreatedDate":"2026-11-10T08:00:00.000+0000","ContactId":"003000000000001AAA"}
            """));
        org.OnQuery("FROM OpportunityContactRole WHERE OpportunityId IN", FakeOrg.Page("""
            {"OpportunityId":"006000000000001AAA","ContactId":"003000000000001AAA"},{"OpportunityId":"006000000000001AAA","ContactId":"003000000000002AAA"}
            """));
        org.OnQuery("FROM Lead WHERE ConvertedOpportunityId IN", FakeOrg.Page("""{"Id":"00Q000000000009AAA","ConvertedOpportunityId":"006000000000001AAA"}"""));
        using var crm = org.Client();
        var deal = (await crm.ReadPageAsync(new PageRequest("opportunities", null, null), default)).Content.Deals.Single();
        Assert.Equal((state, closedAt, 1250m), (deal.State, deal.ClosedAt?.ToString(), deal.Amount));
        Assert.Equal(["003000000000001AAA", "003000000000002AAA", "00Q000000000009AAA"], deal.RecordIds.Order());
    }

    [Fact]
    public async Task A_contact_role_that_changed_brings_its_opportunity_and_a_deleted_opportunity_is_nobodys()
    {
        var org = People().Describe("Opportunity", "IsClosed", "CreatedDate").Describe("OpportunityContactRole", "OpportunityId");
        org.OnQuery("FROM OpportunityContactRole WHERE SystemModstamp", FakeOrg.Page("""{"Id":"00K000000000001AAA","SystemModstamp":"2026-11-23T09:05:00.000+0000","OpportunityId":"006000000000001AAA"}"""));
        org.OnQuery("FROM OpportunityContactRole WHERE OpportunityId IN", FakeOrg.Page("""{"OpportunityId":"006000000000001AAA","ContactId":"003000000000002AAA"}"""));
        org.OnQuery("FROM Opportunity WHERE Id IN ('006000000000001AAA') AND IsDeleted = false", FakeOrg.Page("""{"Id":"006000000000001AAA","SystemModstamp":"2026-11-01T00:00:00.000+0000","CreatedDate":"2026-11-01T00:00:00.000+0000"}"""));
        org.OnQuery("FROM Opportunity WHERE SystemModstamp", FakeOrg.Page("""{"Id":"006000000000002AAA","IsDeleted":true,"SystemModstamp":"2026-11-23T09:05:00.000+0000","CreatedDate":"2026-11-01T00:00:00.000+0000"}"""));
        using var crm = org.Client();
        var byRole = (await crm.ReadPageAsync(new PageRequest("opportunity_contact_roles", Window, null), default)).Content.Deals.Single();
        Assert.Equal(["003000000000002AAA"], byRole.RecordIds);
        var deleted = (await crm.ReadPageAsync(new PageRequest("opportunities", Window, null), default)).Content.Deals.Single();
        Assert.Empty(deleted.RecordIds);
    }

    [Fact]
    public async Task A_fetched_record_that_was_merged_comes_under_its_survivors_id()
    {
        var org = People();
        org.OnQuery("FROM Contact WHERE Id IN", soql => FakeOrg.Page(
            soql.Contains("'003000000000001AAA'", StringComparison.Ordinal) ? """{"Id":"003000000000001AAA","IsDeleted":true,"MasterRecordId":"003000000000002AAA","SystemModstamp":"2026-11-23T09:05:00.000+0000"}"""
            : soql.Contains("'003000000000002AAA'", StringComparison.Ordinal) ? """{"Id":"003000000000002AAA","IsDeleted":true,"MasterRecordId":"003000000000003AAA","SystemModstamp":"2026-11-23T09:05:00.000+0000"}"""
            : Contact(3)));
        using var crm = org.Client();
        var record = Assert.Single((await crm.FetchAsync("contacts", ["003000000000001AAA"], default)).Records);
        Assert.Equal("003000000000003AAA", record.Id);
        Assert.Equal(["003000000000001AAA", "003000000000002AAA"], record.Aliases.Order());
        Assert.Equal("003000000000003AAA", Assert.Single(await crm.ReadRecordsAsync("contact", ["003000000000001AAA"], default)).Id);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(300, 5)]
    public async Task Ids_are_asked_for_in_queries_of_a_length_that_passes(int fields, int queries)
    {
        var own = Enumerable.Range(0, fields).Select(i => $"attribute_number_{i}").ToList();
        var org = People().Describe("Contact", [.. own.Select(LeadFieldNames.Custom)]);
        org.OnQuery("FROM Contact WHERE Id IN", FakeOrg.Page(""));
        using var crm = org.Client(change: connection => connection with { Attributes = [.. own.Select(name => new LeadAttribute(name, AttributeType.Text))] });
        await crm.FetchAsync("contacts", [.. Enumerable.Range(1, 1000).Select(i => $"003{i:D12}")], default);
        Assert.Equal(queries, org.Queries.Count);
        Assert.All(org.Queries, soql => Assert.True(Uri.EscapeDataString(soql).Length < 16_000));
    }

    [Fact]
    public async Task A_row_without_a_stamp_is_told_and_hides_no_other()
    {
        var org = People().OnQuery("FROM Contact", FakeOrg.Page($$"""{"Id":"003000000000009AAA"},{"Email":"x"},{{Contact(1)}}"""));
        using var crm = org.Client();
        var rows = (await crm.ReadPageAsync(new PageRequest("contacts", null, null), default)).Content;
        Assert.Single(rows.Records);
        Assert.Equal(["003000000000009AAA", "row 2 of the page"], rows.Unreadable.Select(row => row.Id));
    }

    [Fact]
    public async Task A_pilots_condition_is_asked_of_both_objects_and_of_one_where_it_says_so()
    {
        var org = People();
        org.OnQuery("FROM Contact WHERE (Country = 'FR')", FakeOrg.Error("INVALID_FIELD", "No such column 'Country' on entity 'Contact'"));
        org.OnQuery("FROM Lead WHERE (Country = 'FR') AND IsConverted = false", FakeOrg.Page("""{"Id":"00Q000000000001AAA"}"""));
        using var crm = org.Client();
        Assert.Equal(["00Q000000000001AAA"], await crm.ReadListAsync("Country = 'FR'", default));
        org.Queries.Clear();
        Assert.Equal(["00Q000000000001AAA"], await crm.ReadListAsync("Lead: Country = 'FR'", default));
        Assert.Single(org.Queries);
        await Assert.ThrowsAsync<FatalCrmException>(() => crm.ReadListAsync("Contact: Country = 'FR'", default));
    }

    [Fact]
    public async Task The_lifecycle_is_empty_unless_the_lead_status_is_mapped()
    {
        var org = People().DescribeAs("Lead", """{"name":"Id"},{"name":"Status","type":"picklist","picklistValues":[{"value":"Open","label":"Open","active":true},{"value":"Old","active":false},{"value":"MQL","label":"Qualified","active":true}]}""");
        using var crm = org.Client();
        Assert.Empty(await crm.GetLifecycleAsync(default));
        using var mapped = org.Client(mapping: new SalesforceMapping { WritesLeadStatus = true });
        Assert.Equal(["Open", "MQL"], (await mapped.GetLifecycleAsync(default)).Select(stage => stage.Id));
    }

    private static FakeOrg People() => new FakeOrg().OnQuery("FROM Contact", FakeOrg.Page("")).OnQuery("FROM Lead", FakeOrg.Page(""));

    private static string Contact(int number) => $$"""{"Id":"003{{number:D12}}AAA","SystemModstamp":"2026-11-23T09:01:01.000+0000","Email":"c{{number}}@b.test"}""";

    private static Instant At(string text) => Instant.TryRead(text, out var instant) ? instant : throw new ArgumentException(text);
}
