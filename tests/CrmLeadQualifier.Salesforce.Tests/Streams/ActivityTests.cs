using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Salesforce.Mapping;

namespace CrmLeadQualifier.Salesforce.Tests.Streams;

public sealed class ActivityTests
{
    private const string Lead = "00Q000000000001AAA";
    private const string Contact = "003000000000001AAA";

    [Theory]
    // The org is in Paris: 23:30 UTC is the next day there.
    [InlineData("\"2026-11-20T10:00:00.000+0000\"", "\"2026-11-18\"", "2026-11-01T09:00:00.000+0000", "2026-11-20T10:00:00Z", false)]
    [InlineData("null", "\"2026-11-18\"", "2026-11-18T09:00:00.000+0000", "2026-11-18T09:00:00Z", false)]
    [InlineData("null", "\"2026-11-18\"", "2026-11-17T23:30:00.000+0000", "2026-11-17T23:30:00Z", false)]
    [InlineData("null", "\"2026-11-18\"", "2026-11-01T09:00:00.000+0000", "2026-11-18T00:00:00Z", true)]
    [InlineData("null", "null", "2026-11-01T09:00:00.000+0000", "2026-11-01T09:00:00Z", false)]
    public async Task A_task_is_at_its_completion_else_at_its_creation_on_its_day_else_on_its_day(string completed, string day, string created,
        string at, bool isDayOnly)
    {
        var task = Assert.Single(await TasksAsync($$""" "IsClosed":true,"CompletedDateTime":{{completed}},"ActivityDate":{{day}},"CreatedDate":"{{created}}" """));
        Assert.Equal((at, isDayOnly, false), (task.At.ToString(), task.IsDayOnly, task.IsWithdrawn));
    }

    [Theory]
    [InlineData("Call", "Other", "call")]
    [InlineData("Task", "Call", "call")]
    [InlineData("Email", null, "email_sent")]
    [InlineData("ListEmail", null, "email_sent")]
    [InlineData("Task", "Meeting", "meeting")]
    [InlineData("Task", "Note", "note")]
    [InlineData("Task", "Other", "task")]
    [InlineData(null, null, "task")]
    public async Task A_task_is_what_its_subtype_and_type_say(string? subtype, string? type, string kind)
    {
        var task = Assert.Single(await TasksAsync($$""" "TaskSubtype":{{Text(subtype)}},"Type":{{Text(type)}},"IsClosed":true,"CreatedDate":"2026-11-01T09:00:00.000+0000" """));
        Assert.Equal((kind, "task:00T000000000001AAA", "00T000000000001AAA"), (task.Kind, task.Id, task.RowId));
        Assert.Equal([Lead], task.RecordIds);
    }

    [Fact]
    public async Task An_open_task_a_deleted_one_and_one_of_nobody_do_not_count()
    {
        Assert.True(Assert.Single(await TasksAsync(""" "IsClosed":false,"CreatedDate":"2026-11-01T09:00:00.000+0000" """)).IsWithdrawn);
        Assert.True(Assert.Single(await TasksAsync(""" "IsClosed":true,"IsDeleted":true,"CreatedDate":"2026-11-01T09:00:00.000+0000" """)).IsWithdrawn);
        Assert.Empty(await TasksAsync(""" "IsClosed":true,"WhoId":null,"CreatedDate":"2026-11-01T09:00:00.000+0000" """));
        Assert.Empty(await TasksAsync(""" "IsClosed":true,"IsRecurrence":true,"CreatedDate":"2026-11-01T09:00:00.000+0000" """));
    }

    [Fact]
    public async Task A_call_carries_its_result_direction_and_length()
    {
        var call = Assert.Single(await TasksAsync("""
            "TaskSubtype":"Call","IsClosed":true,"CallType":"Outbound","CallDisposition":"Reached","CallDurationInSeconds":95,"CreatedDate":"2026-11-01T09:00:00.000+0000","Subject":"Intro"
            """));
        Assert.Equal(new Dictionary<string, string> { ["outcome"] = "Reached", ["direction"] = "Outbound", ["duration_seconds"] = "95" }, call.Attributes);
    }

