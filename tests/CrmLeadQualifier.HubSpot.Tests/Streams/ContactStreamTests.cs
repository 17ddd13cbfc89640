using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Streams;

namespace CrmLeadQualifier.HubSpot.Tests.Streams;

public sealed class ContactStreamTests
{
    private const string Path = "/crm/objects/2026-03/contacts";

    [Fact]
    public async Task A_contacts_properties_become_attributes_fields_and_links()
    {
        var portal = new FakePortal()
            .WithProperties("email", "firstname", "lifecyclestage", "hubspot_owner_id", "associatedcompanyid", "hs_additional_emails", "hs_merged_object_ids",
                "lastmodifieddate", "createdate", "lq_score", "lq_handed_over_at", "seats_wanted", "contract_ends")
            .On("GET", Path, """
                {"results":[{"id":501,"properties":{"email":"a@b.fr","firstname":"Élodie 🚀","lifecyclestage":"customer","hubspot_owner_id":77,"associatedcompanyid":"9",
                  "hs_additional_emails":"c@d.fr; e@f.fr","hs_merged_object_ids":"11;12","lastmodifieddate":"1762212973632","createdate":"2026-01-02T03:04:05.678Z",
                  "lq_score":"42.0","lq_handed_over_at":"2026-11-01T08:00:00.900Z","seats_wanted":25,"contract_ends":"1767225600000"}}]}
                """);
        var own = new[] { new LeadAttribute("seats_wanted", AttributeType.Number), new LeadAttribute("contract_ends", AttributeType.Date) };
        using var crm = portal.Client(change: connection => connection with { Attributes = [.. AttributeSchema.StandardAttributes, .. own] });
        var page = await crm.ReadPageAsync(new PageRequest("contacts", null, null), default);
        var contact = Assert.Single(page.Content.Records);
        Assert.Equal("501", contact.Id);
        Assert.Equal(new Instant(1762212973632), contact.Stamp);
        Assert.Equal(("customer", "77", "9"), (contact.Lifecycle, contact.OwnerId, contact.CompanyId));
        Assert.Equal(["a@b.fr", "c@d.fr", "e@f.fr"], contact.Emails);
        Assert.Equal(["11", "12"], contact.Aliases);
        Assert.Equal(new Dictionary<string, string> { ["score"] = "42", ["handed_over_at"] = "2026-11-01T08:00:00Z" }, contact.Fields);
        Assert.Equal("true", contact.Attributes["is_customer"]);
        Assert.Equal("Élodie 🚀", contact.Attributes["first_name"]);
        Assert.Equal("2026-01-02T03:04:05.678Z", contact.Attributes["created_at"]);
        Assert.Equal("25", contact.Attributes["seats_wanted"]);
        Assert.Equal("2026-01-01T00:00:00Z", contact.Attributes["contract_ends"]);
    }

    /// <summary>HubSpot's own number of employees on a contact is a choice of ranges.</summary>
    [Theory]
    [InlineData("100-500", "100")]
    [InlineData("1000+", "1000")]
    [InlineData("120", "120")]
    [InlineData("-5", "-5")]
    [InlineData("a lot", "a lot")]
    public async Task A_range_where_a_number_is_asked_for_is_its_lower_end(string employees, string read)
    {
        var portal = new FakePortal().WithProperties("numemployees", "lastmodifieddate", "phone")
            .On("GET", Path, $$$"""{"results":[{"id":"1","properties":{"numemployees":"{{{employees}}}","phone":"555-1234","lastmodifieddate":"1762212973632"}}]}""");
        using var crm = portal.Client();
        var contact = Assert.Single((await crm.ReadPageAsync(new PageRequest("contacts", null, null), default)).Content.Records);
        Assert.Equal((read, "555-1234"), (contact.Attributes["employees"], contact.Attributes["phone"]));
    }

    [Fact]
    public async Task Only_properties_that_the_portal_has_are_asked_for()
    {
        var portal = new FakePortal().WithProperties("email", "lq_score", "lastmodifieddate").On("GET", Path, """{"results":[]}""");
        using var crm = portal.Client();
        await crm.ReadPageAsync(new PageRequest("contacts", null, null), default);
        Assert.Equal("email,lastmodifieddate,lq_score", portal.Requests[^1].Value("properties"));
    }

