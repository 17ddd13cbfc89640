using System.Net;
using System.Text;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;

namespace CrmLeadQualifier.Salesforce.Tests.Writing;

public sealed class IngestTests
{
    private const string Job = "750000000000001AAA";
    private const string One = "003000000000001AAA";
    private const string Two = "003000000000002AAA";
    private const string Three = "003000000000003AAA";

    private readonly ImpatientClock _clock = new();

    [Fact]
    public async Task A_job_gets_its_rows_before_it_is_told_to_begin()
    {
        var org = Org();
        using var crm = org.Client(_clock);
        Assert.Equal(Job, await crm.WriteJobs.CreateAsync("contact", default));
        Assert.Equal("""{"object":"Contact","operation":"update","contentType":"CSV","lineEnding":"LF"}""", org.Requests[^1].Body);
        Assert.Equal("allowSave=true", org.Requests[^1].Headers["Sforce-Duplicate-Rule-Header"]);
        Assert.True(await crm.WriteJobs.SendAsync("contact", Job, Parts([Write(One, ("score", "42"), ("stage", "mql"))], [Write(Two, ("score", ""), ("reasons", "a \"b\",\nc"))]), default));
        Assert.Equal(["PUT batches", "PATCH " + Job], org.Requests.TakeLast(2).Select(asked => $"{asked.Method} {asked.Path.Split('/')[^1]}"));
        Assert.Equal(
            "Id,LQ_Stage__c,LQ_Score__c,LQ_Reasons__c\n"
            + "\"003000000000001AAA\",\"mql\",\"42\",\n"
            + "\"003000000000002AAA\",,\"#N/A\",\"a \"\"b\"\",\nc\"\n",
            org.Requests[^2].Body);
        Assert.Equal("""{"state":"UploadComplete"}""", org.Requests[^1].Body);
    }

    [Fact]
    public async Task Contacts_leave_in_the_order_of_their_accounts()
    {
        var org = Org();
        using var crm = org.Client(_clock);
        await crm.WriteJobs.SendAsync("contact", Job, Parts(
            [Write(One, ("score", "1")) with { CompanyId = "001B" }, Write(Two, ("score", "2")) with { CompanyId = "001C" }], [Write(Three, ("score", "3")) with { CompanyId = "001B" }]), default);
        Assert.Equal([One, Three, Two], Uploaded(org).Split('\n')[1..^1].Select(line => line[1..19]));
    }

    [Fact]
    public async Task The_status_of_leads_has_a_column_where_it_is_mapped_and_the_file_is_gone_afterwards()
    {
        var before = Directory.GetFiles(Path.GetTempPath(), "crm-lead-qualifier-*").Length;
        var org = Org();
        using var crm = org.Client(_clock, mapping: new() { WritesLeadStatus = true });
        await crm.WriteJobs.SendAsync("lead", Job, Parts([Write("00Q000000000001AAA", ("score", "1")) with { Lifecycle = "Working" }]), default);
        Assert.EndsWith("LQ_Score__c,LQ_Reasons__c,Status\n\"00Q000000000001AAA\",,\"1\",,\"Working\"\n", Uploaded(org));
        Assert.InRange(Directory.GetFiles(Path.GetTempPath(), "crm-lead-qualifier-*").Length, 0, before);
    }

    [Fact]
    public async Task A_field_that_the_org_lacks_is_named_before_anything_leaves()
    {
        var org = Org();
        using var crm = org.Client(_clock);
        var refused = await Assert.ThrowsAsync<BatchRefusedException>(() => crm.WriteJobs.SendAsync("contact", Job, Parts([Write(One, ("grade", "A"))]), default));
        Assert.Equal(["grade"], refused.UnknownFields);
        Assert.DoesNotContain(org.Requests, asked => asked.Method == "PUT");
    }

    [Theory]
    [InlineData(500)]
    [InlineData(400)]
    public async Task Rows_that_may_not_have_come_give_the_job_up(int status)
    {
        var org = Org().On("PUT", "/batches", "<html>", status);
        using var crm = org.Client(_clock);
        Assert.False(await crm.WriteJobs.SendAsync("contact", Job, Parts([Write(One, ("score", "1"))]), default));
        Assert.Single(org.Requests, asked => asked.Method == "PUT");
        Assert.Equal("""{"state":"Aborted"}""", org.Requests[^1].Body);
    }

    [Theory]
    [InlineData("Open", 2)]
    [InlineData("UploadComplete", 1)]
    [InlineData("JobComplete", 1)]
    public async Task Where_the_answer_to_the_beginning_is_lost_the_job_is_asked(string state, int tellings)
    {
        var told = 0;
        var org = Org().On("PATCH", Job, _ => ++told == 1 ? FakeOrg.Json("<html>", 500) : FakeOrg.Json($$"""{"id":"{{Job}}","state":"UploadComplete"}"""));
        org.On("GET", Job, State(state));
        using var crm = org.Client(_clock);
        Assert.True(await crm.WriteJobs.SendAsync("contact", Job, Parts([Write(One, ("score", "1"))]), default));
        Assert.Equal(tellings, told);
    }

