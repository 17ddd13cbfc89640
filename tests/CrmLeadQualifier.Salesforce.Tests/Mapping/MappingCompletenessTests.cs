using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Salesforce.Mapping;
using AttributeReader = CrmLeadQualifier.Salesforce.Mapping.AttributeReader;

namespace CrmLeadQualifier.Salesforce.Tests.Mapping;

public sealed class MappingCompletenessTests
{
    public static TheoryData<string> StandardAttributes => [.. AttributeSchema.StandardAttributes.Select(attribute => attribute.Name).Where(name => name != AttributeSchema.EmailDomain)];

    public static TheoryData<string> Kinds => [.. ActivityKind.All.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(StandardAttributes))]
    public void Every_standard_attribute_has_a_row_of_leads_and_of_contacts(string attribute)
    {
        Assert.Contains(attribute, SalesforceMapping.DefaultLeadAttributes.Keys);
        Assert.Contains(attribute, SalesforceMapping.DefaultContactAttributes.Keys);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_of_activity_has_a_row(string kind) => Assert.Contains(kind, SalesforceMapping.Kinds.Keys);

    [Fact]
    public void No_row_is_of_something_that_agreements_do_not_know()
    {
        var attributes = AttributeSchema.StandardAttributes.Select(attribute => attribute.Name).ToHashSet();
        Assert.All(SalesforceMapping.DefaultLeadAttributes.Keys.Concat(SalesforceMapping.DefaultContactAttributes.Keys), name => Assert.Contains(name, attributes));
        Assert.All(SalesforceMapping.Kinds.Keys.Concat(SalesforceMapping.DefaultActivityTypes.Values), kind => Assert.NotNull(ActivityKind.Find(kind)));
    }

    [Fact]
    public void An_attribute_of_an_agreements_own_is_the_custom_field_of_its_name()
    {
        var seats = new LeadAttribute("seats_wanted", AttributeType.Number);
        Assert.Equal(["Seats_Wanted__c"], new SalesforceMapping().LeadSources(seats));
        Assert.Equal(["Seats_Wanted__c"], new SalesforceMapping().ContactSources(seats));
        var mapped = new SalesforceMapping { LeadAttributes = new Dictionary<string, IReadOnlyList<string>> { ["seats_wanted"] = ["NumberOfSeats__c"] } };
        Assert.Equal(["NumberOfSeats__c"], mapped.LeadSources(seats));
    }

    [Fact]
    public void What_an_org_maps_comes_before_the_defaults()
    {
        var mapping = new SalesforceMapping
        {
            ActivityTypes = new Dictionary<string, string> { ["Call"] = "note", ["Visit"] = "meeting" },
            EventCampaignTypes = ["Roadshow"],
            CustomerAccountTypes = ["Client"],
        };
        Assert.Equal(["note", "meeting", "email_sent", null], new[] { "Call", "Visit", "Email", "Other" }.Select(word => mapping.KindOf(word)));
        Assert.Equal("call", new SalesforceMapping().KindOf("Task", "Call"));
        Assert.True(mapping.IsEvent("roadshow") && !mapping.IsEvent("Webinar") && new SalesforceMapping().IsEvent("Webinar"));
        Assert.True(mapping.IsCustomer("Client since 2020") && !mapping.IsCustomer("Customer - Direct") && new SalesforceMapping().IsCustomer("Customer - Direct"));
    }

    [Fact]
    public void Our_fields_are_named_as_the_page_says()
    {
        Assert.Equal("LQ_Handed_Over_At__c", LeadFieldNames.Of(LeadField.HandedOverAt));
        Assert.Equal("LQ_Stage__c", LeadFieldNames.Of(LeadField.Stage));
        Assert.All(LeadField.All, field => Assert.Equal(field, LeadFieldNames.FieldOf(LeadFieldNames.Of(field))));
        Assert.Null(LeadFieldNames.FieldOf("LQ_Unknown__c"));
    }

    [Fact]
    public void What_we_write_is_never_an_attributes_source()
    {
        var mapping = new SalesforceMapping
        {
            WritesLeadStatus = true,
            LeadAttributes = new Dictionary<string, IReadOnlyList<string>> { ["need"] = ["LQ_Reasons__c", "Need__c"] },
        };
        var fields = AttributeReader.OfLeads(mapping, AttributeSchema.StandardAttributes).Fields.ToList();
        Assert.DoesNotContain("LQ_Reasons__c", fields);
        Assert.DoesNotContain("Status", fields);
        Assert.Contains("Need__c", fields);
        Assert.Contains("Status", AttributeReader.OfLeads(new(), AttributeSchema.StandardAttributes).Fields);
    }
}