    [Theory]
    [InlineData("false", "email_sent")]
    [InlineData("true", "email_reply")]
    public async Task An_email_counts_once_with_its_message_and_its_openings_are_the_messages(string incoming, string kind)
    {
        var org = new FakeOrg().Describe("EmailMessage", "ActivityId", "Subject", "Incoming", "MessageDate", "FirstOpenedDate", "LastOpenedDate");
        org.OnQuery("FROM Task", FakeOrg.Page($$"""
            {"Id":"00T000000000001AAA","SystemModstamp":"2026-11-20T10:00:00.000+0000","WhoId":"{{Lead}}","TaskSubtype":"Email","IsClosed":true,"CreatedDate":"2026-11-01T09:00:00.000+0000",
             "CreatedById":"{{FakeOrg.Person}}"}
            """));
        org.OnQuery("FROM EmailMessage WHERE ActivityId IN ('00T000000000001AAA')", FakeOrg.Page($$"""
            {"Id":"02s000000000001AAA","ActivityId":"00T000000000001AAA","Subject":"Offer","Incoming":{{incoming}},"MessageDate":"2026-11-01T08:59:00.000+0000",
             "FirstOpenedDate":"2026-11-02T08:00:00.000+0000","LastOpenedDate":"2026-11-03T08:00:00.000+0000"}
            """));
        org.OnQuery("FROM EmailMessage WHERE SystemModstamp", FakeOrg.Page("""{"Id":"02s000000000001AAA","ActivityId":"00T000000000001AAA","SystemModstamp":"2026-11-03T08:00:00.000+0000"}"""));
        using var crm = org.Client();
        var window = new ChangeWindow(At("2026-11-01T00:00:00Z"), At("2026-11-04T00:00:00Z"));
        var first = (await crm.ReadPageAsync(new PageRequest("tasks", window, null), default)).Content.Activities;
        Assert.Equal(
            [(kind, "2026-11-01T08:59:00Z"), ("email_open", "2026-11-02T08:00:00Z"), ("email_open", "2026-11-03T08:00:00Z")], first.Select(activity => (activity.Kind, activity.At.ToString())));
        Assert.Equal([kind == "email_sent" ? FakeOrg.Person : null, null, null], first.Select(activity => activity.UserId));
        Assert.All(first, activity => Assert.Equal("Offer", activity.Attributes["subject"]));
        Assert.Equivalent(first, (await crm.ReadPageAsync(new PageRequest("email_messages", window, null), default)).Content.Activities, strict: true);
    }

    [Theory]
    [InlineData(FakeOrg.Person, FakeOrg.Person, FakeOrg.Person, null)]
    [InlineData(FakeOrg.Person, FakeOrg.Ours, FakeOrg.Person, null)]
    [InlineData(FakeOrg.Ours, FakeOrg.Person, null, null)]
    [InlineData("005000000000099AAA", FakeOrg.Person, null, null)]
    [InlineData(FakeOrg.Connector, FakeOrg.Person, null, "connector")]
    public async Task A_task_is_a_persons_act_only_if_a_person_made_it_and_a_connectors_is_a_copy(string creator, string owner, string? user, string? copyOf)
    {
        // The user's name gives the connector away where none is named.
        await IsAsync(new SalesforceMapping());
        await IsAsync(new SalesforceMapping { ConnectorUsers = ["HUB@org.test"] });
        await IsAsync(new SalesforceMapping { ConnectorUsers = [FakeOrg.Connector[..15]] });

        async Task IsAsync(SalesforceMapping mapping)
        {
            var task = Assert.Single(await TasksAsync($$""" "IsClosed":true,"CreatedById":"{{creator}}","OwnerId":"{{owner}}","CreatedDate":"2026-11-01T09:00:00.000+0000" """, mapping));
            Assert.Equal((user, copyOf), (task.UserId, task.CopyOf));
        }
    }

    [Fact]
    public async Task A_user_on_the_list_of_automation_users_is_no_person()
    {
        var task = Assert.Single(await TasksAsync($$""" "IsClosed":true,"CreatedById":"{{FakeOrg.Person}}","OwnerId":"{{FakeOrg.Person}}","CreatedDate":"2026-11-01T09:00:00.000+0000" """,
            new SalesforceMapping { AutomationUsers = ["ann@org.test"] }));
        Assert.Null(task.UserId);
    }

