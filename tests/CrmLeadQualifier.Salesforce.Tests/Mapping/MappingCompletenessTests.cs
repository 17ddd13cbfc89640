using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Salesforce.Mapping;
using AttributeReader = CrmLeadQualifier.Salesforce.Mapping.AttributeReader;

namespace CrmLeadQualifier.Salesforce.Tests.Mapping;

public sealed class MappingCompletenessTests
{
    public static TheoryData<string> StandardAttributes =>
        [.. AttributeSchema.StandardAttributes.Select(attribute => attribute.Name).Where(name => name != AttributeSchema.EmailDomain)];

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
        Assert.All(SalesforceMapping.DefaultLeadAttributes.Keys.Concat(SalesforceMapping.DefaultContactAttributes.Keys), name =>
            Assert.Contains(name, attributes));
        Assert.All(SalesforceMapping.Kinds.Keys.Concat(SalesforceMapping.DefaultActivityTypes.Values), kind => Assert.NotNull(ActivityKind.Find(kind)));
    }

    [Fact]
    public void Every_kind_that_has_a_source_comes_by_a_stream()
    {
        using var crm = new FakeOrg().Client();
        Assert.Equal(
            SalesforceMapping.Kinds.Where(kind => kind.Value is not null).Select(kind => kind.Key).Order(), crm.Streams.SelectMany(stream => stream.Kinds).Distinct().Order());
    }

    [Fact]
    public async Task An_attribute_that_is_hidden_on_one_object_is_not_readable_and_one_that_is_worked_out_is()
    {
        var org = new FakeOrg().Describe("Lead", "Email", "Phone").Describe("Contact", "Email", "HasOptedOutOfEmail", "Phone");
        using var crm = org.Client();
        var readable = await crm.ReadableAttributesAsync(default);
        Assert.Superset(new HashSet<string> { "email", "phone", "is_customer", "owner_email", "language" }, readable.ToHashSet());
        Assert.DoesNotContain("opted_out", readable);
        Assert.DoesNotContain("need", readable);
        org.On("GET", "/sobjects/Lead/describe", FakeOrg.Error("NOT_FOUND", "The requested resource does not exist"), 404);
        using var withoutLeads = org.Client();
        Assert.Contains("opted_out", await withoutLeads.ReadableAttributesAsync(default));
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
        Assert.True(mapping.IsCustomer("Client since 2020") && !mapping.IsCustomer("Customer - Direct") && new SalesforceMapping()
            .IsCustomer("Customer - Direct"));
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
