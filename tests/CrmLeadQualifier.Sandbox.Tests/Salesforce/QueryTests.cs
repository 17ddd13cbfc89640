using System.Text.Json;
using CrmLeadQualifier.Sandbox.CommandLine;
using CrmLeadQualifier.Sandbox.Limits;

namespace CrmLeadQualifier.Sandbox.Tests.Salesforce;

public sealed class QueryTests
{
    private static readonly string[] Lines =
    [
        """{"id": "1", "attributes": {"email": "a@acme.fr", "first_name": "Ana", "last_name": "Roy", "company": "Acme", "employees": 120, "country": "France", "created_at": "2026-01-10T08:00:00Z", "owner_email": "claire.dubois@vendor.example", "interests": ["crm", "erp"]}}""",
        """{"id": "2", "attributes": {"email": "b@beta.fr", "last_name": "bel%o", "company": "Beta", "employees": 9, "created_at": "2026-11-22T08:00:00Z", "opted_out": true, "interests": ["crm"]}}""",
        """{"id": "3", "attributes": {"last_name": "O'Hara", "company": "Gamma", "country": "Spain", "created_at": "2026-11-23T08:00:00Z", "annual_revenue": 250000000}}""",
    ];

    private static Task<RunningOrg> StartAsync() =>
        RunningOrg.StartAsync(new SandboxOptions { Limits = LimitTier.Off, At = DateTimeOffset.Parse("2026-11-23T09:30:00Z"),
            IndexLag = TimeSpan.Zero }, Lines);

    [Theory]
    [InlineData("Country = 'FRANCE'", "Roy")]
    [InlineData("Country != 'France'", "bel%o O'Hara")]
    [InlineData("Country = null", "bel%o")]
    [InlineData("Country != null AND NumberOfEmployees >= 100", "Roy")]
    [InlineData("NumberOfEmployees < 100", "bel%o")]
    [InlineData("(NOT Country = 'France') AND (LastName LIKE 'o%' OR Email = null)", "O'Hara")]
    [InlineData("NOT (Country = 'France' OR Country = 'Spain')", "bel%o")]
    [InlineData("LastName LIKE '%\\%%'", "bel%o")]
    [InlineData("LastName = 'O\\'Hara'", "O'Hara")]
    [InlineData("Email IN ('a@acme.fr', 'B@BETA.FR')", "Roy bel%o")]
    [InlineData("Email NOT IN ('a@acme.fr')", "bel%o O'Hara")]
    [InlineData("HasOptedOutOfEmail = TRUE", "bel%o")]
    [InlineData("CreatedDate = TODAY", "O'Hara")]
    [InlineData("CreatedDate = YESTERDAY", "bel%o")]
    [InlineData("CreatedDate = LAST_N_DAYS:30", "bel%o O'Hara")]
    [InlineData("CreatedDate < THIS_MONTH", "Roy")]
    [InlineData("CreatedDate >= 2026-11-22T09:00:00+01:00", "bel%o O'Hara")]
    [InlineData("SystemModstamp > 2026-11-22T08:00:00Z", "O'Hara")]
    [InlineData("Owner.Name = 'Claire Dubois'", "Roy")]
    [InlineData("Owner.Type = 'Queue'", "bel%o O'Hara")]
    [InlineData("Interests__c INCLUDES ('crm;erp')", "Roy")]
    [InlineData("Interests__c EXCLUDES ('erp')", "bel%o O'Hara")]
    [InlineData("AnnualRevenue > EUR1000", "O'Hara")]
    [InlineData("Id IN (SELECT LeadId FROM LeadHistory WHERE Field = 'created')", "Roy bel%o O'Hara")]
    public async Task A_condition_finds(string condition, string names)
    {
        await using var org = await StartAsync();
        var rows = await org.RowsAsync($"SELECT LastName FROM Lead WHERE {condition} ORDER BY CreatedDate");
        Assert.Equal(names, string.Join(' ', rows.Select(row => row.GetProperty("LastName").GetString())));
    }