    [Fact]
    public async Task The_first_read_of_tasks_brings_archived_ones()
    {
        var org = new FakeOrg().OnQuery("FROM Task", FakeOrg.Page(""));
        using var crm = org.Client();
        await crm.ReadPageAsync(new PageRequest("tasks", null, null), default);
        var asked = Assert.Single(org.Requests, asked => asked.Value("q")?.Contains("FROM Task", StringComparison.Ordinal) == true);
        Assert.EndsWith("FROM Task WHERE IsDeleted = false AND WhoId != null ORDER BY Id", asked.Value("q"));
        Assert.EndsWith("/queryAll", asked.Path);
    }

    [Theory]
    [InlineData("""  "StartDateTime":"2026-11-20T10:00:00.000+0000","ActivityDate":"2026-11-20"  """, "2026-11-20T10:00:00Z", false)]
    [InlineData("""  "ActivityDateTime":"2026-11-20T11:00:00.000+0000","IsAllDayEvent":false  """, "2026-11-20T11:00:00Z", false)]
    [InlineData("""  "StartDateTime":"2026-11-20T00:00:00.000+0000","ActivityDate":"2026-11-20","IsAllDayEvent":true  """, "2026-11-20T00:00:00Z", true)]
    public async Task An_event_is_a_meeting_at_its_start(string fields, string at, bool isDayOnly)
    {
        var meeting = Assert.Single(await EventsAsync(fields));
        Assert.Equal(("meeting", at, isDayOnly, "Demo"), (meeting.Kind, meeting.At.ToString(), meeting.IsDayOnly, meeting.Attributes["title"]));
    }

    [Fact]
    public async Task An_invitees_copy_and_a_series_pattern_are_no_meetings_and_a_deleted_event_was_cancelled()
    {
        const string start = """ "StartDateTime":"2026-11-20T10:00:00.000+0000" """;
        Assert.Empty(await EventsAsync(start + ""","IsChild":true"""));
        Assert.Empty(await EventsAsync(start + ""","IsRecurrence":true"""));
        Assert.True(Assert.Single(await EventsAsync(start + ""","IsDeleted":true""")).IsWithdrawn);
        Assert.Equal("call", Assert.Single(await EventsAsync(start + ""","Type":"Call","DurationInMinutes":15""")).Kind);
    }

    [Theory]
    [InlineData("Webinar", true, "event_registration@2026-11-01T09:00:00Z event_attendance@2026-11-10T00:00:00Z(day)")]
    [InlineData("Trade Show", false, "event_registration@2026-11-01T09:00:00Z event_attendance@2026-11-10T00:00:00Z(day)(withdrawn)")]
    [InlineData("White Paper", true, "content_download@2026-11-10T00:00:00Z(day)")]
    [InlineData("Content", false, "content_download@2026-11-10T00:00:00Z(day)(withdrawn)")]
    [InlineData("Telemarketing", true, "campaign_response@2026-11-10T00:00:00Z(day)")]
    [InlineData("Email", false, "campaign_response@2026-11-10T00:00:00Z(day)(withdrawn)")]
    public async Task A_campaign_member_is_what_the_campaigns_type_says(string type, bool hasResponded, string expected)
    {
        var members = await MembersAsync($$"""
            "LeadId":"{{Lead}}","HasResponded":{{(hasResponded ? "true" : "false")}},"FirstRespondedDate":"2026-11-10","CreatedDate":"2026-11-01T09:00:00.000+0000",
            "Status":"Responded","Campaign":{"attributes":{"type":"Campaign"},"Name":"Autumn","Type":"{{type}}"}
            """);
        Assert.Equal(expected, string.Join(' ', members.Select(member =>
            $"{member.Kind}@{member.At}{(member.IsDayOnly ? "(day)" : "")}{(member.IsWithdrawn ? "(withdrawn)" : "")}")));
        Assert.Equal(members.Count, members.Select(member => member.Id).Distinct().Count());
        Assert.All(members, member => Assert.Contains("Autumn", member.Attributes.Values));
    }

