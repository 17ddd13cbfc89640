using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Streams;

namespace CrmLeadQualifier.HubSpot.Tests.Streams;

public sealed class ActivityStreamTests
{
    // stream, properties, then kind, attributes, whether it counts; no kind: it is no activity.
    public static TheoryData<string, string, string?, string, bool> Rows => new()
    {
        { "meetings", """ "hs_meeting_title":"Demo","hs_meeting_outcome":"COMPLETED","hs_meeting_start_time":"2026-01-02T10:00:00Z","hs_timestamp":"2026-01-01T00:00:00Z" """, "meeting", "outcome=COMPLETED;title=Demo", true },
        { "meetings", """ "hs_meeting_outcome":"CANCELED","hs_timestamp":"2026-01-02T10:00:00Z" """, "meeting", "outcome=CANCELED", false },
        { "calls", """ "hs_timestamp":"2026-01-02T10:00:00Z","hs_call_disposition":"f240bbac-87c9-4f6e-bf70-924b57d47db7","hs_call_direction":"OUTBOUND","hs_call_duration":"61500" """, "call", "direction=OUTBOUND;duration_seconds=61.5;outcome=Connected", true },
        { "calls", """ "hs_timestamp":1767348000000,"hs_call_disposition":"own-outcome","hs_call_duration":60000 """, "call", "duration_seconds=60;outcome=own-outcome", true },
        { "calls", """ "hs_timestamp":"2026-01-02T10:00:00Z","hs_call_status":"COMPLETED","hs_call_duration":"long" """, "call", "outcome=COMPLETED", true },
        { "emails", """ "hs_timestamp":"2026-01-02T10:00:00Z","hs_email_direction":"INCOMING_EMAIL","hs_email_subject":"Re: offer" """, "email_reply", "subject=Re: offer", true },
        { "emails", """ "hs_timestamp":"2026-01-02T10:00:00Z","hs_email_direction":"EMAIL","hs_email_status":"SENT" """, "email_sent", "", true },
        { "emails", """ "hs_timestamp":"2026-01-02T10:00:00Z","hs_email_direction":"EMAIL","hs_email_status":"SCHEDULED" """, "email_sent", "", false },
        { "emails", """ "hs_timestamp":"2026-01-02T10:00:00Z","hs_email_direction":"FORWARDED_EMAIL" """, null, "", true },
        { "notes", """ "hs_timestamp":"2026-01-02T10:00:00Z" """, "note", "", true },
        { "tasks", """ "hs_timestamp":"2026-02-01T00:00:00Z","hs_task_completion_date":"2026-01-02T10:00:00Z","hs_task_status":"COMPLETED","hs_task_subject":"Call","hs_task_type":"CALL" """, "task", "status=COMPLETED;subject=Call;type=CALL", true },
        { "tasks", """ "hs_timestamp":"2026-01-02T10:00:00Z","hs_task_status":"NOT_STARTED" """, "task", "status=NOT_STARTED", false },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_row_becomes_an_activity_by_the_rules_of_its_kind(string stream, string properties, string? kind, string attributes, bool counts)
    {
        var portal = new FakePortal().On("GET", "/" + stream, """
            {"results":[{"id":"7","updatedAt":"2026-01-03T00:00:00Z","properties":{PROPERTIES},"associations":{"contacts":{"results":[{"id":"501","type":"x"},{"id":"501","type":"y"},{"id":502,"type":"x"}]}}}]}
            """.Replace("PROPERTIES", properties));
        using var crm = portal.Client();
        var content = (await crm.ReadPageAsync(new PageRequest(stream, null, null), default)).Content;
        Assert.Empty(content.Unreadable);
        if (kind is null)
        {
            Assert.Empty(content.Activities);
            return;
        }

        var activity = Assert.Single(content.Activities);
        Assert.Equal((kind, !counts), (activity.Kind, activity.IsWithdrawn));
        Assert.Equal($"{stream[..^1]}:7", activity.Id);
        Assert.Equal("2026-01-02T10:00:00Z", activity.At.ToString());
        Assert.Equal(attributes, string.Join(';', activity.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"{a.Key}={a.Value}")));
        Assert.Equal(["501", "502"], activity.RecordIds);
        Assert.Equal("2026-01-03T00:00:00Z", activity.Stamp.ToString());
        Assert.Equal("7", activity.RowId);
    }

