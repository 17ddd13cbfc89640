using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Inspect;
using CrmLeadQualifier.Sync.Report;
using CrmLeadQualifier.Sync.Runs;
using CrmLeadQualifier.Sync.Tests.Fakes;
using NodaTime;
using Instant = CrmLeadQualifier.Core.Time.Instant;

namespace CrmLeadQualifier.Sync.Tests.Score;

/// <summary>The clock of a hand-over: who was in contact and when, who owned the lead, and what of it shows.</summary>
public sealed class HandOverTests : SyncTest
{
    [Fact]
    public async Task The_first_contact_after_the_hand_over_shows_in_the_crm_and_stops_the_clock()
    {
        var contact = await NewMqlAsync();
        Clock.Advance(TimeSpan.FromMinutes(30));
        Crm.Call("1", user: null);
        await SyncWellAsync();
        Assert.Equal(("to_answer", ""), (contact["answer"], contact["first_contact_at"]));

        Crm.Call("1");
        var called = Now;
        await SyncWellAsync();

        Assert.Equal(("contacted", FieldValue.Of(called)), (contact["answer"], contact["first_contact_at"]));
        await SyncWellAsync(TimeSpan.FromDays(3));
        Assert.Equal("contacted", contact["answer"]);
    }

    [Fact]
    public async Task Sales_that_was_in_contact_already_is_handed_the_lead_as_contacted()
    {
        var contact = await NewManagerAsync();
        await SyncWellAsync();
        Crm.Call("1");
        var called = Now;
        await SyncWellAsync(TimeSpan.FromDays(10));
        Crm.AskForDemo("1");
        await SyncWellAsync();

        Assert.Equal(("mql", "contacted", FieldValue.Of(called)), (contact["stage"], contact["answer"], contact["first_contact_at"]));
        var known = (await HandOversAsync("1"))[^1];
        Assert.True(known.FirstContact!.WasInContact);
        var writes = Crm.Log.Count;
        await SyncWellAsync();
        Assert.Equal(writes, Crm.Log.Count);
    }

    [Fact]
    public async Task Every_state_of_the_clock_is_kept_with_when_it_was_known()
    {
        await NewMqlAsync();
        var handedOver = Now;
        await SyncWellAsync();
        Crm.Change("1", contact => contact.OwnerId = "bob");
        await SyncWellAsync();
        Clock.Advance(TimeSpan.FromHours(2));
        Crm.Call("1");
        var called = Now;
        await SyncWellAsync();
        var seen = Now;

        var rows = await HandOversAsync("1");
        Assert.Equal([null, handedOver, handedOver, handedOver], rows.Select(row => row.HandedOverAt));
        Assert.Equal([0, 0, 1, 1], rows.Select(row => row.OwnerChanges));
        Assert.Equal([null, null, null, new ContactMade(called, "call", false, false)], rows.Select(row => row.FirstContact));
        Assert.Equal((seen, "bob"), (rows[^1].SeenAt, rows[^1].OwnerId));
        Assert.Equal((await TransitionsAsync("1"))[^1].Transition.At, rows[^1].MqlAt);

        var explanation = await Explain.ByEmailAsync(Ledger, "person1@company.example", default);
        var row = Assert.Single(explanation!.Sections.Single(section => section.Title == "Hand-overs").Rows);
        Assert.Equal($"call {called}", row[3]);
        Assert.Equal(("1", "2.03 h, 2.03 of them business hours", "yes"), (row[4], row[6], row[7]));
    }

    [Fact]
    public async Task A_killed_push_starts_the_clock_once()
    {
        await NewManagerAsync();
        Crm.AskForDemo("1");
        Crm.AfterCall = call =>
        {
            if (call == "write")
            {
                throw new ProcessDiedException();
            }
        };
        await Assert.ThrowsAsync<ProcessDiedException>(() => SyncAsync());
        var died = Now;
        Crm.AfterCall = _ => { };
        await DieAsync();
        await SyncWellAsync(TimeSpan.FromMinutes(10));

        Assert.Equal(FieldValue.Of(died), Crm["1"]["handed_over_at"]);
        Assert.Equal([null, died], (await HandOversAsync("1")).Select(row => row.HandedOverAt));
    }

