using System.Net;
using System.Text;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Streams;

namespace CrmLeadQualifier.Salesforce.Tests.Streams;

/// <summary>Large readings as jobs: Bulk API 2.0 queries.</summary>
public sealed class QueryJobTests
{
    private const string Job = "750000000000001AAA";
    private const string Jobs = "/jobs/query";
    private static readonly ChangeWindow Window = new(At("2026-11-23T09:00:00Z"), At("2026-11-23T09:10:00Z"));

    [Fact]
    public async Task A_first_read_of_many_rows_is_a_job_whose_id_is_known_before_anybody_waits_for_it()
    {
        var org = Large().WithParts(3, 2);
        using var crm = org.Client(new ImpatientClock());
        var started = await ReadAsync(crm, null);
        Assert.Empty(started.Content.Records);
        Assert.StartsWith($"job|{Job}|", started.Next);
        Assert.Equal("""{"operation":"query","query":"SELECT Id, IsDeleted, SystemModstamp, Email FROM Contact"}""", org.Requests.Single(asked => asked.Method == "POST" && asked.Ends(Jobs)).Body);

        var (ids, _) = await RestAsync(crm, started.Next);
        Assert.Equal(Ids(1, 5), ids);
        Assert.Equal([null, "part2"], org.Requests.Where(asked => asked.Ends("/results")).Select(asked => asked.Value("locator")));
        Assert.Equal(1, org.Requests.Count(asked => asked.Method == "DELETE"));
    }

    [Fact]
    public async Task The_rows_of_an_answer_come_in_pages_and_another_process_goes_on_behind_the_last_one()
    {
        var org = Large().WithParts(4_500, 10);
        using var crm = org.Client(new ImpatientClock());
        var first = await ReadAsync(crm, (await ReadAsync(crm, null)).Next);
        Assert.Equal(2_000, first.Content.Records.Count);
        using var other = org.Client(new ImpatientClock());
        var (rest, pages) = await RestAsync(other, first.Next);
        Assert.Equal(Ids(2_001, 4_510), rest);
        Assert.Equal([2_000, 500, 10], pages);
        // Once by the first process, once by the second, and the second part.
        Assert.Equal(3, org.Requests.Count(asked => asked.Ends("/results")));
    }

    [Fact]
    public async Task A_backlog_of_changes_is_a_job_with_deleted_rows_and_keeps_its_window()
    {
        var org = Large().WithParts(2);
        using var crm = org.Client(new ImpatientClock());
        var started = await crm.ReadPageAsync(new PageRequest("contacts", Window, null), default);
        var request = org.Requests.Single(asked => asked.Method == "POST" && asked.Ends(Jobs)).Body;
        Assert.Contains("\"operation\":\"queryAll\"", request);
        Assert.Contains("FROM Contact WHERE SystemModstamp \\u003E= 2026-11-23T09:00:00Z AND SystemModstamp \\u003C 2026-11-23T09:10:00Z\"", request);
        var page = await crm.ReadPageAsync(new PageRequest("contacts", Window, started.Next), default);
        Assert.Equal(2, page.Content.Records.Count);
        Assert.Null(page.Next);
    }