    [Fact]
    public async Task A_job_is_waited_for_and_tells_how_fast_salesforce_is()
    {
        var looks = 0;
        var org = Org().On("GET", Job, _ => FakeOrg.Json(++looks < 3 ? State(looks == 1 ? "UploadComplete" : "InProgress") : State("JobComplete", processed: 2000, milliseconds: 9000)));
        using var crm = org.Client(_clock);
        var status = await crm.WriteJobs.WaitAsync(Job, TimeSpan.FromSeconds(10), default);
        Assert.Equal((WriteJobPhase.Over, 2000, 4.5, null), (status.Phase, status.Pace.Records, status.Pace.SecondsPerThousand, status.Error));
        Assert.Equal(3, looks);
    }

    [Fact]
    public async Task A_job_that_takes_longer_than_one_waits_is_at_work()
    {
        var org = Org().On("GET", Job, State("InProgress"));
        using var crm = org.Client(_clock);
        Assert.Equal(WriteJobPhase.AtWork, (await crm.WriteJobs.WaitAsync(Job, TimeSpan.FromSeconds(10), default)).Phase);
        Assert.Equal(4, org.Requests.Count(asked => asked.Method == "GET"));
    }

    [Fact]
    public async Task A_job_that_was_never_begun_is_given_up()
    {
        var org = Org().On("GET", Job, State("Open"));
        using var crm = org.Client(_clock);
        Assert.Equal(WriteJobPhase.NeverBegun, (await crm.WriteJobs.WaitAsync(Job, TimeSpan.FromSeconds(10), default)).Phase);
        Assert.Equal("""{"state":"Aborted"}""", org.Requests[^1].Body);
    }

    [Fact]
    public async Task A_job_older_than_a_week_is_forgotten()
    {
        var org = Org().On("GET", Job, FakeOrg.Error("NOT_FOUND", "The requested resource does not exist"), 404);
        using var crm = org.Client(_clock);
        Assert.Equal(WriteJobPhase.Forgotten, (await crm.WriteJobs.WaitAsync(Job, TimeSpan.FromSeconds(10), default)).Phase);
    }

    [Fact]
    public async Task A_failed_job_says_why_without_values()
    {
        var org = Org().On("GET", Job, $$"""{"id":"{{Job}}","state":"Failed","numberRecordsProcessed":0,"errorMessage":"InvalidBatch : Field name not found : 'jane@example.com'"}""");
        using var crm = org.Client(_clock);
        var status = await crm.WriteJobs.WaitAsync(Job, TimeSpan.FromSeconds(10), default);
        Assert.Equal((WriteJobPhase.Over, "InvalidBatch : Field name not found : …"), (status.Phase, status.Error));
    }

    [Fact]
    public async Task Results_come_in_any_order_and_each_row_fares_by_the_table()
    {
        var org = Org().On("GET", "/successfulResults", _ => Csv($"\"sf__Id\",\"sf__Created\",Id,LQ_Score__c\n\"{Two}\",\"false\",\"{Two}\",\"2\"\n\"{One}\",\"false\",\"{One[..15]}\",\"1\"\n"));
        org.On("GET", "/failedResults", _ => Csv(
            "\"sf__Id\",\"sf__Error\",Id,LQ_Reasons__c\n"
            + $"\"{Three}\",\"FIELD_CUSTOM_VALIDATION_EXCEPTION:A country is needed:--\",\"{Three}\",\"a\nb\"\n"
            + "\"\",\"UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record:--\",\"003000000000004AAA\",\"\"\n"
            + "\"\",\"ENTITY_IS_DELETED:entity is deleted:--\",\"003000000000005AAA\",\"\"\n"
            + "\"\",\"CANNOT_UPDATE_CONVERTED_LEAD:cannot reference converted lead:--\",\"00Q000000000006AAA\",\"\"\n"
            + "\"\",\"DUPLICATES_DETECTED:Use one of these records?:--\",\"003000000000008AAA\",\"\"\n"
            + "\"\",\"INVALID_FIELD_FOR_INSERT_UPDATE:Unable to create/update fields:LQ_Score__c--\",\"003000000000007AAA\",\"\"\n"));
        using var crm = org.Client(_clock);
        var results = await ResultsAsync(crm);
        Assert.Equal(
            [
                (Two, WriteOutcome.Written), (One, WriteOutcome.Written), (Three, WriteOutcome.Refused), ("003000000000004AAA", WriteOutcome.Again),
                ("003000000000005AAA", WriteOutcome.Again), ("00Q000000000006AAA", WriteOutcome.Converted), ("003000000000008AAA", WriteOutcome.Again), ("003000000000007AAA", WriteOutcome.Again),
            ],
            results.Select(result => (result.RecordId, result.Outcome)));
        Assert.StartsWith("FIELD_CUSTOM_VALIDATION_EXCEPTION: A country is needed", results[2].Reason);
    }

