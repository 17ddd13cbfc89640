using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;

namespace CrmLeadQualifier.HubSpot.Tests.Provisioning;

public sealed class PropertyProvisioningTests
{
    private const string Properties = "/properties/2026-03/contacts";
    private const string Group = Properties + "/groups/lead_qualification";

    private static readonly FieldDefinition Stage = new(LeadField.Stage, "Stage", "Where the lead stands", [new("mql", "MQL"), new("sql", "SQL")]);
    private static readonly FieldDefinition Score = new(LeadField.Score, "Score", "", []);

    private const string StageAsHubSpotKeepsIt = """
        {"name":"lq_stage","label":"Stage","description":"Where the lead stands","groupName":"lead_qualification","type":"enumeration","fieldType":"select","displayOrder":-1,
         "options":[{"label":"SQL","value":"sql","displayOrder":3,"hidden":false},{"label":"Old","value":"old","displayOrder":1},{"label":"MQL","value":"mql","displayOrder":2}]}
        """;

    [Theory]
    [InlineData(LeadFieldType.Choice, "enumeration", "select")]
    [InlineData(LeadFieldType.Integer, "number", "number")]
    [InlineData(LeadFieldType.Text, "string", "text")]
    [InlineData(LeadFieldType.LongText, "string", "textarea")]
    [InlineData(LeadFieldType.Instant, "datetime", "date")]
    [InlineData(LeadFieldType.Date, "date", "date")]
    public async Task Every_type_of_field_is_a_type_of_property(LeadFieldType type, string propertyType, string fieldType)
    {
        var portal = Portal("").On("POST", Properties + "/batch/create", """{"results":[]}""", 201);
        using var crm = portal.Client();
        var field = new FieldDefinition(LeadField.All.First(field => field.Type == type), "L", "D", []);
        await crm.ProvisionAsync([field], await crm.PlanProvisioningAsync([field], default), default);
        var created = portal.Requests.Single(asked => asked.Path.EndsWith("/batch/create", StringComparison.Ordinal)).Body;
        Assert.Contains($"\"type\":\"{propertyType}\",\"fieldType\":\"{fieldType}\"", created);
    }

    [Fact]
    public async Task What_HubSpot_rewrites_by_itself_is_no_difference()
    {
        using var crm = Portal(StageAsHubSpotKeepsIt).Client();
        Assert.Empty(await crm.PlanProvisioningAsync([Stage], default));
    }

    [Fact]
    public async Task Options_are_merged_into_those_that_are_there()
    {
        var portal = Portal(StageAsHubSpotKeepsIt).On("PATCH", Properties + "/lq_stage", "{}");
        using var crm = portal.Client();
        var wanted = Stage with { Options = [new("mql", "Marketing qualified"), new("sql", "SQL"), new("sal", "SAL")] };
        var steps = await crm.PlanProvisioningAsync([wanted], default);
        Assert.Equal([new ProvisioningStep("lq_stage", "change property lq_stage: rename option mql, add option sal")], steps);
        await crm.ProvisionAsync([wanted], steps, default);
        var sent = portal.Requests.Single(asked => asked.Method == "PATCH").Body;
        Assert.Contains("""
            "options":[{"label":"Marketing qualified","value":"mql","displayOrder":0,"hidden":false},{"label":"SQL","value":"sql","displayOrder":1,"hidden":false},
            """.Replace("\n", ""), sent);
        Assert.Contains("""{"label":"Old","value":"old","displayOrder":3}""", sent);
        Assert.DoesNotContain("\"name\":", sent);
    }

    [Fact]
    public async Task A_property_that_was_made_meanwhile_is_brought_to_its_shape()
    {
        var made = false;
        var portal = Portal("")
            .On("GET", Properties, _ => FakePortal.Json(made ? """{"results":[{"name":"lq_score","label":"Old label","type":"number","fieldType":"number","groupName":"lead_qualification"}]}""" : """{"results":[]}"""))
            .On("POST", Properties + "/batch/create", _ =>
            {
                made = true;
                return FakePortal.Json("""
                    {"results":[],"numErrors":1,"errors":[{"status":"error","category":"OBJECT_ALREADY_EXISTS","subCategory":"Properties.PROPERTY_WITH_NAME_EXISTS","context":{"name":["lq_score"]}}]}
                    """, 207);
            })
            .On("PATCH", Properties + "/lq_score", "{}");
        using var crm = portal.Client();
        await crm.ProvisionAsync([Score], await crm.PlanProvisioningAsync([Score], default), default);
        Assert.Contains("\"label\":\"Score\"", portal.Requests.Single(asked => asked.Method == "PATCH").Body);
    }

    [Fact]
    public async Task A_property_of_another_type_is_fatal_and_nothing_is_changed()
    {
        var portal = Portal("""{"name":"lq_score","label":"Score","type":"string","fieldType":"text","groupName":"lead_qualification"}""");
        using var crm = portal.Client();
        var steps = await crm.PlanProvisioningAsync([Score, Stage], default);
        var fatal = await Assert.ThrowsAsync<FatalCrmException>(() => crm.ProvisionAsync([Score, Stage], steps, default));
        Assert.Contains("lq_score", fatal.Message);
        Assert.All(portal.Requests, asked => Assert.Equal("GET", asked.Method));
    }

    [Fact]
    public async Task A_missing_group_is_the_first_step()
    {
        var portal = Portal("").On("GET", Group, """{"category":"OBJECT_NOT_FOUND"}""", 404).On("POST", Properties + "/groups", "{}", 201)
            .On("POST", Properties + "/batch/create", """{"results":[]}""", 201);
        using var crm = portal.Client();
        var steps = await crm.PlanProvisioningAsync([Score], default);
        Assert.Equal(["lead_qualification", "lq_score"], steps.Select(step => step.Target));
        await crm.ProvisionAsync([Score], steps, default);
        Assert.Equal(["/crm" + Properties + "/groups", "/crm" + Properties + "/batch/create"], portal.Requests.Where(asked => asked.Method == "POST").Select(asked => asked.Path));
    }

    [Fact]
    public async Task A_refused_creation_is_an_admins_matter()
    {
        var portal = Portal("").On("POST", Properties + "/batch/create", """{"category":"VALIDATION_ERROR","message":"limit reached"}""", 400);
        using var crm = portal.Client();
        var steps = await crm.PlanProvisioningAsync([Score], default);
        Assert.NotEmpty((await Assert.ThrowsAsync<FatalCrmException>(() => crm.ProvisionAsync([Score], steps, default))).Advice);
    }

    private static FakePortal Portal(string properties) => new FakePortal()
        .On("POST", "/lists/2026-03/search", "<html>", 404)
        .On("GET", "/limits/2026-03/custom-properties", "<html>", 404)
        .On("GET", Properties, "{\"results\":[" + properties + "]}")
        .On("GET", Group, """{"name":"lead_qualification","label":"Lead qualification"}""");
}
