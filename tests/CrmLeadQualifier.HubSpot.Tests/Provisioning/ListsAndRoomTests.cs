using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;

namespace CrmLeadQualifier.HubSpot.Tests.Provisioning;

/// <summary>Lists in the agreement's language, room for properties, and how all of it is taken out again.</summary>
public sealed class ListsAndRoomTests
{
    private const string Properties = "/properties/2026-03/contacts";
    private const string Lists = "/lists/2026-03";

    [Theory]
    [InlineData(Language.English, "Lead qualification: To answer")]
    [InlineData(Language.French, "Qualification des leads: À traiter")]
    public async Task Four_active_lists_filter_on_the_answer(Language language, string first)
    {
        var portal = Portal("").On("POST", Lists, """{"list":{"listId":"7"}}""").On("POST", Properties + "/batch/create", """{"results":[]}""", 201).On("PATCH", "/groups/lead_qualification", "{}");
        using var crm = portal.Client();
        FieldDefinition[] fields = [Answer(language)];
        Assert.Empty(await crm.ProvisionAsync(fields, await crm.PlanProvisioningAsync(fields, default), default));
        var created = portal.Requests.Where(asked => asked.Method == "POST" && asked.Path.EndsWith(Lists, StringComparison.Ordinal)).Select(asked => asked.Body).ToList();
        Assert.Equal(4, created.Count);
        Assert.Contains(created, body => System.Text.RegularExpressions.Regex.Unescape(body).Contains($"\"name\":\"{first}\"", StringComparison.Ordinal) && body.Contains("""
            "processingType":"DYNAMIC","filterBranch":{"filterBranchType":"OR","filterBranches":[{"filterBranchType":"AND","filterBranches":[],"filters":[{"filterType":"PROPERTY","property":"lq_answer","operation":{"operationType":"ENUMERATION","operator":"IS_ANY_OF","values":["to_answer"],"includeObjectsWithNoValueSet":false}}]}],"filters":[]}
            """.Trim(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_list_of_another_language_is_renamed_and_one_that_is_right_stays()
    {
        var portal = Portal(AnswerAsHubSpotKeepsIt)
            .On("POST", Lists + "/search", asked => FakePortal.Json(asked.Body.Contains("Lead", StringComparison.Ordinal)
                ? """{"lists":[{"listId":"1","name":"Lead qualification: Overdue"},{"listId":"2","name":"Lead qualification: Reason missing"},{"listId":"3","name":"Lead qualification: Waiting for an owner"}]}"""
                : """{"lists":[{"listId":"4","name":"Qualification des leads: À traiter"}]}"""))
            .On("PUT", Lists + "/4/update-list-name", "{}");
        using var crm = portal.Client();
        FieldDefinition[] fields = [Answer(Language.English)];
        var steps = (await crm.PlanProvisioningAsync(fields, default)).Where(step => step.Target.StartsWith("list", StringComparison.Ordinal)).ToList();
        Assert.Equal("rename list \"Qualification des leads: À traiter\" to \"Lead qualification: To answer\"", Assert.Single(steps).Description);
        await crm.ProvisionAsync(fields, steps, default);
        Assert.Equal("Lead qualification: To answer", portal.Requests.Single(asked => asked.Method == "PUT").Value("listName"));
    }

    [Fact]
    public async Task A_refused_list_is_said_and_the_properties_are_made()
    {
        var portal = Portal("").On("POST", Properties + "/batch/create", """{"results":[]}""", 201)
            .On("POST", Lists, """{"category":"MISSING_SCOPES","context":{"requiredGranularScopes":["crm.lists.write"]}}""", 403);
        using var crm = portal.Client();
        FieldDefinition[] fields = [Answer(Language.English)];
        var refused = await crm.ProvisionAsync(fields, await crm.PlanProvisioningAsync(fields, default), default);
        Assert.Contains("crm.lists.write", Assert.Single(refused));
        Assert.Contains(portal.Requests, asked => asked.Path.EndsWith("/batch/create", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"byObjectType":[{"objectTypeId":"0-1","limit":10,"usage":10}]}""")]
    [InlineData("""{"byObjectType":[{"objectTypeId":"0-1","limit":1000,"usage":0}],"overallLimit":10,"overallUsage":"10"}""")]
    public async Task Where_there_is_too_little_room_nothing_is_created(string limits)
    {
        var portal = Portal("").On("GET", "/limits/2026-03/custom-properties", limits);
        using var crm = portal.Client();
        var fatal = await Assert.ThrowsAsync<FatalCrmException>(() => crm.PlanProvisioningAsync([Answer(Language.English)], default));
        Assert.Contains("room for 0 more", fatal.Message);
        Assert.Contains("--minimal", fatal.Advice);
        Assert.DoesNotContain(portal.Requests, asked => asked.Method is "PATCH" or "PUT" || asked.Path.EndsWith("/batch/create", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Lists_go_before_the_property_that_they_use_and_the_group_goes_last()
    {
        var portal = Portal(AnswerAsHubSpotKeepsIt)
            .On("POST", Lists + "/search", """{"lists":[{"listId":"1","name":"Lead qualification: Overdue"},{"listId":"9","name":"Lead qualification of another program"}]}""")
            .On("DELETE", Lists + "/1", _ => new HttpResponseMessage(System.Net.HttpStatusCode.NoContent))
            .On("DELETE", Properties + "/lq_answer", _ => new HttpResponseMessage(System.Net.HttpStatusCode.NoContent))
            .On("DELETE", "/groups/lead_qualification", "", 404);
        using var crm = portal.Client();
        var plan = await crm.PlanRemovalAsync(default);
        Assert.Null(plan.ByHand);
        await crm.RemoveAsync(plan.Steps, default);
        Assert.Equal(["/crm/lists/2026-03/1", $"/crm{Properties}/lq_answer", $"/crm{Properties}/groups/lead_qualification"], portal.Requests.Where(asked => asked.Method == "DELETE").Select(asked => asked.Path));
    }

    [Fact]
    public async Task A_property_that_something_uses_is_refused_with_the_place_to_look()
    {
        var portal = Portal(AnswerAsHubSpotKeepsIt).On("DELETE", Properties + "/lq_answer", """{"category":"VALIDATION_ERROR","message":"The property is used in a workflow"}""", 400);
        using var crm = portal.Client();
        var plan = await crm.PlanRemovalAsync(default);
        Assert.Contains("Used in", (await Assert.ThrowsAsync<FatalCrmException>(() => crm.RemoveAsync(plan.Steps, default))).Advice);
    }

    private const string AnswerAsHubSpotKeepsIt = """{"name":"lq_answer","label":"Sales answer","type":"enumeration","fieldType":"select","groupName":"lead_qualification"}""";

    private static FieldDefinition Answer(Language language)
    {
        var text = FieldTexts.Of(LeadField.Answer.Name);
        return new FieldDefinition(LeadField.Answer, text.Label.In(language), "", [.. text.Choices.Select(choice => new FieldOption(choice.Value, choice.Label.In(language)))]);
    }

    private static FakePortal Portal(string properties) => new FakePortal()
        .On("POST", Lists + "/search", """{"lists":[]}""")
        .On("GET", "/limits/2026-03/custom-properties", """{"byObjectType":[{"objectTypeId":"0-1","limit":1000,"usage":20}]}""")
        .On("GET", Properties, "{\"results\":[" + properties + "]}")
        .On("GET", Properties + "/groups/lead_qualification", """{"name":"lead_qualification","label":"Lead qualification"}""");
}
