using System.Text.Json.Nodes;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Report;

namespace CrmLeadQualifier.Sync.Tests.Report;

/// <summary>The report of a ledger that real runs filled, against what the simulated teams did and against a second count over the ledger's rows.</summary>
public sealed class LedgerReportTests : SyncTest
{
    public static TheoryData<int> Seeds => [1, 2, 3, 4, 5, 6];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Every_figure_equals_what_the_teams_did(int seed)
    {
        var teams = await LiveAsync(seed, halfDays: 50);
        var report = await ReportAsync();
        var set = report.Set;

        Assert.Equal(teams.People.Count, set.NewLeads.Count);
        Assert.Equal(new Rate(teams.People.Count(person => person.IsStudent), teams.People.Count), set.NewLeads.OutOfTarget);
        Assert.Equal(
            teams.People.GroupBy(person => person.Source.Length == 0 ? "(none)" : person.Source).ToDictionary(source => source.Key, source => source.Count()),
            set.NewLeads.BySource.ToDictionary(source => source.Source, source => source.ToMql.Of));
        Assert.Equal("student", Assert.Single(set.NewLeads.OutOfTargetBecause).Because);

        var rows = await RowsAsync(teams);
        var cohort = rows.Where(row => row.MqlAt is not null).ToList();
        Assert.True(cohort.Count > 5);
        Assert.Equal(cohort.Count, set.Mqls);
        Assert.Equal(new Rate(cohort.Count(row => row.SqlAt is not null), cohort.Count), set.MqlToSql.Rate);
        Assert.Equal(new Rate(cohort.Count(row => row.Verdicts.Count > 0), cohort.Count), set.Answered.Rate);
        Assert.Equal(
            new Rate(cohort.Count(row => row.Verdicts is [.., { Verdict.Value: VerdictValue.Rejected }]), cohort.Count(row => row.Verdicts.Count > 0)), set.Rejected.Rate);
        Assert.Equal(
            cohort.Where(row => row.Verdicts is [.., { Verdict.Value: VerdictValue.Rejected }]).GroupBy(row => row.Verdicts[^1].Verdict.Reason is { Length: > 0 } reason ? reason : "reason missing").ToDictionary(same => same.Key, same => same.Count()),
            set.Rejected.ByReason.ToDictionary(reason => reason.Reason, reason => reason.Count));
        Assert.Equal(new Rate(cohort.Count(row => row.IsWon), cohort.Count), set.Close.Rate);
        Assert.Equal(cohort.GroupBy(row => row.Person.Source.Length == 0 ? "(none)" : row.Person.Source).ToDictionary(same => same.Key, same => same.Count()), set.BySource.ToDictionary(part => part.Value, part => part.Mqls));
        Assert.Equal([("Alice Roy", cohort.Count)], set.ByOwner.Select(owner => (owner.Value, owner.Mqls)));

        // The clock: handed over by the run that saw it, the first call after that, or within the fortnight before, in calendar hours.
        Assert.Equal(new Rate(0, cohort.Count), set.Waiting);
        var contacts = cohort.Select(row => (row.HandedOverAt, Call: row.Person.Calls.Where(call => call >= row.HandedOverAt!.Value - TimeSpan.FromDays(14) && !(call >= row.NextMqlAt)).Select(call => (Instant?)call).Min())).ToList();
        Assert.Equal(contacts.Count(contact => contact.Call is null), set.FirstContact!.CalendarHours.NotReached);
        var hours = contacts.Where(contact => contact.Call is not null).Select(contact => Math.Max(0, (contact.Call!.Value - contact.HandedOverAt!.Value).TotalHours)).Order().ToList();
        Assert.Equal(new Quantiles(hours, contacts.Count - hours.Count).Median, set.FirstContact.CalendarHours.Median);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Parts_add_up_and_the_portals_own_stages_are_explained(int seed)
    {
        await LiveAsync(seed, halfDays: 40);
        var report = await ReportAsync();

        foreach (var parts in new[] { report.Set.BySource, report.Set.ByGrade, report.Set.ByOwner, report.Set.ByCountry, report.Set.ByAgreement })
        {
            Assert.Equal(report.Set.Mqls, parts.Sum(part => part.Mqls));
            Assert.Equal(report.Set.Close.Rate.Count, parts.Sum(part => part.Close.Rate.Count));
        }

        foreach (var stage in report.Reconciliation!.Stages)
        {
            Assert.Equal(stage.There, stage.Both + stage.OnlyThere.Sum(part => part.Count));
            Assert.Equal(stage.Here, stage.Both + stage.OnlyHere.Sum(part => part.Count));
        }

        Assert.Equal(report.Set.Mqls, report.Reconciliation.Stages.Single(stage => stage.Stage == "mql").Here);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task An_earlier_instant_sees_what_was_seen_then_and_nothing_later(int seed)
    {
        var teams = await LiveAsync(seed, halfDays: 30);
        var at = Now;
        var then = Json(await ReportAsync());
        Clock.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 20; i++)
        {
            await HalfADayAsync(teams);
        }

        Crm.Change("1", contact => contact.Attributes["country"] = "Chile");
        Crm.Change("2", contact => contact.Attributes["source"] = "changed since");
        await SyncWellAsync();

        var again = Json(await new ReportRun(Ledger).MakeAsync(new ReportRequest(AsOf: at, KnownAt: at), at, default));

        Assert.Equal(then.ToJsonString(), again.ToJsonString());
        Assert.NotEqual(then.ToJsonString(), Json(await ReportAsync()).ToJsonString());
    }

    [Fact]
    public async Task Who_set_the_portals_stage_without_us_and_whom_it_did_not_take_are_named()
    {
        await NewMqlAsync();
        await NewManagerAsync("2");
        await SyncWellAsync();
        Crm.Change("2", contact => contact.Lifecycle = "marketingqualifiedlead");
        var further = Crm.Add("3", "person3@company.example", ("job_title", "Manager"));
        further.Lifecycle = "customer";
        Crm.AskForDemo("3");
        await SyncWellAsync();
        await SyncWellAsync();

        var mql = (await ReportAsync()).Reconciliation!.Stages.Single(stage => stage.Stage == "mql");

        Assert.Equal((2, 2, 1), (mql.There, mql.Here, mql.Both));
        Assert.Equal(("without_us", "person2@company.example"), (mql.OnlyThere.Single().Why, Assert.Single(mql.OnlyThere.Single().Leads)));
        Assert.Equal(("further_on", "person3@company.example"), (mql.OnlyHere.Single().Why, Assert.Single(mql.OnlyHere.Single().Leads)));
    }

    [Theory]
    [InlineData("CRM_UI", "u-alice", "person")]
    [InlineData("AUTOMATION_PLATFORM", null, "workflow")]
    [InlineData("INTEGRATION", null, "connector")]
    [InlineData("IMPORT", null, "import")]
    [InlineData("SOMETHING_NEW", null, "without_us")]
    public async Task The_crms_history_says_who_set_the_portals_stage_without_us(string source, string? user, string why)
    {
        await NewManagerAsync();
        await SyncWellAsync();
        Crm.Change("1", contact =>
        {
            contact.Lifecycle = "marketingqualifiedlead";
            contact.History.Add(new FieldChange("1", "lifecycle", "marketingqualifiedlead", Now, user is not null, user, source));
            contact.History.Add(new FieldChange("1", "lifecycle", "lead", Now - TimeSpan.FromDays(1), true, "u-alice", "CRM_UI"));
        });
        await SyncWellAsync();
        var asked = Crm.CallLog.Count(request => request == "history");
        await SyncWellAsync();

        Assert.Equal(asked, Crm.CallLog.Count(request => request == "history"));
        var report = await ReportAsync();
        var part = Assert.Single(report.Reconciliation!.Stages.Single(stage => stage.Stage == "mql").OnlyThere);
        Assert.Equal((why, 1, "person1@company.example"), (part.Why, part.Count, Assert.Single(part.Leads)));
    }

    [Fact]
    public async Task Coverage_tells_of_how_many_leads_what_a_criterion_asks_for_is_known()
    {
        await NewManagerAsync("1");
        await NewManagerAsync("2");
        Crm.Add("3", "person3@company.example", ("industry", "Software"));
        Crm.Add("4", "person4@company.example");
        await SyncWellAsync();

        var report = await ReportAsync();

        Rate Of(string criterion, string attribute, string? connection) =>
            Assert.Single(report.Set.Coverage, one => (one.Criterion, one.Attribute, one.Connection) == (criterion, attribute, connection)).Known;
        var connection = (await ReadAsync(ledger => ledger.Connections.ListAsync())).Single().Name;
        Assert.Equal(new Rate(2, 4), Of("manager", "job_title", null));
        Assert.Equal(new Rate(2, 4), Of("manager", "job_title", connection));
        Assert.Equal(new Rate(1, 4), Of("industry", "industry", null));
        Assert.DoesNotContain(report.Set.Coverage, one => one.Attribute == "url");
        Assert.Contains(ReportText.Sections(report), section => section.Rows.Any(row => row.Contains("50.0% (2 of 4)")));
        Assert.Equal(report.Set.Coverage.Count, Json(report)["coverage"]!.AsArray().Count);
    }

    [Fact]
    public async Task Days_on_which_nobody_works_by_the_settings_count_in_no_delay()
    {
        await NewMqlAsync();
        Clock.Advance(TimeSpan.FromDays(1));
        Crm.Call("1");
        await SyncWellAsync();
        var tuesday = new HashSet<NodaTime.LocalDate> { new(2026, 11, 24) };

        var plain = (await ReportAsync()).Set.FirstContact!;
        var closed = (await new ReportRun(Ledger) { Holidays = tuesday }.MakeAsync(new ReportRequest(), Now, default)).Set.FirstContact!;

        Assert.Equal(plain.CalendarHours.Median, closed.CalendarHours.Median);
        Assert.True(closed.BusinessHours.Median < plain.BusinessHours.Median);
    }

    [Fact]
    public async Task Who_was_erased_is_in_no_stored_report_any_more()
    {
        await NewMqlAsync();
        await NewMqlAsync("2");
        Crm.Set("1", "CRM_UI", "u-alice", ("verdict", "rejected"), ("rejection_reason", "no_need"), ("comment", "Moved to Lyon"));
        await SyncWellAsync(TimeSpan.FromDays(7));
        var stored = (await new StoredReports(Ledger).MakeDueAsync(Now, default))!;
        foreach (var text in new[] { stored.Json, stored.Html })
        {
            Assert.Contains("person1@company.example", text, StringComparison.Ordinal);
            Assert.Contains("Moved to Lyon", text, StringComparison.Ordinal);
            Assert.DoesNotContain("\u27E6", text, StringComparison.Ordinal);
        }

        var record = (await RecordAsync("1")).Id;
        await using (var transaction = await Ledger.BeginAsync(null, default))
        {
            await transaction.Erasures.EraseAsync([record], "erased");
            await transaction.CommitAsync(default);
        }

        var erased = (await ReadAsync(ledger => ledger.Reports.FindAsync(stored.Week)))!;
        foreach (var text in new[] { erased.Json, erased.Html })
        {
            Assert.DoesNotContain("person1@", text, StringComparison.Ordinal);
            Assert.DoesNotContain("Lyon", text, StringComparison.Ordinal);
            Assert.Contains("(erased)", text, StringComparison.Ordinal);
            Assert.Contains("person2@company.example", text, StringComparison.Ordinal);
        }

        Assert.Equal((int)JsonNode.Parse(stored.Json)!["mqls"]!, (int)JsonNode.Parse(erased.Json)!["mqls"]!);
    }

    [Fact]
    public async Task Nobody_to_hand_over_to_is_waiting_and_a_broken_promise_is_overdue()
    {
        await NewMqlAsync();
        await NewManagerAsync("2");
        Crm.Change("2", contact => contact.OwnerId = null);
        Crm.AskForDemo("2");
        await SyncWellAsync();
        await SyncWellAsync(TimeSpan.FromDays(7));

        var report = await ReportAsync();

        Assert.Equal((1, 1), (report.Overdue, report.Waiting));
        Assert.Equal(["person1@company.example", "person2@company.example"], report.Open.Select(lead => lead.Name));
        Assert.Equal(new Rate(1, 2), report.Set.Waiting);
        Assert.Equal(new Rate(0, 1), report.Set.SlaMet);
    }

    [Fact]
    public async Task A_stored_report_never_changes_and_the_next_one_says_what_arrived_late()
    {
        await NewMqlAsync();
        await SyncWellAsync(TimeSpan.FromDays(7));
        var reports = new StoredReports(Ledger);
        Assert.Null(await reports.MakeDueAsync(Start + TimeSpan.FromHours(-5), default));
        var monday = Now;
        var stored = (await reports.MakeDueAsync(monday, default))!;
        Assert.Null(await reports.MakeDueAsync(monday + TimeSpan.FromHours(1), default));
        Assert.Equal("2026-W48", stored.Week);
        Assert.Equal(0, (int)JsonNode.Parse(stored.Json)!["answered"]!["count"]!);

        // Said before the report was made, read after it.
        Crm.Say("1", "rejected", "no_need");
        Crm["1"].History[^1] = Crm["1"].History[^1] with { At = monday - TimeSpan.FromDays(2) };
        Crm["1"].History[^2] = Crm["1"].History[^2] with { At = monday - TimeSpan.FromDays(2) };
        await SyncWellAsync();
        var next = (await reports.MakeDueAsync(monday + TimeSpan.FromDays(7), default))!;

        Assert.Equal(stored, await ReadAsync(ledger => ledger.Reports.FindAsync("2026-W48")));
        Assert.Equal(["2026-W49", "2026-W48"], await ReadAsync(ledger => ledger.Reports.WeeksAsync()));
        var changes = JsonNode.Parse(next.Json)!["changes"]!;
        Assert.Equal(("2026-W48", 1), ((string?)changes["week"], (int)changes["late_verdicts"]!));
        Assert.Contains(changes["figures"]!.AsArray(), figure => (string?)figure!["figure"] == "rejected" && (int)figure["is"]!["count"]! == 1);
        await using var transaction = await Ledger.BeginAsync(null, default);
        Assert.False(await transaction.Reports.AddAsync(stored with { Html = "another" }, []));
    }

    [Theory]
    [InlineData("en", "What was rejected, and why", "No need")]
    [InlineData("fr", "Ce qui a été rejeté, et pourquoi", "No need")]
    public async Task The_page_is_one_file_in_the_language_asked_for(string language, string title, string reason)
    {
        var teams = await LiveAsync(3, halfDays: 40);
        Crm.Change(teams.People[0].Id, contact => contact.Attributes["country"] = "<script>alert(1)</script>");
        await SyncWellAsync();

        var request = new ReportRequest(Language: language == "fr" ? Core.Definitions.Language.French : Core.Definitions.Language.English);
        var page = ReportPage.Write(await new ReportRun(Ledger).MakeAsync(request, Now, default));

        Assert.StartsWith($"<!doctype html>\n<html lang=\"{language}\">", page, StringComparison.Ordinal);
        Assert.Contains(title, page, StringComparison.Ordinal);
        Assert.Contains(reason, page, StringComparison.Ordinal);
        Assert.Contains("<svg", page, StringComparison.Ordinal);
        foreach (var outside in new[] { "<script", "http://", "https://", "src=", "@import" })
        {
            Assert.DoesNotContain(outside, page, StringComparison.Ordinal);
        }
    }

    private async Task<SimulatedTeams> LiveAsync(int seed, int halfDays)
    {
        await SyncWellAsync();
        var teams = new SimulatedTeams(Crm, seed, () => Now);
        for (var i = 0; i < halfDays; i++)
        {
            await HalfADayAsync(teams);
        }

        return teams;
    }

    private async Task HalfADayAsync(SimulatedTeams teams)
    {
        teams.HalfADay();
        // What was done is read, handed over and answered before anything else happens.
        await SyncWellAsync();
        await SyncWellAsync(TimeSpan.FromHours(12));
    }

    private Task<WeeklyReport> ReportAsync() => new ReportRun(Ledger).MakeAsync(new ReportRequest(), Now, default);

    private static JsonObject Json(WeeklyReport report) => ReportJson.Build(report);

    /// <summary>Of each person, from the ledger's rows one by one and what the CRM shows.</summary>
    private async Task<List<PersonRows>> RowsAsync(SimulatedTeams teams)
    {
        var rows = new List<PersonRows>();
        foreach (var person in teams.People)
        {
            var lead = (await RecordAsync(person.Id)).LeadId;
            var transitions = await TransitionsAsync(person.Id);
            var mqls = transitions.Where(row => row.Transition is { To: Stage.Mql, Cause: "qualified" }).ToList();
            var mql = mqls.FirstOrDefault()?.Transition.At;
            var next = mqls.Skip(1).FirstOrDefault()?.Transition.At;
            var writes = await ReadAsync(async ledger => await ledger.Writes.OfRecordsAsync([(await ledger.Records.OfLeadsAsync([lead])).Single().Id], Instant.MinValue));
            var handedOver = writes.Where(write => write is { Field: "handed_over_at", Value.Length: > 0 }).Select(write => write.SentAt).Distinct().ToList();
            var verdicts = (await ReadAsync(ledger => ledger.Feedback.VerdictsAsync([lead]))).GetValueOrDefault(lead) ?? [];
            var deals = (await ReadAsync(ledger => ledger.Feedback.DealsAsync([lead]))).GetValueOrDefault(lead) ?? [];
            rows.Add(new PersonRows(person)
            {
                MqlAt = mql,
                SqlAt = transitions.Where(row => row.Transition.To == Stage.Sql && row.Transition.At >= mql).Select(row => (Instant?)row.Transition.At).Min(),
                Verdicts = [.. verdicts.Where(row => row.Verdict.At > mql && !(row.Verdict.At > next))],
                IsWon = deals.Any(deal => deal.Deal.Outcome == DealOutcome.Won),
                HandedOverAt = handedOver.Count > 0 ? handedOver[0] : null,
                NextMqlAt = next,
            });
        }

        return rows;
    }

    private sealed record PersonRows(Person Person)
    {
        public Instant? MqlAt { get; init; }

        public Instant? SqlAt { get; init; }

        public IReadOnlyList<VerdictRow> Verdicts { get; init; } = [];

        public bool IsWon { get; init; }

        public Instant? HandedOverAt { get; init; }

        public Instant? NextMqlAt { get; init; }
    }
}