    [Fact]
    public async Task A_reading_that_must_be_fresh_is_never_a_job()
    {
        var org = Large().WithParts(2);
        using var crm = org.Client(new ImpatientClock());
        var page = await crm.ReadPageAsync(new PageRequest("contacts", null, null) { IsFresh = true }, default);
        Assert.Single(page.Content.Records);
        Assert.DoesNotContain(org.Requests, asked => asked.Path.Contains(Jobs, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("FEATURENOTENABLED", "Selecting compound data not supported in Bulk Query")]
    [InlineData("INVALIDENTITY", "Entity 'Contact' is not supported by the Bulk API.")]
    [InlineData("LIMIT_EXCEEDED", "QueryJobs limit exceeded")]
    public async Task What_jobs_do_not_read_is_read_by_pages(string code, string message)
    {
        var org = Large().On("POST", Jobs, FakeOrg.Error(code, message), 400);
        using var crm = org.Client(new ImpatientClock());
        Assert.Single((await ReadAsync(crm, null)).Content.Records);
    }

    [Theory]
    [InlineData("Failed")]
    [InlineData("Aborted")]
    public async Task A_job_that_ends_without_rows_is_read_by_pages(string state)
    {
        var org = Large().On("GET", $"{Jobs}/{Job}", $$"""{"id":"{{Job}}","state":"{{state}}","errorMessage":"InvalidBatch"}""");
        using var crm = org.Client(new ImpatientClock());
        var page = await ReadAsync(crm, (await ReadAsync(crm, null)).Next);
        Assert.Single(page.Content.Records);
        Assert.Null(page.Next);
    }

    [Theory]
    [InlineData(404, "NOT_FOUND")]
    [InlineData(409, "API_VERSION_MISMATCH")]
    public async Task Results_that_are_gone_are_read_by_pages(int status, string code)
    {
        var org = Large().On("GET", $"{Jobs}/{Job}/results", FakeOrg.Error(code, "gone"), status);
        using var crm = org.Client(new ImpatientClock());
        Assert.Single((await ReadAsync(crm, (await ReadAsync(crm, null)).Next)).Content.Records);
    }

    [Fact]
    public async Task A_job_is_waited_for_and_one_that_takes_long_is_asked_about_again_by_the_next_run()
    {
        var polls = 0;
        var org = Large().WithParts(1);
        org.On("GET", $"{Jobs}/{Job}", _ => FakeOrg.Json($$"""{"id":"{{Job}}","state":"{{(++polls < 40 ? "InProgress" : "JobComplete")}}"}"""));
        using var crm = org.Client(new ImpatientClock());
        var started = await ReadAsync(crm, null);
        var late = await Assert.ThrowsAsync<RetriableCrmException>(() => ReadAsync(crm, started.Next));
        Assert.Contains("still at its job for contacts", late.Message);
        Assert.InRange(polls, 15, 39);
        Assert.Single((await ReadAsync(crm, started.Next)).Content.Records);
    }

    [Theory]
    [InlineData("\"Id\",\"SystemModstamp\"\n\"003000000000001AAA\",\"2026-11")]
    [InlineData("\"Id\",\"SystemModstamp\"\n")]
    [InlineData("<html>proxy</html>")]
    [InlineData("")]
    public async Task Rows_that_break_off_are_asked_for_again(string broken)
    {
        var org = Large().WithParts(2);
        var answers = 0;
        org.On("GET", $"{Jobs}/{Job}/results", _ => ++answers == 1 ? Csv(broken, "null", 2) : Csv(Rows(1, 2), "null", 2));
        using var crm = org.Client(new ImpatientClock());
        var (ids, _) = await RestAsync(crm, (await ReadAsync(crm, null)).Next);
        Assert.Equal(Ids(1, 2), ids);
        Assert.Equal(2, answers);
    }

    [Fact]
    public async Task Rows_that_break_off_always_are_left_to_the_next_run()
    {
        var org = Large().On("GET", $"{Jobs}/{Job}/results", _ => Csv("", "null", 2));
        using var crm = org.Client(new ImpatientClock());
        var started = await ReadAsync(crm, null);
        await Assert.ThrowsAsync<RetriableCrmException>(() => ReadAsync(crm, started.Next));
    }

    [Fact]
    public async Task A_query_that_takes_too_long_becomes_a_job()
    {
        var org = Large().WithParts(1).OnQuery("FROM Contact ", FakeOrg.Error("QUERY_TIMEOUT", "Your query request was running for too long."));
        using var crm = org.Client(new ImpatientClock());
        var (ids, _) = await RestAsync(crm, (await ReadAsync(crm, null)).Next);
        Assert.Equal(Ids(1, 1), ids);
    }

    [Fact]
    public async Task In_a_first_read_messages_bring_their_tasks_along_and_no_task_is_asked_for()
    {
        var org = new FakeOrg().Describe("Task", "WhoId", "IsClosed", "IsRecurrence", "CreatedById", "OwnerId");
        org.DescribeAs("EmailMessage", string.Join(',', new[] { "Id", "SystemModstamp", "MessageDate" }.Select(name => $$"""{"name":"{{name}}","type":"string"}"""))
            + ",{\"name\":\"ActivityId\",\"type\":\"reference\",\"referenceTo\":[\"Task\"],\"relationshipName\":\"Activity\"}");
        org.OnQuery("FROM EmailMessage WHERE ActivityId != null", FakeOrg.Page("""
            {"Id":"02s000000000001AAA","ActivityId":"00T000000000001AAA","SystemModstamp":"2026-11-03T08:00:00.000+0000","MessageDate":"2026-11-01T08:59:00.000+0000",
             "Activity":{"Id":"00T000000000001AAA","SystemModstamp":"2026-11-02T08:00:00.000+0000","WhoId":"00Q000000000001AAA","IsClosed":true}}
            """));
        using var crm = org.Client();
        var activity = Assert.Single((await crm.ReadPageAsync(new PageRequest("email_messages", null, null), default)).Content.Activities);
        Assert.Equal(("task:00T000000000001AAA", "email_sent", "2026-11-01T08:59:00Z", "00T000000000001AAA"), (activity.Id, activity.Kind, activity.At.ToString(), activity.RowId));
        Assert.Equal(["00Q000000000001AAA"], activity.RecordIds);
        Assert.DoesNotContain(org.Queries, soql => soql.Contains("FROM Task", StringComparison.Ordinal));
    }

    private static LargeOrg Large() => new();

    private static async Task<StreamPage> ReadAsync(SalesforceCrm crm, string? position) => await crm.ReadPageAsync(new PageRequest("contacts", null, position), default);

    private static async Task<(List<string> Ids, List<int> Pages)> RestAsync(SalesforceCrm crm, string? position)
    {
        var (ids, pages) = (new List<string>(), new List<int>());
        while (position is not null)
        {
            var page = await ReadAsync(crm, position);
            ids.AddRange(page.Content.Records.Select(record => record.Id));
            pages.Add(page.Content.Records.Count);
            position = page.Next;
        }

        return (ids, pages);
    }

    private static IEnumerable<string> Ids(int from, int to) => Enumerable.Range(from, to - from + 1).Select(Id);

    private static string Id(int number) => $"003{number:000000000000}AAA";

    private static string Rows(int from, int to) => "\"Id\",\"IsDeleted\",\"SystemModstamp\",\"Email\"\n"
        + string.Concat(Ids(from, to).Select(id => $"\"{id}\",\"false\",\"2026-11-23T08:00:00.000Z\",\"p@x.test\"\n"));

    private static HttpResponseMessage Csv(string text, string locator, int count)
    {
        var answer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(text, Encoding.UTF8, "text/csv") };
        answer.Headers.TryAddWithoutValidation("Sforce-Locator", locator);
        answer.Headers.TryAddWithoutValidation("Sforce-NumberOfRecords", $"{count}");
        return answer;
    }

    private static Instant At(string text) => Instant.TryRead(text, out var instant) ? instant : throw new ArgumentException(text);

    /// <summary>So many contacts that a job is worth it.</summary>
    private sealed class LargeOrg : FakeOrg
    {
        public LargeOrg()
        {
            Describe("Contact", "Email");
            OnQuery("FROM Contact ", """{"totalSize":10001,"done":true,"records":[{"Id":"003000000000001AAA","SystemModstamp":"2026-11-23T08:00:00.000+0000"}]}""");
            OnQuery("FROM Lead ", Page(""));
            On("POST", Jobs, $$"""{"id":"{{Job}}","state":"UploadComplete","apiVersion":66.0}""");
            On("GET", $"{Jobs}/{Job}", $$"""{"id":"{{Job}}","state":"JobComplete","numberRecordsProcessed":5}""");
            On("DELETE", $"{Jobs}/{Job}", _ => new HttpResponseMessage(HttpStatusCode.NoContent));
        }

        public LargeOrg WithParts(params int[] sizes)
        {
            On("GET", $"{Jobs}/{Job}/results", asked =>
            {
                var part = asked.Value("locator") is { } locator ? int.Parse(locator[4..], System.Globalization.CultureInfo.InvariantCulture) : 1;
                var before = sizes.Take(part - 1).Sum();
                return Csv(Rows(before + 1, before + sizes[part - 1]), part == sizes.Length ? "null" : $"part{part + 1}", sizes[part - 1]);
            });
            return this;
        }
    }
}