    [Fact]
    public async Task Holidays_of_the_settings_count_like_those_of_the_agreement()
    {
        var contact = await NewManagerAsync();
        Crm.AskForDemo("1");
        Clock.Advance(TimeSpan.FromMinutes(1));
        var run = new SyncRun(Ledger, OpenCrm, Clock) { Holidays = new HashSet<LocalDate> { new(2026, 11, 23), new(2026, 11, 24) } };
        Assert.Empty((await run.RunAsync(new SyncRequest(), null, default)).Failures);

        Assert.Equal("2026-11-25T17:00:00Z", contact["answer_due_at"]);
        Assert.Empty((await run.RunAsync(new SyncRequest(), null, default)).Failures);
        await SyncWellAsync();
        Assert.Equal("2026-11-25T17:00:00Z", contact["answer_due_at"]);
    }

    [Fact]
    public async Task A_reason_that_the_agreement_retired_is_kept_and_told_apart_from_one_that_none_ever_had()
    {
        var contact = await NewMqlAsync();
        await SignAsync(Agreement.Replace("no_need", "no_use", StringComparison.Ordinal));
        await SyncWellAsync();
        Crm.Say("1", "rejected", "no_need");
        await SyncWellAsync();

        Assert.Equal(("recycled", "answered", "no_need"), (contact["stage"], contact["answer"], contact["rejection_reason"]));
        Assert.Equal([DecisionNote.RetiredReason], (await LeadAsync("1")).Notes);
        var report = await new ReportRun(Ledger).MakeAsync(new ReportRequest(), Now + TimeSpan.FromMinutes(1), default);
        Assert.Equal([IndicatorProblem.RetiredRejectionReason], report.Set.Problems.Select(problem => problem.Kind));
        var reasons = ReportText.Sections(report).Single(section => section.Title == "What was rejected, and why").Rows.Select(row => row[0]);
        Assert.Equal([FieldTexts.Retired(RetiredLabel(), Core.Definitions.Language.English)], reasons);

        string RetiredLabel() => report.Agreement.RetiredReasons["no_need"].In(Core.Definitions.Language.English);
    }

    [Fact]
    public async Task A_reason_that_no_agreement_knows_is_kept_and_stays_noted_and_so_does_a_missing_one()
    {
        var contact = await NewMqlAsync();
        Crm.Say("1", "rejected", "unheard_of");
        await SyncWellAsync();
        Assert.Equal(("recycled", "answered", "unheard_of"), (contact["stage"], contact["answer"], contact["rejection_reason"]));
        Clock.Advance(TimeSpan.FromDays(1));
        Crm.Visit("1", "https://us.example/about");
        await SyncWellAsync();
        Assert.Equal([DecisionNote.UnknownReason], (await LeadAsync("1")).Notes);

        Crm.Say("1", "rejected");
        await SyncWellAsync();
        Assert.Equal(("recycled", "reason_missing"), (contact["stage"], contact["answer"]));
        Crm.Visit("1", "https://us.example/about");
        await SyncWellAsync();
        var explanation = await Explain.ByEmailAsync(Ledger, "person1@company.example", default);
        Assert.Equal(DecisionNote.ReasonMissing, Assert.Single(explanation!.Sections.Single(section => section.Title == "Notes").Rows)[0]);

        Crm.Say("1", "rejected", "no_need");
        await SyncWellAsync();
        Assert.Empty((await LeadAsync("1")).Notes);
    }

    private async Task<IReadOnlyList<HandOverRow>> HandOversAsync(string record)
    {
        var lead = await LeadAsync(record);
        return (await ReadAsync(ledger => ledger.HandOvers.OfLeadsAsync([lead.Id])))[lead.Id];
    }
}