    [Theory]
    [InlineData("SELECT Foo FROM Lead", "INVALID_FIELD", "No such column 'Foo' on entity 'Lead'")]
    [InlineData("SELECT Id, Boss.Name FROM Lead", "INVALID_FIELD", "Didn't understand relationship 'Boss'")]
    [InlineData("SELECT Id FROM Prospect", "INVALID_TYPE", "sObject type 'Prospect' is not supported")]
    [InlineData("SELECT Id FROM Lead WHERE", "MALFORMED_QUERY", "unexpected token")]
    [InlineData("SELECT Id FROM Lead WHERE Country = 'a' AND City = 'b' OR City = 'c'", "MALFORMED_QUERY", "unexpected token: 'OR'")]
    [InlineData("SELECT Id FROM Lead WHERE Country = 'a' AND NOT City = 'b'", "MALFORMED_QUERY", "unexpected token: 'NOT'")]
    [InlineData("SELECT Id FROM Lead WHERE Country = \"a\"", "MALFORMED_QUERY", "no viable alternative")]
    [InlineData("SELECT Id FROM Lead WHERE CreatedDate > '2026-01-01T00:00:00Z'", "INVALID_FIELD",
        "must be of type dateTime and should not be enclosed in quotes")]
    [InlineData("SELECT Id FROM Lead WHERE CreatedDate > 2026-01-01", "INVALID_FIELD", "must be of type dateTime")]
    [InlineData("SELECT Id FROM Lead WHERE Country = 5", "INVALID_FIELD", "must be of type string and should be enclosed in quotes")]
    [InlineData("SELECT Id FROM Lead WHERE Id = 'xyz'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: xyz")]
    [InlineData("SELECT Id FROM Lead WHERE Description = 'x'", "INVALID_FIELD", "can not be filtered")]
    [InlineData("SELECT Id FROM Lead ORDER BY Description", "INVALID_FIELD", "can not be sorted")]
    [InlineData("SELECT Id, Id FROM Lead", "INVALID_FIELD", "duplicate field selected")]
    [InlineData("SELECT Id FROM Lead OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset")]
    [InlineData("SELECT Id FROM Lead WHERE CreatedDate = LAST_N_DAYS:999999999", "MALFORMED_QUERY", "unexpected token")]
    [InlineData("SELECT Id, COUNT(Id) FROM Lead", "MALFORMED_QUERY", "must be grouped")]
    [InlineData("SELECT toLabel(Status) FROM Lead", "MALFORMED_QUERY", "does not carry out")]
    [InlineData("SELECT FIELDS(ALL) FROM Lead", "MALFORMED_QUERY", "LIMIT")]
    public async Task A_query_that_is_wrong_is_told_why(string soql, string code, string message)
    {
        await using var org = await StartAsync();
        var refused = await org.QueryAsync(soql);
        Assert.Equal(400, refused.Status);
        Assert.Equal(code, refused.Json[0].GetProperty("errorCode").GetString());
        Assert.Contains(message, refused.Json[0].GetProperty("message").GetString());
    }

    [Fact]
    public async Task Rows_nest_their_parents_and_write_values_as_salesforce_does()
    {
        await using var org = await StartAsync();
        var row = (await org.RowsAsync(
            "SELECT Id, CreatedDate, NumberOfEmployees, AnnualRevenue, Owner.Name, Owner.Email, MasterRecord.Name FROM Lead ORDER BY CreatedDate DESC LIMIT 1"))[0];
        Assert.Equal(["attributes", "Id", "CreatedDate", "NumberOfEmployees", "AnnualRevenue", "Owner", "MasterRecord"], row.EnumerateObject()
            .Select(member => member.Name));
        Assert.Equal("2026-11-23T08:00:00.000+0000", row.GetProperty("CreatedDate").GetString());
        Assert.Equal("2.5E8", row.GetProperty("AnnualRevenue").GetRawText());
        Assert.Equal(JsonValueKind.Null, row.GetProperty("NumberOfEmployees").ValueKind);
        Assert.Equal(JsonValueKind.Null, row.GetProperty("MasterRecord").ValueKind);
        Assert.Equal("Name", row.GetProperty("Owner").GetProperty("attributes").GetProperty("type").GetString());
        Assert.Contains("/sobjects/Group/00G", row.GetProperty("Owner").GetProperty("attributes").GetProperty("url").GetString());
        Assert.Equal(18, row.GetProperty("Id").GetString()!.Length);
        var fifteen = row.GetProperty("Id").GetString()![..15];
        Assert.Single(await org.RowsAsync($"SELECT Id FROM Lead WHERE Id = '{fifteen}'"));
    }

    [Fact]
    public async Task Nulls_come_first_or_last_as_asked()
    {
        await using var org = await StartAsync();
        async Task<string> Order(string by) => string.Join(' ', (await org.RowsAsync("SELECT Country FROM Lead ORDER BY " + by))
            .Select(row => row.GetProperty("Country").GetString() ?? "-"));
        Assert.Equal("- France Spain", await Order("Country"));
        Assert.Equal("France Spain -", await Order("Country ASC NULLS LAST"));
        Assert.Equal("- Spain France", await Order("Country DESC"));
        Assert.Equal("Spain France -", await Order("Country DESC NULLS LAST"));
    }

    [Fact]
    public async Task Counts_and_groups()
    {
        await using var org = await StartAsync();
        var count = await org.QueryAsync("SELECT COUNT() FROM Lead WHERE Country != null");
        Assert.Equal("""{"totalSize":2,"done":true,"records":[]}""", count.Body);
        var groups = await org.RowsAsync("SELECT HasOptedOutOfEmail, COUNT(Id) n, MAX(NumberOfEmployees) FROM Lead GROUP BY HasOptedOutOfEmail");
        Assert.Equal("AggregateResult", groups[0].GetProperty("attributes").GetProperty("type").GetString());
        Assert.Equal([2, 1], groups.Select(group => group.GetProperty("n").GetInt32()));
        Assert.Equal([120, 9], groups.Select(group => group.GetProperty("expr0").GetInt32()));
    }

