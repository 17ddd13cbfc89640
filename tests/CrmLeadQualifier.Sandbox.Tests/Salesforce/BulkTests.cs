using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.CommandLine;
using CrmLeadQualifier.Sandbox.Limits;

namespace CrmLeadQualifier.Sandbox.Tests.Salesforce;

public sealed class BulkTests
{
    private const string Jobs = RunningOrg.Data + "/jobs";

    private static async Task<(RunningOrg Org, string[] Leads)> WithLeadsAsync(int count, string faults = "")
    {
        var org = await RunningOrg.StartAsync(new SandboxOptions { Contacts = 0, Limits = LimitTier.Off, IndexLag = TimeSpan.Zero });
        await org.ProvisionAsync();
        var leads = new List<string>();
        foreach (var chunk in Enumerable.Range(1, count).Chunk(200))
        {
            var made = await org.SendAsync("POST", RunningOrg.Data + "/composite/sobjects", new
            {
                allOrNone = false, records = chunk.Select(number => new { attributes = new { type = "Lead" }, LastName = $"Person \"{number}\"", Company = "Acme, Inc." }),
            }, ("Sforce-Auto-Assign", "FALSE"));
            leads.AddRange(made.Json.EnumerateArray().Select(row => row.GetProperty("id").GetString()!));
        }
        if (faults.Length > 0)
            await org.ControlAsync("faults", new { faults });
        return (org, [.. leads]);
    }

    private static Task<Reply> AskAsync(RunningOrg org, string query, string operation = "query") =>
        org.SendAsync("POST", Jobs + "/query", new { operation, query });

