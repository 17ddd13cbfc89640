using System.Text.Json;

namespace CrmLeadQualifier.Sandbox.Tests;

public sealed class PropertyTests
{
    private const string Path = "/crm/properties/2026-03/contacts";

    private static object Text(string name) => new { name, label = name, type = "string", fieldType = "text", groupName = "lead_qualification" };

    private static async Task<RunningSandbox> WithGroupAsync()
    {
        var sandbox = await RunningSandbox.StartAsync();
        Assert.Equal(404, (await sandbox.GetAsync(Path + "/groups/lead_qualification")).Status);
        Assert.Equal(201, (await sandbox.PostAsync(Path + "/groups", new { name = "lead_qualification", label = "Lead qualification" })).Status);
        Assert.Equal(409, (await sandbox.PostAsync(Path + "/groups", new { name = "lead_qualification", label = "Lead qualification" })).Status);
        return sandbox;
    }

    [Fact]
    public async Task Existing_properties_of_a_batch_fail_alone()
    {
        await using var sandbox = await WithGroupAsync();
        Assert.Equal(201, (await sandbox.PostAsync(Path + "/batch/create", new { inputs = new[] { Text("lq_grade") } })).Status);
        var partial = await sandbox.PostAsync(Path + "/batch/create", new { inputs = new[] { Text("lq_grade"), Text("lq_reasons") } });
        Assert.Equal(207, partial.Status);
        Assert.Equal("lq_reasons", Assert.Single(partial["results"].EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal("Properties.PROPERTY_WITH_NAME_EXISTS", partial["errors"][0].GetProperty("subCategory").GetString());
        Assert.Equal(409, (await sandbox.PostAsync(Path, Text("lq_grade"))).Status);
    }

    [Theory]
    [InlineData("""{"name":"LQ","label":"x","type":"string","fieldType":"text","groupName":"lead_qualification"}""")]
    [InlineData("""{"name":"x","type":"string","fieldType":"text","groupName":"lead_qualification"}""")]
    [InlineData("""{"name":"x","label":"x","type":"text","fieldType":"text","groupName":"lead_qualification"}""")]
    [InlineData("""{"name":"x","label":"x","type":"number","fieldType":"text","groupName":"lead_qualification"}""")]
    [InlineData("""{"name":"x","label":"x","type":"datetime","fieldType":"text","groupName":"lead_qualification"}""")]
    [InlineData("""{"name":"x","label":"x","type":"string","fieldType":"text","groupName":"nowhere"}""")]
    [InlineData("""{"name":"x","label":"x","type":"enumeration","fieldType":"select","groupName":"lead_qualification"}""")]
    [InlineData("""{"name":"x","label":"x","type":"string","fieldType":"text","groupName":"lead_qualification","options":[{"label":"a","value":"a"}]}""")]
    [InlineData("""{"name":"x","label":"x","type":"enumeration","fieldType":"select","groupName":"lead_qualification","options":[{"label":"a","value":"a"},{"label":"b","value":"a"}]}""")]
    [InlineData("""{"name":"x","label":"x","type":"bool","fieldType":"booleancheckbox","groupName":"lead_qualification"}""")]
    public async Task A_property_that_hubspot_would_not_take_is_refused_and_so_is_its_batch(string input)
    {
        await using var sandbox = await WithGroupAsync();
        Assert.Equal(400, (await sandbox.PostAsync(Path, input)).Status);
        Assert.Equal(400, (await sandbox.PostAsync(Path + "/batch/create", $$"""{"inputs":[{{JsonSerializer.Serialize(Text("lq_grade"))}},{{input}}]}""")).Status);
        Assert.Equal(404, (await sandbox.GetAsync(Path + "/lq_grade")).Status);
    }

    [Fact]
    public async Task Changed_options_replace_the_old_ones()
    {
        await using var sandbox = await WithGroupAsync();
        object[] options = [new { label = "A", value = "a" }, new { label = "B", value = "b", displayOrder = 1 }];
        await sandbox.PostAsync(Path, new { name = "lq_stage", label = "Stage", type = "enumeration", fieldType = "select",
            groupName = "lead_qualification", options });
        var created = (await sandbox.GetAsync(Path + "/lq_stage"))["options"].EnumerateArray().ToList();
        Assert.Equal([2, 1], created.Select(option => option.GetProperty("displayOrder").GetInt32()));
        var id = await sandbox.CreateAsync("contacts", new { lq_stage = "a" });
        Assert.Equal(200, (await sandbox.PatchAsync(Path + "/lq_stage", new { options = new[] { new { label = "C", value = "c" } } })).Status);
        Assert.Equal(400, (await sandbox.UpdateAsync(id, new { lq_stage = "b" })).Status);
        Assert.Equal(200, (await sandbox.UpdateAsync(id, new { lq_stage = "c" })).Status);
    }

    [Fact]
    public async Task An_archived_property_takes_its_values_with_it()
    {
        await using var sandbox = await WithGroupAsync();
        await sandbox.PostAsync(Path, Text("lq_grade"));
        var id = await sandbox.CreateAsync("contacts", new { lq_grade = "A1" });
        Assert.Equal(204, (await sandbox.SendAsync(HttpMethod.Delete, Path + "/lq_grade")).Status);
        Assert.Equal(400, (await sandbox.UpdateAsync(id, new { lq_grade = "A1" })).Status);
        await sandbox.PostAsync(Path, Text("lq_grade"));
        Assert.Null(await sandbox.ValueAsync(id, "lq_grade"));
    }

    [Fact]
    public async Task Hubspots_own_properties_stay()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        Assert.Equal(400, (await sandbox.SendAsync(HttpMethod.Delete, Path + "/email")).Status);
        Assert.Equal(400, (await sandbox.PatchAsync(Path + "/email", new { type = "number", fieldType = "number" })).Status);
    }
}