    [Fact]
    public async Task Results_that_do_not_come_whole_are_asked_for_again_later()
    {
        var org = Org().On("GET", "/successfulResults", _ => Csv($"\"sf__Id\",\"sf__Created\",Id\n\"{Two}\",\"false\",\"00300000"));
        using var crm = org.Client(_clock);
        await Assert.ThrowsAsync<RetriableCrmException>(() => ResultsAsync(crm));
    }

    [Fact]
    public async Task Jobs_that_the_org_refuses_are_no_reason_to_stop()
    {
        var org = Org().On("POST", "/jobs/ingest", FakeOrg.Error("FEATURENOTENABLED", "Bulk API is not enabled"), 400);
        using var crm = org.Client(_clock);
        await Assert.ThrowsAsync<StreamRefusedException>(() => crm.WriteJobs.CreateAsync("contact", default));
    }

    [Theory]
    [InlineData(1000, 14.9, 100_000)]
    [InlineData(1000, 15.1, 2_000)]
    [InlineData(200, 2.9, 100_000)]
    [InlineData(200, 8, 2_000)]
    public void A_job_is_as_large_as_salesforce_is_fast(int records, double seconds, int most)
    {
        using var crm = Org().Client(_clock);
        Assert.Equal(most, crm.WriteJobs.MostRecords("lead", new WriteJobPace(records, TimeSpan.FromSeconds(seconds))));
    }

    [Fact]
    public async Task A_full_collection_tells_how_fast_salesforce_is_where_no_job_has()
    {
        var ids = Enumerable.Range(1, 200).Select(i => FormattableString.Invariant($"003000000000{i:000}AAA")).ToList();
        var org = Org().On("PATCH", "/composite/sobjects", _ =>
        {
            // A waiting time of the clock that nobody waits for.
            _clock.CreateTimer(_ => { }, null, TimeSpan.FromSeconds(8), Timeout.InfiniteTimeSpan);
            return FakeOrg.Json($"[{string.Join(',', ids.Select(id => $$"""{"id":"{{id}}","success":true,"errors":[]}"""))}]");
        });
        using var crm = org.Client(_clock);
        Assert.Equal(0, crm.WriteJobs.MostRecords("contact", last: null));
        await crm.WriteAsync("contact", [.. ids.Select(id => Write(id, ("score", "1")))], default);
        Assert.Equal(2_000, crm.WriteJobs.MostRecords("contact", last: null));
        Assert.Equal(0, crm.WriteJobs.MostRecords("lead", last: null));
    }

    private static FakeOrg Org()
    {
        var org = new FakeOrg();
        foreach (var sobject in new[] { "Lead", "Contact" })
        {
            org.Describe(sobject, "LQ_Stage__c", "LQ_Score__c", "LQ_Reasons__c", "Status");
        }

        org.On("POST", "/jobs/ingest", $$"""{"id":"{{Job}}","state":"Open","contentUrl":"services/data/v66.0/jobs/ingest/{{Job}}/batches"}""");
        org.On("PUT", "/batches", _ => new HttpResponseMessage(HttpStatusCode.Created) { Content = new ByteArrayContent([]) });
        org.On("PATCH", Job, asked => FakeOrg.Json($$"""{"id":"{{Job}}","state":"{{(asked.Body.Contains("Aborted", StringComparison.Ordinal) ? "Aborted" : "UploadComplete")}}"}"""));
        org.On("GET", "/failedResults", _ => Csv("\"sf__Id\",\"sf__Error\",Id\n"));
        return org;
    }

    private static string State(string state, int processed = 0, long milliseconds = 0) =>
        $$"""{"id":"{{Job}}","state":"{{state}}","numberRecordsProcessed":{{processed}},"totalProcessingTime":{{milliseconds}},"apiVersion":66.0}""";

    private static HttpResponseMessage Csv(string rows) => new(HttpStatusCode.OK) { Content = new StringContent(rows, Encoding.UTF8, "text/csv") };

    private static string Uploaded(FakeOrg org) => org.Requests.Single(asked => asked.Method == "PUT").Body;

    private static RecordWrite Write(string id, params (string Field, string Value)[] fields) => new(id, fields.ToDictionary(field => field.Field, field => field.Value));

    private static async IAsyncEnumerable<IReadOnlyList<RecordWrite>> Parts(params IReadOnlyList<RecordWrite>[] parts)
    {
        foreach (var part in parts)
        {
            await Task.Yield();
            yield return part;
        }
    }

    private static async Task<IReadOnlyList<WriteResult>> ResultsAsync(SalesforceCrm crm)
    {
        var results = new List<WriteResult>();
        await foreach (var part in crm.WriteJobs.ReadResultsAsync("contact", Job, default))
        {
            results.AddRange(part);
        }

        return results;
    }
}
