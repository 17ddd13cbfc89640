using System.Text.Json;
using CrmLeadQualifier.Sandbox.CommandLine;
using CrmLeadQualifier.Sandbox.Limits;

namespace CrmLeadQualifier.Sandbox.Tests;

public sealed class MadeUpPeopleTests
{
    private static SandboxOptions People(int seed) => new() { Contacts = 100, Seed = seed, Limits = LimitTier.Off,
        At = DateTimeOffset.Parse("2026-11-23T09:30:00Z") };

    private static async Task<string> PageAsync(RunningSandbox sandbox) =>
        (await sandbox.GetAsync("/crm/objects/2026-03/contacts?limit=100&properties=email,firstname,lastname,jobtitle,company,country,lifecyclestage,hubspot_owner_id,associatedcompanyid")).Body;

    [Fact]
    public async Task The_same_seed_makes_the_same_people_and_another_one_others()
    {
        await using var first = await RunningSandbox.StartAsync(People(7));
        await using var again = await RunningSandbox.StartAsync(People(7));
        await using var other = await RunningSandbox.StartAsync(People(8));
        Assert.Equal(await PageAsync(first), await PageAsync(again));
        Assert.NotEqual(await PageAsync(first), await PageAsync(other));
    }

    [Fact]
    public async Task Who_was_answered_shows_what_sales_said_by_whom_and_when_once_the_fields_are_there()
    {
        await using var sandbox = await RunningSandbox.StartAsync(People(7) with { Contacts = 0, Answered = 90 });
        foreach (var name in new[] { "lq_verdict", "lq_rejection_reason" })
            await sandbox.PostAsync("/crm/properties/2026-03/contacts", new
            {
                name, label = name, type = "enumeration", fieldType = "select", groupName = "contactinformation",
                options = new[] { "qualified", "rejected", "not_target" }.Select((value, at) => new { value, label = value, displayOrder = at, hidden = false }),
            });
        var contacts = JsonDocument.Parse((await sandbox.GetAsync("/crm/objects/2026-03/contacts?limit=50&properties=associatedcompanyid&propertiesWithHistory=lq_verdict,lq_rejection_reason")).Body)
            .RootElement.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(50, contacts.Count);
        var small = new List<string>();
        var others = new List<string>();
        foreach (var contact in contacts)
        {
            var said = contact.GetProperty("propertiesWithHistory").GetProperty("lq_verdict")[0];
            Assert.Equal("CRM_UI", said.GetProperty("sourceType").GetString());
            Assert.InRange(said.GetProperty("timestamp").GetDateTimeOffset(), DateTimeOffset.Parse("2025-11-01T00:00:00Z"), DateTimeOffset.Parse("2026-11-20T00:00:00Z"));
            var company = JsonDocument.Parse((await sandbox.GetAsync(
                $"/crm/objects/2026-03/companies/{contact.GetProperty("properties").GetProperty("associatedcompanyid").GetString()}?properties=numberofemployees")).Body).RootElement;
            var employees = int.Parse(company.GetProperty("properties").GetProperty("numberofemployees").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
            (employees < 50 ? small : others).Add(said.GetProperty("value").GetString()!);
        }
        Assert.True(small.Count > 5);
        Assert.True(small.Count(verdict => verdict == "rejected") >= 0.8 * small.Count);
        Assert.True(others.Count(verdict => verdict == "qualified") >= 0.4 * others.Count);
    }

    [Fact]
    public async Task They_are_as_varied_as_a_portals()
    {
        await using var sandbox = await RunningSandbox.StartAsync(People(7) with { Contacts = 600 });
        async Task<int> CountAsync(string property, string @operator, string? value = null) => (await sandbox.PostAsync(
            "/crm/objects/2026-03/contacts/search",
            new { limit = 1, filterGroups = new[] { new { filters = new[] { new { propertyName = property, @operator, value } } } } }))["total"].GetInt32();
        Assert.InRange(await CountAsync("email", "NOT_HAS_PROPERTY"), 6, 60);
        Assert.InRange(await CountAsync("lifecyclestage", "EQ", "customer"), 5, 60);
        Assert.InRange(await CountAsync("jobtitle", "CONTAINS_TOKEN", "étudiant"), 2, 60);
        Assert.InRange(await CountAsync("jobtitle", "CONTAINS_TOKEN", "student"), 2, 60);
        Assert.InRange(await CountAsync("hs_email_domain", "EQ", "gmail.com"), 3, 60);
        Assert.InRange(await CountAsync("hs_email_domain", "EQ", "rival.com") + await CountAsync("hs_email_domain", "EQ", "concurrent.fr"), 3, 60);
        Assert.InRange(await CountAsync("recent_conversion_event_name", "CONTAINS_TOKEN", "*démo*"), 10, 200);
        Assert.InRange(await CountAsync("hs_language", "EQ", "fr"), 200, 500);
        Assert.InRange(await CountAsync("hubspot_owner_id", "HAS_PROPERTY"), 200, 590);
        foreach (var type in new[] { "companies", "deals", "calls", "emails", "meetings", "notes", "tasks" })
            Assert.True((await sandbox.PostAsync($"/crm/objects/2026-03/{type}/search", new { limit = 1 }))["total"].GetInt32() > 0, type);
    }
}
