using System.Text.Json;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;

namespace CrmLeadQualifier.HubSpot.Tests.Writing;

public sealed class ContactWritingTests
{
    private const string Batch = "/contacts/batch/update";

    [Fact]
    public async Task Fields_go_under_their_property_names_and_the_lifecycle_beside_them()
    {
        var portal = new FakePortal().On("POST", Batch, """{"status":"COMPLETE","results":[{"id":"1","properties":{"lastmodifieddate":"2026-01-02T10:00:00.250Z"},"updatedAt":"2025-01-01T00:00:00Z"}]}""");
        using var crm = portal.Client();
        var result = Assert.Single(await crm.WriteAsync("contact", [new RecordWrite("1", new Dictionary<string, string> { ["score"] = "5", ["verdict"] = "" }) { Lifecycle = "" }], default));
        Assert.Equal(new WriteResult("1", WriteOutcome.Written) { Stamp = new Instant(1767348000250) }, result);
        Assert.Equal("""{"inputs":[{"id":"1","properties":{"lq_score":"5","lq_verdict":"","lifecyclestage":""}}]}""", portal.Requests.Single().Body);
    }

    [Fact]
    public async Task Each_row_of_a_207_is_settled_by_itself()
    {
        var portal = new FakePortal()
            .On("POST", Batch, """
                {"status":"COMPLETE","results":[{"id":"1","updatedAt":"2026-01-02T10:00:00Z"}],"numErrors":3,"errors":[
                  {"status":"error","category":"OBJECT_NOT_FOUND","message":"Could not get some CONTACT objects","context":{"ids":["2","3"]}},
                  {"status":"error","category":"VALIDATION_ERROR","message":"\"Anna Secret\" is wrong","context":{"ids":["4"]}}]}
                """, 207)
            .On("GET", "/contacts/2", """{"status":"error","category":"OBJECT_NOT_FOUND"}""", 404)
            .On("GET", "/contacts/3", """{"id":"33","properties":{}}""")
            .On("PATCH", "/contacts/33", """{"id":"33","updatedAt":"2026-01-02T11:00:00Z"}""");
        using var crm = portal.Client();
        var results = (await crm.WriteAsync("contact", [Write("1"), Write("2"), Write("3"), Write("4")], default)).ToDictionary(result => result.RecordId);
        Assert.Equal(WriteOutcome.Written, results["1"].Outcome);
        Assert.Equal(WriteOutcome.Gone, results["2"].Outcome);
        Assert.Equal((WriteOutcome.Written, "33"), (results["3"].Outcome, results["3"].NewId));
        Assert.Equal("2026-01-02T11:00:00Z", results["3"].Stamp.ToString());
        Assert.Equal(WriteOutcome.Refused, results["4"].Outcome);
        Assert.Contains("VALIDATION_ERROR", results["4"].Reason);
        Assert.DoesNotContain("Anna", results["4"].Reason);
    }

    [Fact]
    public async Task A_record_refused_alone_is_its_own_fault_and_with_others_the_batchs()
    {
        var portal = new FakePortal().On("POST", Batch, """{"category":"VALIDATION_ERROR","errors":[{"code":"INVALID_OPTION","context":{"propertyName":["lq_stage"]}}]}""", 400);
        using var crm = portal.Client();
        var result = Assert.Single(await crm.WriteAsync("contact", [Write("1")], default));
        Assert.Equal(WriteOutcome.Refused, result.Outcome);
        Assert.Contains("INVALID_OPTION lq_stage", result.Reason);
        var refused = await Assert.ThrowsAsync<BatchRefusedException>(() => crm.WriteAsync("contact", [Write("1"), Write("2")], default));
        Assert.Empty(refused.UnknownFields);
    }

    [Fact]
    public async Task A_text_with_any_character_is_sent_as_valid_JSON()
    {
        var portal = new FakePortal().On("POST", Batch, """{"results":[{"id":"1"}]}""");
        using var crm = portal.Client();
        var text = "é 🚀 \" \\ \n \u0001 \ud800 " + new string('x', 30_000);
        await crm.WriteAsync("contact", [new RecordWrite("1", new Dictionary<string, string> { ["reasons"] = text })], default);
        using var sent = JsonDocument.Parse(portal.Requests.Single().Body);
        Assert.Equal(text.Replace('\ud800', '\uFFFD'), sent.RootElement.GetProperty("inputs")[0].GetProperty("properties").GetProperty("lq_reasons").GetString());
    }

    private static RecordWrite Write(string id) => new(id, new Dictionary<string, string> { ["score"] = "5" });
}
