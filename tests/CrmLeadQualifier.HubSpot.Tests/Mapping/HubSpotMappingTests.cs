using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.HubSpot.Mapping;

namespace CrmLeadQualifier.HubSpot.Tests.Mapping;

public sealed class HubSpotMappingTests
{
    [Fact]
    public void Every_standard_attribute_but_the_derived_one_has_a_row_and_no_row_is_without_an_attribute() =>
        Assert.Equal(
            AttributeSchema.StandardAttributes.Select(attribute => attribute.Name).Where(name => name != AttributeSchema.EmailDomain).Order(StringComparer.Ordinal),
            HubSpotMapping.DefaultAttributes.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Every_kind_of_activity_has_a_row_and_no_row_is_without_a_kind() =>
        Assert.Equal(ActivityKind.All.Select(kind => kind.Name).Order(StringComparer.Ordinal), HubSpotMapping.Kinds.Keys.Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("industry", "company.industry", "industry")]
    [InlineData("employees", "company.numberofemployees", "numemployees")]
    [InlineData("region", "state")]
    [InlineData("seats_wanted", "seats_wanted")]
    public void Sources_are_tried_in_order_and_an_own_attribute_is_the_property_of_its_name(string attribute, params string[] sources) =>
        Assert.Equal(sources, new HubSpotMapping().Sources(new LeadAttribute(attribute, AttributeType.Text)));

    [Fact]
    public void A_connections_own_row_replaces_the_default()
    {
        var mapping = new HubSpotMapping { Attributes = new Dictionary<string, IReadOnlyList<string>> { ["region"] = ["bundesland"] } };
        Assert.Equal(["bundesland"], mapping.Sources(new LeadAttribute("region", AttributeType.Text)));
        Assert.Equal(["city"], mapping.Sources(new LeadAttribute("city", AttributeType.Text)));
    }

    [Fact]
    public void Our_own_fields_are_never_an_attributes_source()
    {
        var mapping = new HubSpotMapping { Attributes = new Dictionary<string, IReadOnlyList<string>> { ["need"] = ["lq_reasons", "lifecyclestage", "need"] } };
        Assert.Equal(["need"], CrmLeadQualifier.HubSpot.Mapping.AttributeReader.OfContacts(mapping, [new LeadAttribute("need", AttributeType.Text)]).Properties);
    }
}
