using System.Text.Json;

namespace CrmLeadQualifier.Sandbox.Tests;

public sealed class AssociationTests
{
    private static object Pair(string from, string to) => new { from = new { id = from }, to = new { id = to } };

    [Fact]
    public async Task The_first_company_is_the_primary_one_and_its_id_is_on_the_contact()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var contact = await sandbox.CreateAsync("contacts", new { email = "a@b.fr" });
        var first = await sandbox.CreateAsync("companies", new { name = "First" });
        var second = await sandbox.CreateAsync("companies", new { name = "Second" });
        var created = await sandbox.PostAsync("/crm/associations/2026-03/0-1/0-2/batch/create",
            new { inputs = new[] { Pair(contact, first), Pair(contact, second) } });
        Assert.Equal(201, created.Status);
        Assert.Equal(first, await sandbox.ValueAsync(contact, "associatedcompanyid"));
        var links = (await sandbox.PostAsync("/crm/v4/associations/Contact/Company/batch/read",
            new { inputs = new[] { new { id = contact } } }))["results"][0].GetProperty("to").EnumerateArray().ToList();
        Assert.Equal([1, 279], links[0].GetProperty("associationTypes").EnumerateArray().Select(type => type.GetProperty("typeId").GetInt32()));
        Assert.Equal([279], links[1].GetProperty("associationTypes").EnumerateArray().Select(type => type.GetProperty("typeId").GetInt32()));
        Assert.Equal(JsonValueKind.Number, links[0].GetProperty("toObjectId").ValueKind);

        object primary = new { from = new { id = contact }, to = new { id = second },
            types = new[] { new { associationCategory = "HUBSPOT_DEFINED", associationTypeId = 1 } } };
        await sandbox.PostAsync("/crm/associations/2026-03/contacts/companies/batch/create", new { inputs = new[] { primary } });
        Assert.Equal(second, await sandbox.ValueAsync(contact, "associatedcompanyid"));
    }

    [Fact]
    public async Task A_record_without_partners_is_an_error_of_its_row()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var contact = await sandbox.CreateAsync("contacts", new { email = "a@b.fr" });
        var read = await sandbox.PostAsync("/crm/associations/2026-03/contacts/companies/batch/read", new { inputs = new[] { new { id = contact } } });
        Assert.Equal(207, read.Status);
        Assert.Empty(read["results"].EnumerateArray());
        Assert.Equal("crm.associations.NO_ASSOCIATIONS_FOUND", read["errors"][0].GetProperty("subCategory").GetString());
        Assert.Equal($"No company is associated with contact {contact}.", read["errors"][0].GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_record_with_many_partners_has_pages_of_its_own()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var company = await sandbox.CreateAsync("companies", new { name = "Big" });
        var contacts = new List<string>();
        for (var batch = 0; batch < 6; batch++)
        {
            var created = await sandbox.PostAsync("/crm/objects/2026-03/contacts/batch/create",
                new { inputs = Enumerable.Range(0, 100).Select(_ => new { properties = new { } }) });
            contacts.AddRange(created["results"].EnumerateArray().Select(contact => contact.GetProperty("id").GetString()!));
        }
        await sandbox.PostAsync("/crm/associations/2026-03/companies/contacts/batch/create",
            new { inputs = contacts.Select(contact => Pair(company, contact)) });
        var seen = new HashSet<long>();
        string? after = null;
        do
        {
            var row = (await sandbox.PostAsync("/crm/associations/2026-03/companies/contacts/batch/read",
                new { inputs = new[] { new { id = company, after } } }))["results"][0];
            Assert.True(row.GetProperty("to").GetArrayLength() <= 500);
            foreach (var link in row.GetProperty("to").EnumerateArray())
                Assert.True(seen.Add(link.GetProperty("toObjectId").GetInt64()));
            after = row.TryGetProperty("paging", out var paging) ? paging.GetProperty("next").GetProperty("after").GetString() : null;
        }
        while (after is not null);
        Assert.Equal(600, seen.Count);
    }

    [Fact]
    public async Task Bad_pairs_fail_alone()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var contact = await sandbox.CreateAsync("contacts", new { email = "a@b.fr" });
        var tried = await sandbox.PostAsync("/crm/associations/2026-03/0-1/0-1/batch/create",
            new { inputs = new[] { Pair(contact, "nobody"), Pair(contact, contact), Pair(contact, "1234") } });
        Assert.Equal(207, tried.Status);
        Assert.Equal(3, tried["numErrors"].GetInt32());
        Assert.Equal("crm.associations.INVALID_IDENTIFIER", tried["errors"][0].GetProperty("subCategory").GetString());
        Assert.Equal("CONTACT=1234 is not valid", tried["errors"][2].GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_removed_primary_company_leaves_the_contact()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var contact = await sandbox.CreateAsync("contacts", new { email = "a@b.fr" });
        var company = await sandbox.CreateAsync("companies", new { name = "First" });
        await sandbox.PostAsync("/crm/associations/2026-03/0-1/0-2/batch/create", new { inputs = new[] { Pair(contact, company) } });
        var archived = await sandbox.PostAsync("/crm/v4/associations/contacts/companies/batch/archive",
            new { inputs = new[] { new { from = new { id = contact }, to = new[] { new { id = company } } } } });
        Assert.Equal(204, archived.Status);
        Assert.Equal("", await sandbox.ValueAsync(contact, "associatedcompanyid"));
        Assert.Equal(400, (await sandbox.PostAsync("/crm/associations/2026-03/contacts/companies/batch/read",
            new { inputs = Enumerable.Range(1, 1_001).Select(id => new { id }) })).Status);
    }
}
