using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Streams;

namespace CrmLeadQualifier.Salesforce.Tests.Streams;

/// <summary>Shared Activities: a Task or Event of several people counts for each of them.</summary>
public sealed class SharedActivityTests
{
    private const string Ann = "003000000000001AAA";
    private const string Ben = "003000000000002AAA";
    private const string OfAnn = "0RT000000000001GAA";
    private const string OfBen = "0RT000000000002AAA";
    private const string Task = """ "Id":"00T000000000001AAA","SystemModstamp":"2026-11-20T10:00:00.000+0000","IsDeleted":false,"IsClosed":true,"CreatedDate":"2026-11-01T09:00:00.000+0000","CompletedDateTime":"2026-11-02T09:00:00.000+0000" """;

    private static readonly ChangeWindow Window = new(At("2026-11-20T00:00:00Z"), At("2026-11-21T00:00:00Z"));

    [Fact]
    public async Task An_org_without_them_is_asked_for_no_relation()
    {
        var org = new FakeOrg();
        using var without = org.Client();
        foreach (var stream in new[] { "task_relations", "event_relations" })
        {
            var first = await without.ReadPageAsync(new PageRequest(stream, null, null), default);
            Assert.Equal(("2026-11-23T09:30:00Z", null, 0), (first.Date.ToString(), first.Next, first.Content.Activities.Count));
            var changed = await without.ReadPageAsync(new PageRequest(stream, Window, null) { IsFresh = true }, default);
            Assert.Equal((Window.To, null, 0), (changed.Date, changed.Next, changed.Content.Activities.Count));
        }

        await without.ReadPageAsync(new PageRequest("campaign_members", Window, null), default);
        Assert.DoesNotContain(org.Requests, asked => asked.Path.Contains("Relation", StringComparison.Ordinal) || asked.Query.Contains("Relation", StringComparison.Ordinal) || asked.Body.Contains("Relation", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_first_read_brings_those_who_are_not_the_first_of_an_activity()
    {
        var org = Org().OnQuery("FROM TaskRelation", FakeOrg.Page($$"""{{Relation(OfAnn, Ann, Ann, Task)}},{{Relation(OfBen, Ben, Ann, Task)}}"""));
        using var crm = org.Client();
        var page = await crm.ReadPageAsync(new PageRequest("task_relations", null, null), default);

        var task = Assert.Single(page.Content.Activities);
        Assert.Equal(("task:00T000000000001AAA", OfBen, OfBen, "2026-11-02T09:00:00Z", false), (task.Id, task.RelationId, task.RowId, task.At.ToString(), task.IsWithdrawn));
        Assert.Equal([Ben], task.RecordIds);
        Assert.EndsWith("FROM TaskRelation WHERE IsDeleted = false AND IsWhat = false ORDER BY Id", org.Queries.Single(query => query.Contains("FROM TaskRelation")));
        Assert.Contains("Task.CompletedDateTime", org.Queries.Single(query => query.Contains("FROM TaskRelation")));
    }

    /// <summary>Who was second may be first by now, and the first one the second: of what changed everybody is told.</summary>
    [Fact]
    public async Task A_change_of_the_relation_or_of_its_activity_brings_everybody_who_is_on_it()
    {
        var org = Org().OnQuery("FROM TaskRelation", FakeOrg.Page($$"""{{Relation(OfAnn, Ann, Ann, Task)}},{{Relation(OfBen, Ben, Ann, Task.Replace("\"IsClosed\":true", "\"IsClosed\":false"))}}"""));
        using var crm = org.Client();
        var tasks = (await crm.ReadPageAsync(new PageRequest("task_relations", Window, null), default)).Content.Activities;

        Assert.Equal([(OfAnn, Ann, false), (OfBen, Ben, true)], tasks.Select(task => (task.RelationId!, task.RecordIds.Single(), task.IsWithdrawn)));
        Assert.EndsWith(
            "FROM TaskRelation WHERE ((SystemModstamp >= 2026-11-20T00:00:00Z AND SystemModstamp < 2026-11-21T00:00:00Z) OR (Task.SystemModstamp >= 2026-11-20T00:00:00Z AND Task.SystemModstamp < 2026-11-21T00:00:00Z)) ORDER BY SystemModstamp, Id",
            org.Queries.Single(query => query.Contains("FROM TaskRelation")));
    }

    [Fact]
    public async Task A_relation_that_went_with_its_activity_is_withdrawn_and_one_that_left_no_row_is_told_at_night()
    {
        var org = Org().OnQuery("FROM TaskRelation", FakeOrg.Page(Relation(OfBen, Ben, Ann, Task.Replace("\"IsDeleted\":false", "\"IsDeleted\":true"), isDeleted: true)));
        org.On("GET", "/sobjects/TaskRelation/deleted", $$"""{"deletedRecords":[{"id":"{{OfAnn[..15]}}","deletedDate":"2026-11-20T08:00:00.000+0000"}],"latestDateCovered":"2026-11-21T00:00:00.000+0000"}""");
        using var crm = org.Client();

        var byDay = (await crm.ReadPageAsync(new PageRequest("task_relations", Window, null), default)).Content;
        Assert.True(Assert.Single(byDay.Activities).IsWithdrawn);
        Assert.Empty(byDay.EndedRelations);
        Assert.Equal([OfAnn], (await crm.ReadPageAsync(new PageRequest("task_relations", Window, null) { IsFresh = true }, default)).Content.EndedRelations);
    }

    [Fact]
    public async Task Whom_sales_invited_to_anothers_meeting_has_no_meeting()
    {
        const string start = """ "Id":"00U000000000001AAA","SystemModstamp":"2026-11-20T10:00:00.000+0000","StartDateTime":"2026-11-20T10:00:00.000+0000" """;
        var org = Org().OnQuery("FROM EventRelation", FakeOrg.Page(
            $$"""{{Relation("0RE000000000001AAA", Ann, Ann, start, "\"IsParent\":true,")}},{{Relation("0RE000000000002AAA", Ben, Ann, start, "\"IsParent\":false,")}}""".Replace("\"Task\":", "\"Event\":")));
        using var crm = org.Client();
        var events = (await crm.ReadPageAsync(new PageRequest("event_relations", Window, null), default)).Content.Activities;
        Assert.Equal([("event:00U000000000001AAA", Ann, false), ("event:00U000000000001AAA", Ben, true)], events.Select(meeting => (meeting.Id, meeting.RecordIds.Single(), meeting.IsWithdrawn)));
        await crm.ReadPageAsync(new PageRequest("event_relations", null, null), default);
        Assert.EndsWith("WHERE IsDeleted = false AND IsWhat = false AND IsParent = true ORDER BY Id", org.Queries.Last(query => query.Contains("FROM EventRelation")));
    }

    /// <summary>An e-mail to several went to each; who of them opened it, or answered, only the first one's row tells.</summary>
    [Theory]
    [InlineData("false", "email_sent Ann, email_open Ann, email_sent Ben")]
    [InlineData("true", "email_reply Ann, email_open Ann")]
    public async Task An_email_to_several_counts_for_each_and_its_openings_for_the_first(string incoming, string expected)
    {
        var email = Task + ""","TaskSubtype":"Email" """;
        var org = Org().OnQuery("FROM TaskRelation", FakeOrg.Page($$"""{{Relation(OfAnn, Ann, Ann, email)}},{{Relation(OfBen, Ben, Ann, email)}}"""));
        org.Describe("EmailMessage", "ActivityId", "Subject", "Incoming", "MessageDate", "FirstOpenedDate", "LastOpenedDate");
        org.OnQuery("FROM EmailMessage WHERE ActivityId IN ('00T000000000001AAA')", FakeOrg.Page($$"""
            {"Id":"02s000000000001AAA","ActivityId":"00T000000000001AAA","Subject":"Offer","Incoming":{{incoming}},"MessageDate":"2026-11-01T08:59:00.000+0000","FirstOpenedDate":"2026-11-02T08:00:00.000+0000"}
            """));
        using var crm = org.Client();
        var told = (await crm.ReadPageAsync(new PageRequest("task_relations", Window, null), default)).Content.Activities;
        Assert.Equal(expected, string.Join(", ", told.Select(activity => $"{activity.Kind} {(activity.RecordIds.Single() == Ann ? "Ann" : "Ben")}")));
    }

    private static FakeOrg Org()
    {
        var org = new FakeOrg();
        org.Describe("Task", "WhoId", "WhoCount", "IsClosed", "CreatedDate", "CompletedDateTime", "TaskSubtype").Describe("Event", "WhoId", "WhoCount", "StartDateTime", "IsChild");
        foreach (var (activity, own) in new[] { ("Task", ""), ("Event", """{"name":"IsParent","type":"boolean"},""") })
        {
            org.DescribeAs(activity + "Relation", $$"""
                {{own}}{"name":"Id","type":"id"},{"name":"IsDeleted","type":"boolean"},{"name":"SystemModstamp","type":"datetime"},{"name":"IsWhat","type":"boolean"},{"name":"RelationId","type":"reference"},
                {"name":"{{activity}}Id","type":"reference","relationshipName":"{{activity}}","referenceTo":["{{activity}}"]}
                """);
            org.OnQuery($"FROM {activity}Relation", FakeOrg.Page(""));
        }

        return org;
    }

    private static string Relation(string id, string person, string who, string activity, string own = "", bool isDeleted = false) => $$"""
        {"Id":"{{id}}","SystemModstamp":"2026-11-20T11:00:00.000+0000","IsDeleted":{{(isDeleted ? "true" : "false")}},{{own}}"RelationId":"{{person}}","Task":{"WhoId":"{{who}}",{{activity}} } }
        """;

    private static Instant At(string text) => Instant.From(DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
}