    [Theory]
    [InlineData("CRM_UI", "99", null, "99")]
    [InlineData("MOBILE_IOS", "99", null, "99")]
    [InlineData("INTEGRATION", "99", null, null)]
    [InlineData("AUTOMATION_PLATFORM", "99", null, null)]
    [InlineData("CRM_UI", "99", "3", null)]
    [InlineData(null, "99", null, null)]
    public async Task Only_what_a_person_made_has_a_user(string? source, string user, string? sequence, string? expected)
    {
        var portal = new FakePortal().On("GET", "/emails", """
            {"results":[{"id":"7","updatedAt":"2026-01-03T00:00:00Z","properties":{"hs_timestamp":"2026-01-02T10:00:00Z","hs_email_direction":"EMAIL",
              "hs_object_source":"SOURCE","hs_created_by_user_id":"USER","hs_sequence_id":"SEQUENCE"}}]}
            """.Replace("SOURCE", source).Replace("USER", user).Replace("SEQUENCE", sequence));
        using var crm = portal.Client();
        Assert.Equal(expected, Assert.Single((await crm.ReadPageAsync(new PageRequest("emails", null, null), default)).Content.Activities).UserId);
    }

    [Theory]
    [InlineData("CRM_UI", "99")]
    [InlineData("MEETINGS_PUBLIC", null)]
    [InlineData("MEETINGS_EMBEDDED", null)]
    public async Task A_meeting_that_the_person_booked_has_no_user_though_one_is_named(string source, string? user)
    {
        var portal = new FakePortal().On("GET", "/meetings", """
            {"results":[{"id":"7","properties":{"hs_timestamp":"2026-01-02","hs_object_source":"CRM_UI","hs_created_by_user_id":"99","hs_meeting_source":"SOURCE"},
              "associations":{"contacts":{"results":[{"id":"501"}]}}}]}
            """.Replace("SOURCE", source));
        using var crm = portal.Client();
        Assert.Equal(user, Assert.Single((await crm.ReadPageAsync(new PageRequest("meetings", null, null), default)).Content.Activities).UserId);
    }

    [Fact]
    public async Task A_row_without_a_time_is_named_and_keeps_its_value_to_itself()
    {
        var portal = new FakePortal().On("GET", "/notes", """{"results":[{"id":"7","properties":{"hs_timestamp":"Anna's birthday"}},{"id":"8","properties":{"hs_timestamp":"2026-01-02"}}]}""");
        using var crm = portal.Client();
        var content = (await crm.ReadPageAsync(new PageRequest("notes", null, null), default)).Content;
        Assert.Equal([new UnreadableRow("7", "no readable hs_timestamp")], content.Unreadable);
        Assert.Single(content.Activities);
    }

    [Fact]
    public async Task Contacts_that_do_not_fit_into_one_answer_are_read_to_the_last()
    {
        var portal = new FakePortal()
            .On("GET", "/meetings", """
                {"results":[{"id":"1","properties":{"hs_timestamp":"2026-01-02"},"associations":{"contacts":{"results":[{"id":"501"}],"paging":{"next":{"after":"x"}}}}},
                  {"id":"2","properties":{"hs_timestamp":"2026-01-02"},"associations":{"contacts":{"results":[{"id":"601"}]}}}]}
                """)
            .On("POST", "/associations/2026-03/meetings/contacts/batch/read", asked => FakePortal.Json(asked.Body switch
            {
                """{"inputs":[{"id":"1"}]}""" => """{"results":[{"from":{"id":"1"},"to":[{"toObjectId":501},{"toObjectId":502}],"paging":{"next":{"after":"p2"}}}]}""",
                """{"inputs":[{"id":"1","after":"p2"}]}""" => """{"results":[{"from":{"id":"1"},"to":[{"toObjectId":503}]}]}""",
                var other => throw new InvalidOperationException(other),
            }));
        using var crm = portal.Client();
        var activities = (await crm.ReadPageAsync(new PageRequest("meetings", null, null), default)).Content.Activities;
        Assert.Equal(["501", "502", "503"], activities[0].RecordIds);
        Assert.Equal(["601"], activities[1].RecordIds);
        Assert.Equal(3, portal.Requests.Count);
    }