    [Fact]
    public async Task A_response_on_the_day_of_joining_has_that_instant_and_a_converted_member_belongs_to_both_records()
    {
        var member = Assert.Single(await MembersAsync($$"""
            "LeadId":"{{Lead}}","ContactId":"{{Contact}}","HasResponded":true,"FirstRespondedDate":"2026-11-01","CreatedDate":"2026-11-01T09:00:00.000+0000","Status":"Responded",
            "Campaign":{"Name":"Autumn","Type":"Telemarketing"}
            """));
        Assert.Equal(("2026-11-01T09:00:00Z", false), (member.At.ToString(), member.IsDayOnly));
        Assert.Equal([Lead, Contact], member.RecordIds);
        Assert.Equal(new Dictionary<string, string> { ["campaign"] = "Autumn", ["type"] = "Telemarketing", ["status"] = "Responded" }, member.Attributes);
    }

    [Fact]
    public async Task A_member_whose_deletion_no_query_shows_is_found_at_night_and_is_nobodys()
    {
        var org = new FakeOrg().OnQuery("FROM CampaignMember", FakeOrg.Page(""));
        org.On("GET", "/sobjects/CampaignMember/deleted", """{"deletedRecords":[{"id":"00v000000000001","deletedDate":"2026-11-03T08:00:00.000+0000"}],"latestDateCovered":"2026-11-04T00:00:00.000+0000"}""");
        using var crm = org.Client();
        var window = new ChangeWindow(At("2026-11-02T00:00:00Z"), At("2026-11-04T00:00:00Z"));
        Assert.Empty((await crm.ReadPageAsync(new PageRequest("campaign_members", window, null), default)).Content.Activities);
        var gone = (await crm.ReadPageAsync(new PageRequest("campaign_members", window, null) { IsFresh = true }, default)).Content.Activities;
        Assert.Equal(["campaign_member:00v000000000001AAA", "campaign_member:00v000000000001AAA:attendance"], gone.Select(activity => activity.Id));
        Assert.All(gone, activity => Assert.Empty(activity.RecordIds));
        var asked = Assert.Single(org.Requests, asked => asked.Ends("/deleted"));
        Assert.Equal(("2026-11-02T00:00:00Z", "2026-11-04T00:00:00Z"), (asked.Value("start"), asked.Value("end")));
        org.On("GET", "/sobjects/CampaignMember/deleted", FakeOrg.Error("INVALID_TYPE_FOR_OPERATION", "object type 'CampaignMember' is not replicateable"), 400);
        Assert.Empty((await crm.ReadPageAsync(new PageRequest("campaign_members", window, null) { IsFresh = true }, default)).Content.Activities);
    }

    private static async Task<IReadOnlyList<CrmActivity>> TasksAsync(string fields, SalesforceMapping? mapping = null) =>
        await ReadAsync("tasks", "Task", $$"""{"Id":"00T000000000001AAA","SystemModstamp":"2026-11-20T10:00:00.000+0000"{{(fields.Contains("WhoId") ? "" : $",\"WhoId\":\"{Lead}\"")}},{{fields}}}""", mapping);

    private static async Task<IReadOnlyList<CrmActivity>> EventsAsync(string fields) =>
        await ReadAsync("events", "Event", $$"""{"Id":"00U000000000001AAA","SystemModstamp":"2026-11-20T10:00:00.000+0000","WhoId":"{{Contact}}","Subject":"Demo",{{fields}}}""", null);

    private static async Task<IReadOnlyList<CrmActivity>> MembersAsync(string fields) =>
        await ReadAsync("campaign_members", "CampaignMember", $$"""{"Id":"00v000000000001AAA","SystemModstamp":"2026-11-20T10:00:00.000+0000",{{fields}}}""", null);

    private static async Task<IReadOnlyList<CrmActivity>> ReadAsync(string stream, string sobject, string row, SalesforceMapping? mapping)
    {
        using var crm = new FakeOrg().OnQuery($"FROM {sobject}", FakeOrg.Page(row)).Client(mapping: mapping);
        var content = (await crm.ReadPageAsync(new PageRequest(stream, null, null), default)).Content;
        Assert.Empty(content.Unreadable);
        return content.Activities;
    }

    private static Instant At(string text) => Instant.TryRead(text, out var instant) ? instant : throw new ArgumentException(text);

    private static string Text(string? value) => value is null ? "null" : $"\"{value}\"";
}
