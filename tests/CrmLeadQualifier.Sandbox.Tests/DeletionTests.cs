namespace CrmLeadQualifier.Sandbox.Tests;

public sealed class DeletionTests
{
    private const string Contacts = "/crm/objects/2026-03/contacts";

    [Fact]
    public async Task A_deleted_contact_is_in_the_bin_and_can_come_back()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = await sandbox.CreateAsync("contacts", new { email = "a@b.fr" });
        Assert.Equal(204, (await sandbox.PostAsync($"/__sandbox/people/contacts/{id}/delete", new { user = "2506672" })).Status);
        Assert.Equal(404, (await sandbox.GetAsync($"{Contacts}/{id}")).Status);
        Assert.Equal(id, (await sandbox.GetAsync(Contacts + "?archived=true"))["results"][0].GetProperty("id").GetString());
        Assert.Equal(204, (await sandbox.PostAsync($"/__sandbox/people/contacts/{id}/restore", new { user = "2506672" })).Status);
        Assert.Equal("a@b.fr", await sandbox.ValueAsync(id, "email"));
        await sandbox.AdvanceAsync("1m");
        Assert.Equal(1, (await sandbox.PostAsync(Contacts + "/search", new { }))["total"].GetInt32());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_is_deleted_for_privacy_is_nowhere_and_does_not_come_back(bool byEmail)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = await sandbox.CreateAsync("contacts", new { email = "a@b.fr" });
        await sandbox.PostAsync($"/__sandbox/people/contacts/{id}/activities", new { kind = "page_view", attributes = new { url = "https://x.fr/" } });
        await sandbox.PostAsync($"/__sandbox/people/contacts/{id}/activities", new { kind = "form_submission", attributes = new { form = "Demo" } });
        object erase = byEmail ? new { objectId = "a@b.fr", idProperty = "email" } : new { objectId = id };
        Assert.Equal(204, (await sandbox.PostAsync(Contacts + "/gdpr-delete", erase)).Status);
        Assert.Equal(404, (await sandbox.GetAsync($"{Contacts}/{id}")).Status);
        Assert.Empty((await sandbox.GetAsync(Contacts + "?archived=true"))["results"].EnumerateArray());
        Assert.Empty((await sandbox.GetAsync("/events/event-occurrences/2026-03?eventType=e_visited_page"))["results"].EnumerateArray());
        var form = (await sandbox.GetAsync("/marketing/v3/forms"))["results"][0].GetProperty("id").GetString();
        Assert.Empty((await sandbox.GetAsync($"/form-integrations/v1/submissions/forms/{form}"))["results"].EnumerateArray());
        Assert.Equal(400, (await sandbox.PostAsync(Contacts, new { properties = new { email = "A@b.fr" } })).Status);
    }

    [Fact]
    public async Task An_upsert_by_address_creates_and_updates_and_goes_by_no_other_property()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var known = await sandbox.CreateAsync("contacts", new { email = "a@b.fr" });
        var upserted = await sandbox.PostAsync(Contacts + "/batch/upsert", new
        {
            inputs = new[] { "A@b.fr", "c@d.fr" }.Select(id => new { id, idProperty = "email", properties = new { city = "Lyon" } }),
        });
        Assert.Equal(200, upserted.Status);
        Assert.Equal([false, true], upserted["results"].EnumerateArray().Select(row => row.GetProperty("new").GetBoolean()));
        Assert.Equal("Lyon", await sandbox.ValueAsync(known, "city"));
        Assert.Equal(400, (await sandbox.PostAsync(Contacts + "/batch/upsert",
            new { inputs = new[] { new { id = "x", idProperty = "city", properties = new { } } } })).Status);
    }
}