    [Fact]
    public async Task Pages_are_followed_by_their_url_and_may_be_smaller_than_asked()
    {
        await using var org = await RunningOrg.StartAsync(new SandboxOptions { Contacts = 1_500, Limits = LimitTier.Off });
        var page = await org.QueryAsync("SELECT Id FROM Lead ORDER BY SystemModstamp, Id", all: true, ("Sforce-Query-Options", "batchSize=250"));
        var total = page["totalSize"].GetInt32();
        var sizes = new List<int>();
        var ids = new HashSet<string>();
        while (true)
        {
            sizes.Add(page["records"].GetArrayLength());
            ids.UnionWith(page["records"].EnumerateArray().Select(row => row.GetProperty("Id").GetString()!));
            if (page["done"].GetBoolean())
                break;
            var next = page["nextRecordsUrl"].GetString()!;
            Assert.StartsWith("/services/data/v66.0/query/0r8", next);
            var again = await org.SendAsync("GET", next);
            page = await org.SendAsync("GET", next);
            Assert.Equal(again["totalSize"].GetInt32(), page["totalSize"].GetInt32());
        }
        Assert.False(page.Json.TryGetProperty("nextRecordsUrl", out _));
        Assert.Equal(total, ids.Count);
        Assert.All(sizes, size => Assert.InRange(size, 1, 250));
        Assert.Contains(sizes.SkipLast(1), size => size < 250);
        var unknown = await org.SendAsync("GET", "/services/data/v66.0/query/0r8xx5d20000zzzzAA-250");
        Assert.Equal("INVALID_QUERY_LOCATOR", unknown.Json[0].GetProperty("errorCode").GetString());
    }

    [Fact]
    public async Task Deleted_records_come_from_queryAll_only()
    {
        await using var org = await StartAsync();
        var id = (await org.RowsAsync("SELECT Id FROM Lead LIMIT 1"))[0].GetProperty("Id").GetString()!;
        Assert.Equal(204, (await org.SendAsync("DELETE", $"{RunningOrg.Data}/sobjects/Lead/{id}")).Status);
        Assert.Equal(2, (await org.RowsAsync("SELECT Id FROM Lead")).Length);
        Assert.Equal(id, (await org.RowsAsync("SELECT Id FROM Lead WHERE IsDeleted = true", all: true)).Single().GetProperty("Id").GetString());
        var gone = await org.PatchAsync("Lead", id, new { City = "Paris" });
        Assert.Equal(404, gone.Status);
        Assert.Equal("ENTITY_IS_DELETED", gone.Json[0].GetProperty("errorCode").GetString());
    }

    [Fact]
    public async Task Old_closed_tasks_are_archived_and_come_from_queryAll_only()
    {
        await using var org = await RunningOrg.StartAsync(new SandboxOptions { Limits = LimitTier.Off,
            At = DateTimeOffset.Parse("2026-11-23T09:30:00Z") },
            """{"id": "1", "attributes": {"last_name": "Roy", "created_at": "2024-01-01T00:00:00Z"}, "activities": [{"kind": "call", "at": "2025-01-10T08:00:00Z"}, {"kind": "call", "at": "2026-10-10T08:00:00Z"}]}""");
        Assert.Single(await org.RowsAsync("SELECT Id FROM Task"));
        Assert.Equal(2, (await org.RowsAsync("SELECT Id FROM Task", all: true)).Length);
        Assert.Single(await org.RowsAsync("SELECT Id FROM Task WHERE IsArchived = true", all: true));
    }

    [Theory]
    [InlineData("COUNT(Id) > 1", "Web")]
    [InlineData("COUNT(Id) > 0 AND LeadSource LIKE 'O%'", "Other")]
    [InlineData("NOT LeadSource = 'Web'", "Other")]
    [InlineData("SUM(AnnualRevenue) >= 30", "Web")]
    public async Task Having_chooses_groups(string having, string source)
    {
        await using var org = await RunningOrg.StartAsync();
        foreach (var (from, revenue) in new[] { ("Web", 10), ("Web", 20), ("Other", 5) })
            await org.CreateAsync("Lead", new { LastName = "Roy", Company = "Acme", LeadSource = from, AnnualRevenue = revenue });
        var rows = await org.RowsAsync("SELECT LeadSource, COUNT(Id) FROM Lead GROUP BY LeadSource HAVING " + having);
        Assert.Equal(source, Assert.Single(rows).GetProperty("LeadSource").GetString());
    }
}
