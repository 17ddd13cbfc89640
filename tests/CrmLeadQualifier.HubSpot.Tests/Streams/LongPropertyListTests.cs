using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Crm.Streams;

namespace CrmLeadQualifier.HubSpot.Tests.Streams;

public sealed class LongPropertyListTests
{
    [Fact]
    public async Task More_properties_than_an_address_holds_are_asked_for_in_a_body()
    {
        var names = Enumerable.Range(0, 300).Select(i => $"attribute_with_a_long_name_{i}").ToArray();
        var portal = new FakePortal().WithProperties([.. names, "lastmodifieddate"])
            .On("GET", "/objects/2026-03/contacts", """{"results":[{"id":"1","updatedAt":"2026-01-01T00:00:00Z"},{"id":"2","updatedAt":"2026-01-01T00:00:00Z"}]}""")
            .On("POST", "/contacts/batch/read", """{"results":[{"id":"2","updatedAt":"2026-01-01T00:00:00Z","properties":{"attribute_with_a_long_name_299":"x"}}]}""");
        using var crm = portal.Client(change: connection => connection with { Attributes = [.. names.Select(name => new LeadAttribute(name, AttributeType.Text))] });
        var records = (await crm.ReadPageAsync(new PageRequest("contacts", null, null), default)).Content.Records;
        Assert.Equal(["1", "2"], records.Select(record => record.Id));
        Assert.Equal("x", records[1].Attributes["attribute_with_a_long_name_299"]);
        Assert.All(portal.Requests, asked => Assert.True(asked.Query.Length < 6_000));
    }
}