    [Fact]
    public async Task Bad_rows_are_named_and_the_others_go_on()
    {
        var long100k = new string('x', 100_000);
        var portal = new FakePortal().WithProperties("email", "firstname", "lastname", "jobtitle", "createdate", "lastmodifieddate", "company")
            .On("GET", Path, """
                {"results":[
                  {"properties":{"email":"no-id@b.fr"}},
                  {"id":"2","properties":{"lastmodifieddate":"yesterday"}},
                  {"id":"3","updatedAt":"2026-01-01T00:00:00Z","properties":{"firstname":"A\ud800B","lastname":"\u0000\u0007x","jobtitle":12.50,"company":{"odd":[1]},"createdate":"soon"}},
                  null,
                  {"id":"4","updatedAt":"2026-01-01T00:00:00Z","properties":{"firstname":"LONG","email":null,"jobtitle":true}}]}
                """.Replace("LONG", long100k));
        using var crm = portal.Client();
        var content = (await crm.ReadPageAsync(new PageRequest("contacts", null, null), default)).Content;
        Assert.Equal(["row 1 of the page", "2", "row 4 of the page"], content.Unreadable.Select(row => row.Id));
        Assert.DoesNotContain(content.Unreadable, row => row.Reason.Contains("yesterday", StringComparison.Ordinal));
        Assert.Equal(["3", "4"], content.Records.Select(record => record.Id));
        Assert.Equal("A\uFFFDB", content.Records[0].Attributes["first_name"]);
        Assert.Equal("\0\ax", content.Records[0].Attributes["last_name"]);
        Assert.Equal("12.50", content.Records[0].Attributes["job_title"]);
        Assert.False(content.Records[0].Attributes.ContainsKey("company"));
        Assert.False(content.Records[0].Attributes.ContainsKey("created_at"));
        Assert.Equal(long100k, content.Records[1].Attributes["first_name"]);
        Assert.Empty(content.Records[1].Emails);
    }

    [Fact]
    public async Task Raw_control_characters_in_the_body_do_not_hide_the_page()
    {
        var portal = new FakePortal().WithProperties("firstname").On("GET", Path, "{\"results\":[{\"id\":\"1\",\"updatedAt\":\"2026-01-01T00:00:00Z\",\"properties\":{\"firstname\":\"A\u0001B\"}}]}");
        using var crm = portal.Client();
        var content = (await crm.ReadPageAsync(new PageRequest("contacts", null, null), default)).Content;
        Assert.Equal("A B", Assert.Single(content.Records).Attributes["first_name"]);
    }

    [Fact]
    public async Task An_empty_page_with_a_next_one_does_not_end_the_reading_and_links_are_not_followed()
    {
        var portal = new FakePortal().WithProperties("email").On("GET", Path, asked => FakePortal.Json(asked.Value("after") switch
        {
            null => """{"results":[],"paging":{"next":{"after":"Mg%3D%3D","link":"https://api.hubapi.com/elsewhere"}}}""",
            "Mg==" => """{"results":[{"id":"1","updatedAt":"2026-01-01T00:00:00Z","properties":{}}]}""",
            var other => throw new InvalidOperationException(other),
        }));
        using var crm = portal.Client();
        var first = await crm.ReadPageAsync(new PageRequest("contacts", null, null), default);
        Assert.Empty(first.Content.Records);
        var second = await crm.ReadPageAsync(new PageRequest("contacts", null, first.Next), default);
        Assert.Single(second.Content.Records);
        Assert.Null(second.Next);
        Assert.All(portal.Requests, asked => Assert.StartsWith("/crm/", asked.Path));
    }

    [Fact]
    public async Task Pages_that_run_in_a_circle_are_an_error_and_the_same_page_asked_twice_is_not()
    {
        var next = new Dictionary<string, string> { [""] = "a", ["a"] = "b", ["b"] = "a" };
        var portal = new FakePortal().WithProperties("email")
            .On("GET", Path, asked => FakePortal.Json("""{"results":[],"paging":{"next":{"after":"NEXT"}}}""".Replace("NEXT", next[asked.Value("after") ?? ""])));
        using var crm = portal.Client();
        var a = (await crm.ReadPageAsync(new PageRequest("contacts", null, null), default)).Next;
        var b = (await crm.ReadPageAsync(new PageRequest("contacts", null, a), default)).Next;
        Assert.Equal(b, (await crm.ReadPageAsync(new PageRequest("contacts", null, a), default)).Next);
        await Assert.ThrowsAsync<Crm.Errors.RetriableCrmException>(() => crm.ReadPageAsync(new PageRequest("contacts", null, b), default));
    }
}