    private static async Task<Reply> UploadAsync(RunningOrg org, string id, string csv)
    {
        using var content = new StringContent(csv, Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        using var response = await org.Http.PutAsync($"{Jobs}/ingest/{id}/batches", content);
        return new Reply((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers);
    }

    private static async Task<string> BeginAsync(RunningOrg org, string csv, string operation = "update", string type = "Lead")
    {
        var job = await org.SendAsync("POST", Jobs + "/ingest", new Dictionary<string, string> { ["object"] = type, ["operation"] = operation });
        Assert.Equal("Open", job["state"].GetString());
        var id = job["id"].GetString()!;
        Assert.Equal(201, (await UploadAsync(org, id, csv)).Status);
        Assert.Equal("UploadComplete", (await org.SendAsync("PATCH", $"{Jobs}/ingest/{id}", new { state = "UploadComplete" }))["state"].GetString());
        return id;
    }

    private static async Task<(string State, int Processed, int Failed)> StateAsync(RunningOrg org, string id)
    {
        var job = await org.SendAsync("GET", $"{Jobs}/ingest/{id}");
        return (job["state"].GetString()!, job["numberRecordsProcessed"].GetInt32(), job["numberRecordsFailed"].GetInt32());
    }

    private static async Task<string[]> LinesAsync(RunningOrg org, string id, string which) =>
        (await org.SendAsync("GET", $"{Jobs}/ingest/{id}/{which}")).Body.TrimEnd('\n').Split('\n');

    [Fact]
    public async Task A_query_job_goes_through_its_states_and_gives_its_rows_page_by_page()
    {
        var (org, leads) = await WithLeadsAsync(5);
        await using var _ = org;
        var job = await AskAsync(org, "SELECT Id, LastName, Owner.Alias, SystemModstamp, Email FROM Lead");
        Assert.Equal(("UploadComplete", "Lead", 66.0), (job["state"].GetString(), job["object"].GetString(), job["apiVersion"].GetDouble()));
        var id = job["id"].GetString();
        Assert.Equal("INVALIDJOBSTATE", (await org.SendAsync("GET", $"{Jobs}/query/{id}/results")).Json[0].GetProperty("errorCode").GetString());
        await org.AdvanceAsync("700ms");
        Assert.Equal("InProgress", (await org.SendAsync("GET", $"{Jobs}/query/{id}"))["state"].GetString());
        await org.AdvanceAsync("1s");
        var done = await org.SendAsync("GET", $"{Jobs}/query/{id}");
        Assert.Equal(("JobComplete", 5), (done["state"].GetString(), done["numberRecordsProcessed"].GetInt32()));

        var first = await org.SendAsync("GET", $"{Jobs}/query/{id}/results?maxRecords=3");
        var lines = first.Body.TrimEnd('\n').Split('\n');
        Assert.Equal("\"Id\",\"LastName\",\"Owner.Alias\",\"SystemModstamp\",\"Email\"", lines[0]);
        Assert.Matches($"^\"{leads[0]}\",\"Person \"\"1\"\"\",\"integrat\",\"[0-9-]{{10}}T[0-9:]{{8}}\\.000Z\",\"\"$", lines[1]);
        Assert.Equal((4, "3"), (lines.Length, first.Header("Sforce-NumberOfRecords")));
        for (var again = 0; again < 2; again++)
        {
            var rest = await org.SendAsync("GET", $"{Jobs}/query/{id}/results?maxRecords=3&locator={first.Header("Sforce-Locator")}");
            Assert.Equal((3, "null"), (rest.Body.TrimEnd('\n').Split('\n').Length, rest.Header("Sforce-Locator")));
        }
        Assert.Equal(409, (await org.SendAsync("GET", $"/services/data/v65.0/jobs/query/{id}/results")).Status);
        Assert.Equal(400, (await org.SendAsync("GET", $"{Jobs}/query/{id}/results?locator=nothing")).Status);
        await org.AdvanceAsync("8d");
        await org.SignInAsync();
        Assert.Equal(404, (await org.SendAsync("GET", $"{Jobs}/query/{id}")).Status);
    }

    [Fact]
    public async Task A_query_job_reads_as_of_the_instant_at_which_it_runs()
    {
        var (org, leads) = await WithLeadsAsync(2);
        await using var _ = org;
        var id = (await AskAsync(org, "SELECT Id, LastName, IsDeleted FROM Lead", "queryAll"))["id"].GetString();
        await org.SendAsync("DELETE", $"{RunningOrg.Data}/sobjects/Lead/{leads[1]}");
        await org.AdvanceAsync("700ms");
        await org.PatchAsync("Lead", leads[0], new { LastName = "Later" });
        await org.AdvanceAsync("5s");
        var rows = (await org.SendAsync("GET", $"{Jobs}/query/{id}/results")).Body.Split('\n');
        Assert.DoesNotContain("Later", rows[1]);
        Assert.EndsWith("\"true\"", rows[2]);
    }

    [Theory]
    [InlineData("SELECT Status, COUNT(Id) FROM Lead GROUP BY Status", "API_ERROR")]
    [InlineData("SELECT COUNT() FROM Lead", "API_ERROR")]
    [InlineData("SELECT Id FROM Lead ORDER BY Id LIMIT 5 OFFSET 5", "API_ERROR")]
    [InlineData("SELECT Name, (SELECT LastName FROM Contacts) FROM Account", "API_ERROR")]
    [InlineData("SELECT TYPEOF Who WHEN Lead THEN Company END FROM Task", "API_ERROR")]
    [InlineData("SELECT Id FROM TaskWhoRelation", "INVALIDENTITY")]
    [InlineData("SELECT Nothing__c FROM Lead", "INVALID_FIELD")]
    [InlineData("SELECT Id FROM", "MALFORMED_QUERY")]
    public async Task What_bulk_does_not_do_is_refused_when_the_job_is_made(string query, string code)
    {
        await using var org = await RunningOrg.StartAsync();
        var refused = await AskAsync(org, query);
        Assert.Equal((400, code), (refused.Status, refused.Json[0].GetProperty("errorCode").GetString()));
    }

    [Fact]
    public async Task An_ingest_job_saves_row_by_row_in_its_time()
    {
        var (org, leads) = await WithLeadsAsync(450);
        await using var _ = org;
        await org.PatchAsync("Lead", leads[1], new { LQ_Grade__c = "B", LQ_Score__c = 3 });
        var csv = "Id,LQ_Score__c,LQ_Grade__c\n" + string.Join('\n', leads.Select((lead, at) => at == 1 ? $"{lead},,#N/A" : at == 2 ? $"{lead},many," : $"{lead},{at},A"));
        var id = await BeginAsync(org, csv);
        Assert.Equal(("UploadComplete", 0, 0), await StateAsync(org, id));
        await org.AdvanceAsync("1100ms");
        var (state, processed, _) = await StateAsync(org, id);
        Assert.Equal("InProgress", state);
        Assert.InRange(processed, 0, 400);
        await org.AdvanceAsync("2s");
        Assert.Equal(("JobComplete", 450, 1), await StateAsync(org, id));

        var saved = await LinesAsync(org, id, "successfulResults");
        Assert.Equal((450, "\"sf__Id\",\"sf__Created\",\"Id\",\"LQ_Score__c\",\"LQ_Grade__c\""), (saved.Length, saved[0]));
        Assert.NotEqual(leads.Where((_, at) => at != 2), saved.Skip(1).Select(line => line[1..19]));
        var failed = await LinesAsync(org, id, "failedResults");
        Assert.StartsWith($"\"{leads[2]}\",\"INVALID_TYPE_ON_FIELD_IN_RECORD:", failed[1].Replace("\"\",", $"\"{leads[2]}\","));
        Assert.Single(await LinesAsync(org, id, "unprocessedrecords"));
        var row = (await org.RowsAsync($"SELECT LQ_Score__c, LQ_Grade__c FROM Lead WHERE Id = '{leads[1]}'"))[0];
        Assert.Equal(("3.0", JsonValueKind.Null), (row.GetProperty("LQ_Score__c").GetRawText(), row.GetProperty("LQ_Grade__c").ValueKind));
    }

    [Theory]
    [InlineData("Id,Nothing__c\n{0},1\n", "InvalidBatch : Field name not found : Nothing__c")]
    [InlineData("Id,LQ_Score__c\r\n{0},1\r\n", "ClientInputError : LineEnding is invalid")]
    [InlineData("Id,LQ_Score__c\n{0},1,2\n", "InvalidBatch : A row has 3 values")]
    [InlineData("Id,LQ_Score__c\n{0},\"1\n", "ClientInputError : Error parsing CSV content")]
    public async Task An_upload_that_cannot_be_read_fails_the_job(string csv, string error)
    {
        var (org, leads) = await WithLeadsAsync(1);
        await using var _ = org;
        var id = await BeginAsync(org, csv.Replace("{0}", leads[0]));
        await org.AdvanceAsync("5s");
        var job = await org.SendAsync("GET", $"{Jobs}/ingest/{id}");
        Assert.Equal("Failed", job["state"].GetString());
        Assert.StartsWith(error, job["errorMessage"].GetString());
    }

    [Fact]
    public async Task Nothing_is_processed_before_the_upload_is_closed_and_it_is_closed_once()
    {
        var (org, leads) = await WithLeadsAsync(1);
        await using var _ = org;
        var id = (await org.SendAsync("POST", Jobs + "/ingest", new { @object = "Lead", operation = "update" }))["id"].GetString()!;
        await UploadAsync(org, id, $"Id,LQ_Score__c\n{leads[0]},1\n");
        Assert.Equal(400, (await UploadAsync(org, id, "Id\n")).Status);
        await org.AdvanceAsync("1h");
        Assert.Equal(("Open", 0, 0), await StateAsync(org, id));
        Assert.Equal(400, (await org.SendAsync("DELETE", $"{Jobs}/ingest/{id}")).Status);
        await org.SendAsync("PATCH", $"{Jobs}/ingest/{id}", new { state = "UploadComplete" });
        Assert.Equal(400, (await org.SendAsync("PATCH", $"{Jobs}/ingest/{id}", new { state = "UploadComplete" })).Status);
    }

    [Fact]
    public async Task An_aborted_job_leaves_the_rest_unprocessed()
    {
        var (org, leads) = await WithLeadsAsync(600, "slow-chunks=8");
        await using var _ = org;
        var id = await BeginAsync(org, "Id,LQ_Score__c\n" + string.Join('\n', leads.Select(lead => lead + ",1")));
        await org.AdvanceAsync("18s");
        Assert.Equal(("InProgress", 400, 0), await StateAsync(org, id));
        await org.SendAsync("PATCH", $"{Jobs}/ingest/{id}", new { state = "Aborted" });
        Assert.Equal(201, (await LinesAsync(org, id, "unprocessedrecords")).Length);
        Assert.Equal(401, (await LinesAsync(org, id, "successfulResults")).Length);
    }

    [Fact]
    public async Task A_job_that_stops_for_good_has_unprocessed_rows()
    {
        var (org, leads) = await WithLeadsAsync(450, "job-stops=200");
        await using var _ = org;
        var id = await BeginAsync(org, "Id,LQ_Score__c\n" + string.Join('\n', leads.Select(lead => lead + ",1")));
        await org.AdvanceAsync("1m");
        Assert.Equal(("Failed", 200, 0), await StateAsync(org, id));
        Assert.Equal(251, (await LinesAsync(org, id, "unprocessedrecords")).Length);
    }

    [Fact]
    public async Task Ten_thousand_rows_that_take_over_ten_minutes_are_given_up()
    {
        var (org, leads) = await WithLeadsAsync(600, "slow-chunks=250");
        await using var _ = org;
        var id = await BeginAsync(org, "Id,LQ_Score__c\n" + string.Join('\n', leads.Select(lead => lead + ",1")));
        await org.AdvanceAsync("1h");
        Assert.Equal(("Failed", 400, 0), await StateAsync(org, id));
    }

    [Fact]
    public async Task A_chunk_over_the_limit_of_cpu_time_fails_whole_in_a_job_and_in_a_collection()
    {
        var (org, leads) = await WithLeadsAsync(60, "cpu-limit=50");
        await using var _ = org;
        object Row(string lead) => new { attributes = new { type = "Lead" }, id = lead, LQ_Score__c = 1 };
        var refused = await org.CollectAsync([.. leads.Select(Row)]);
        Assert.All(refused.Json.EnumerateArray(), row => Assert.Equal("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", row.GetProperty("errors")[0].GetProperty("statusCode").GetString()));
        Assert.All((await org.CollectAsync([.. leads.Take(50).Select(Row)])).Json.EnumerateArray(), row => Assert.True(row.GetProperty("success").GetBoolean()));
        var id = await BeginAsync(org, "Id,LQ_Score__c\n" + string.Join('\n', leads.Select(lead => lead + ",1")));
        await org.AdvanceAsync("1m");
        Assert.Equal(("JobComplete", 60, 60), await StateAsync(org, id));
    }

    [Fact]
    public async Task Contacts_of_one_account_in_neighbouring_chunks_lock_each_other_out()
    {
        await using var org = await RunningOrg.StartAsync();
        var account = await org.CreateAsync("Account", new { Name = "Acme" });
        var csv = "LastName,AccountId\n" + string.Join('\n', Enumerable.Range(0, 201).Select(number => $"P{number},{account}"));
        var made = await BeginAsync(org, csv, "insert", "Contact");
        await org.AdvanceAsync("1m");
        Assert.Equal(("JobComplete", 201, 0), await StateAsync(org, made));
        var contacts = (await org.RowsAsync("SELECT Id FROM Contact")).Select(row => row.GetProperty("Id").GetString());
        await org.ControlAsync("faults", new { faults = "sibling-locks" });
        var id = await BeginAsync(org, "Id,Title\n" + string.Join('\n', contacts.Select(contact => contact + ",Buyer")), type: "Contact");
        await org.AdvanceAsync("1m");
        Assert.Equal(("JobComplete", 201, 1), await StateAsync(org, id));
        Assert.Contains("UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record or 1 records: " + account, (await LinesAsync(org, id, "failedResults"))[1]);
    }

    [Fact]
    public async Task Rows_are_upserted_by_an_external_id_and_deleted()
    {
        await using var org = await RunningOrg.StartAsync();
        await org.DeployAsync(("objects/Lead.object", "<CustomObject xmlns=\"http://soap.sforce.com/2006/04/metadata\"><fields><fullName>Key__c</fullName><label>Key</label>"
            + "<type>Text</type><length>20</length><externalId>true</externalId><unique>true</unique></fields></CustomObject>"),
            ("permissionsets/Worker.permissionset", "<PermissionSet xmlns=\"http://soap.sforce.com/2006/04/metadata\"><label>Worker</label><fieldPermissions>"
            + "<editable>true</editable><field>Lead.Key__c</field><readable>true</readable></fieldPermissions></PermissionSet>"));
        await org.AssignAsync();
        var first = await org.SendAsync("PATCH", RunningOrg.Data + "/sobjects/Lead/Key__c/K1", new { LastName = "Roy", Company = "Acme" });
        Assert.Equal((201, true), (first.Status, first["created"].GetBoolean()));
        var second = await org.SendAsync("PATCH", RunningOrg.Data + "/sobjects/Lead/Key__c/k1", new { Title = "Buyer" });
        Assert.Equal((200, false, first["id"].GetString()), (second.Status, second["created"].GetBoolean(), second["id"].GetString()));
        var rows = await org.SendAsync("PATCH", RunningOrg.Data + "/composite/sobjects/Lead/Key__c", new
        {
            records = new object[] { new { attributes = new { type = "Lead" }, Key__c = "K1", Title = "Head" }, new { attributes = new { type = "Lead" }, Key__c = "K2", LastName = "Roux", Company = "B" } },
        });
        Assert.Equal([false, true], rows.Json.EnumerateArray().Select(row => row.GetProperty("created").GetBoolean()));
        var ids = (await org.RowsAsync("SELECT Id FROM Lead")).Select(row => row.GetProperty("Id").GetString()).ToList();
        Assert.Equal(2, ids.Count);
        var job = await BeginAsync(org, "Id\n" + string.Join('\n', ids), "delete");
        await org.AdvanceAsync("1m");
        Assert.Equal(("JobComplete", 2, 0), await StateAsync(org, job));
        Assert.Empty(await org.RowsAsync("SELECT Id FROM Lead"));
    }

    [Fact]
    public async Task With_all_or_none_one_failed_row_undoes_the_others()
    {
        var (org, leads) = await WithLeadsAsync(2);
        await using var _ = org;
        object[] records = [new { attributes = new { type = "Lead" }, id = leads[0], LQ_Score__c = 7 }, new { attributes = new { type = "Lead" }, id = leads[1], LQ_Verdict__c = "perhaps" }];
        var refused = await org.SendAsync("PATCH", RunningOrg.Data + "/composite/sobjects", new { allOrNone = true, records });
        Assert.Equal(["ALL_OR_NONE_OPERATION_ROLLED_BACK", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"],
            refused.Json.EnumerateArray().Select(row => row.GetProperty("errors")[0].GetProperty("statusCode").GetString()));
        var composite = await org.SendAsync("POST", RunningOrg.Data + "/composite", new
        {
            allOrNone = true, compositeRequest = new object[]
            {
                new { method = "POST", url = RunningOrg.Data + "/sobjects/Lead", referenceId = "one", body = new { LastName = "New", Company = "A" } },
                new { method = "PATCH", url = RunningOrg.Data + "/sobjects/Lead/" + leads[1], referenceId = "two", body = new { Nothing = 1 } },
            },
        });
        Assert.Equal([400, 400], composite["compositeResponse"].EnumerateArray().Select(part => part.GetProperty("httpStatusCode").GetInt32()));
        var rows = await org.RowsAsync("SELECT Id, LQ_Score__c FROM Lead");
        Assert.Equal(2, rows.Length);
        Assert.All(rows, row => Assert.Equal(JsonValueKind.Null, row.GetProperty("LQ_Score__c").ValueKind));
    }
}