    [Fact]
    public async Task A_fetch_reads_100_rows_and_1000_associations_a_call_and_none_is_no_error()
    {
        var portal = new FakePortal()
            .On("POST", "/notes/batch/read", asked => FakePortal.Json(
                $$"""{"results":[{{string.Join(',', Ids(asked.Body).Where(id => id != "13").Select(id => $$$"""{"id":"{{{id}}}","properties":{"hs_timestamp":"2026-01-02"}}"""))}}]}""", 207))
            .On("POST", "/notes/contacts/batch/read", """
                {"results":[{"from":{"id":"1"},"to":[{"toObjectId":501}]}],
                 "errors":[{"status":"error","category":"OBJECT_NOT_FOUND","subCategory":"crm.associations.NO_ASSOCIATIONS_FOUND","message":"none","context":{"fromObjectId":["2"]}}],"numErrors":249}
                """, 207);
        using var crm = portal.Client();
        var content = await crm.FetchAsync("notes", [.. Enumerable.Range(1, 250).Select(id => id.ToString())], default);
        Assert.Equal(249, content.Activities.Count);
        Assert.Equal(["501"], content.Activities[0].RecordIds);
        Assert.Empty(content.Activities[1].RecordIds);
        Assert.Equal(3, portal.Requests.Count(asked => asked.Path.EndsWith("/notes/batch/read", StringComparison.Ordinal)));
        Assert.Equal(1, portal.Requests.Count(asked => asked.Path.EndsWith("/contacts/batch/read", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(""" "hs_is_closed":"true","hs_is_closed_won":"true" """, DealState.Won)]
    [InlineData(""" "hs_is_closed":"true","hs_is_closed_won":"false" """, DealState.Lost)]
    [InlineData(""" "hs_is_closed":"false","hs_is_closed_won":"false" """, DealState.Open)]
    [InlineData(""" "dealstage":"closedwon" """, DealState.Won)]
    [InlineData(""" "dealstage":"closedlost" """, DealState.Lost)]
    [InlineData(""" "dealstage":"contractsent" """, DealState.Open)]
    [InlineData(""" "dealstage":"gone" """, DealState.Open)]
    public async Task A_deal_stands_as_its_flags_or_else_its_stage_say(string properties, DealState state)
    {
        var portal = new FakePortal()
            .On("GET", "/deals", """
                {"results":[{"id":"1","updatedAt":"2026-01-03T00:00:00Z","createdAt":"2026-01-01T00:00:00Z","properties":{"closedate":"2026-01-02T00:00:00Z","amount":"12.5",PROPERTIES}}]}
                """.Replace("PROPERTIES", properties))
            .On("GET", "/pipelines/2026-03/deals", """
                {"results":[{"id":"default","stages":[{"id":"contractsent","metadata":{"isClosed":"false","probability":"0.9"}},
                  {"id":"closedwon","metadata":{"isClosed":"true","probability":"1.0"}},{"id":"closedlost","metadata":{"isClosed":"true","probability":"0.0"}}]}]}
                """);
        using var crm = portal.Client();
        var deal = Assert.Single((await crm.ReadPageAsync(new PageRequest("deals", null, null), default)).Content.Deals);
        Assert.Equal((state, 12.5m), (deal.State, deal.Amount));
        Assert.Equal(state == DealState.Open ? null : "2026-01-02T00:00:00Z", deal.ClosedAt?.ToString());
        Assert.Equal(new Instant(1767225600000), deal.CreatedAt);
    }

    private static IEnumerable<string> Ids(string body)
    {
        using var request = System.Text.Json.JsonDocument.Parse(body);
        var ids = request.RootElement.GetProperty("inputs").EnumerateArray().Select(input => input.GetProperty("id").GetString()!).ToList();
        Assert.InRange(ids.Count, 1, 100);
        return ids;
    }
}
