using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Tests.Compliance;

public abstract class LeadCompliance(LedgerStore store) : LedgerCompliance(store)
{
    private const string InForce = "f1";

    [SkippableFact]
    public async Task A_lead_comes_back_as_it_was_saved()
    {
        var id = await AddLeadAsync("1");
        var verdict = new Verdict("7", VerdictValue.Rejected, T) { Reason = "bad_timing", Comment = "no", RecontactOn = T, By = "M. Roy", IsApproximate = true, IsWithdrawal = true };
        var lead = new LeadRow(id)
        {
            State = new LeadState
            {
                Stage = Stage.Recycled,
                StageSince = T,
                ScoringFingerprint = InForce,
                IsHeld = true,
                HeldSince = T,
                CoolDownUntil = T + TimeSpan.FromDays(90),
                IsRecontact = true,
                NeedsRelease = true,
                HandOver = 2,
                HandedOverAt = T,
                AnswerDueAt = T,
                Answer = Answer.ReasonMissing,
                Verdict = verdict,
                PreviousVerdict = verdict with { Value = VerdictValue.Accepted, Reason = null },
            },
            Score = new LeadScore
            {
                Status = LeadStatus.NotYet,
                Profile = 40,
                Behaviour = -3,
                Intent = 7,
                Grade = "A1",
                Criteria = [new("demo", 60), new("personal mailbox", -15)],
                Adjustments = [new("profile", -5)],
                ExcludedBy = ["competitor"],
                Missing = ["country"],
                NextChangeAt = T + TimeSpan.FromDays(1),
            },
            ScoredAt = T,
            Version = 3,
            IsDue = false,
            NextDueAt = T + TimeSpan.FromMilliseconds(1),
            IsReleased = true,
            HandOverRecordId = 9,
            Notes = [DecisionNote.LateFact, DecisionNote.UnknownReason],
        };

        await WriteAsync(tx => tx.Leads.SaveAsync([lead]));

        Assert.Equivalent(lead, await LeadAsync(id), strict: true);
    }

    [SkippableFact]
    public async Task New_leads_get_ascending_ids_and_are_due()
    {
        var ids = await WriteAsync(tx => tx.Leads.CreateAsync(3));

        Assert.Equal(ids.Order(), ids);
        Assert.Equal(3, ids.Distinct().Count());
        Assert.Equivalent(new LeadRow(ids[0]), await LeadAsync(ids[0]), strict: true);
        Assert.True(await IsDueAsync(ids[2]));
    }

    [SkippableFact]
    public async Task A_lead_that_is_not_there_cannot_be_saved() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => WriteAsync(tx => tx.Leads.SaveAsync([new LeadRow(99)])));

    [SkippableTheory]
    [InlineData("a fact changed", true)]
    [InlineData("its time has come", true)]
    [InlineData("its time comes a millisecond later", false)]
    [InlineData("it was released", true)]
    [InlineData("another agreement scored it", true)]
    [InlineData("nothing", false)]
    public async Task A_lead_is_taken_when(string what, bool isTaken)
    {
        var id = await AddLeadAsync("1");
        var lead = new LeadRow(id) { IsDue = false, State = LeadState.New with { ScoringFingerprint = InForce } };
        await WriteAsync(tx => tx.Leads.SaveAsync([what switch
        {
            "a fact changed" => lead with { IsDue = true },
            "its time has come" => lead with { NextDueAt = T },
            "its time comes a millisecond later" => lead with { NextDueAt = T + TimeSpan.FromMilliseconds(1) },
            "it was released" => lead with { IsReleased = true },
            "another agreement scored it" => lead with { State = lead.State with { ScoringFingerprint = "f0" } },
            _ => lead,
        }]));

        Assert.Equal(isTaken ? [id] : [], await DueAsync(new DueWalk(T, InForce), 10));
    }

    [SkippableFact]
    public async Task All_leads_with_a_record_are_listed_page_after_page()
    {
        var ids = new[] { await AddLeadAsync("1"), await AddLeadAsync("2"), await AddLeadAsync("3") };
        await WriteAsync(tx => tx.Leads.CreateAsync(1));
        await WriteAsync(tx => tx.Leads.SaveAsync([new LeadRow(ids[1]) { IsDue = false }]));

        var first = await ReadAsync(tx => tx.Leads.ListAsync(0, 2));
        var second = await ReadAsync(tx => tx.Leads.ListAsync(first[^1].Id, 2));

        Assert.Equal(ids, first.Concat(second).Select(lead => lead.Id));
        Assert.False(first[1].IsDue);
    }

    [SkippableFact]
    public async Task A_walk_meets_every_due_lead_once_whatever_made_it_due_batch_after_batch()
    {
        var ids = new List<long>();
        for (var i = 0; i < 32; i++)
        {
            ids.Add(await AddLeadAsync($"c{i}"));
        }

        // Every set of reasons, twice; those of i divisible by 16 have none.
        await WriteAsync(tx => tx.Leads.SaveAsync([.. ids.Select((id, i) => new LeadRow(id)
        {
            IsDue = (i & 1) > 0,
            NextDueAt = (i & 2) > 0 ? T - TimeSpan.FromDays(i % 5) : i % 3 == 0 ? T + TimeSpan.FromDays(i + 1) : null,
            IsReleased = (i & 4) > 0,
            State = LeadState.New with { ScoringFingerprint = (i & 8) > 0 ? $"old{i % 3}" : InForce },
        })]));
        Assert.Equal(30, await ReadAsync(tx => tx.Leads.CountDueAsync(T, InForce)));

        var taken = new List<long>();
        var walk = new DueWalk(T, InForce);
        while (await DueAsync(walk, 5) is { Count: > 0 } batch)
        {
            taken.AddRange(batch);
        }

        Assert.Equal(ids.Where((_, i) => i % 16 > 0), taken.Order());
    }

    [SkippableFact]
    public async Task A_lead_without_a_record_is_not_taken()
    {
        var ids = await WriteAsync(tx => tx.Leads.CreateAsync(2));
        await AddContactAsync("1", ids[1]);

        Assert.Equal([ids[1]], await DueAsync(new DueWalk(T, InForce), 10));
    }

    [SkippableFact]
    public async Task Marking_due_is_for_the_named_leads_only()
    {
        var (one, other) = (await AddLeadAsync("1"), await AddLeadAsync("2"));

        await WriteAsync(tx => tx.Leads.MarkDueAsync([one]));

        Assert.Equal((true, false), (await IsDueAsync(one), await IsDueAsync(other)));
    }

    [SkippableFact]
    public async Task A_joined_lead_gives_its_transitions_and_activities_and_stays_as_an_empty_row()
    {
        var (from, to) = (await AddLeadAsync("1"), await AddLeadAsync("2"));
        await WriteAsync(async tx =>
        {
            await tx.Activities.SaveAsync([new ActivityRow(Hub, "a", "1", "call", T), new ActivityRow(Hub, "b", "2", "call", T)]);
            await tx.Leads.AddTransitionsAsync([Change(from, Stage.Lead, Stage.Mql)]);
            var record = Assert.Single(await tx.Records.OfLeadsAsync([from]));
            await tx.Records.SaveAsync([record with { LeadId = to }]);
            await tx.Leads.JoinAsync(from, to);
        });

        var activities = await ReadAsync(tx => tx.Activities.OfLeadsAsync([from, to]));
        var transitions = await ReadAsync(tx => tx.Leads.TransitionsAsync([from, to]));
        Assert.Equal([to], activities.Keys);
        Assert.Equal(["a", "b"], activities[to].Select(a => a.ExternalId).Order());
        Assert.Equal([to], transitions.Keys);
        Assert.Equal(to, Assert.Single(transitions[to]).LeadId);
        Assert.Equal(from, (await LeadAsync(from)).Id);
        Assert.Equal(1, (await ReadAsync(tx => tx.Leads.CountAsync())).Total);
    }

    [SkippableFact]
    public async Task Held_leads_come_highest_total_first_or_most_recent_activity_first()
    {
        var low = await HoldAsync("1", total: 10);
        var high = await HoldAsync("2", total: 90);
        var idle = await HoldAsync("3", total: 50);
        await WriteAsync(tx => tx.Activities.SaveAsync([
            new ActivityRow(Hub, "a", "2", "call", T - TimeSpan.FromDays(2)),
            new ActivityRow(Hub, "b", "1", "call", T - TimeSpan.FromDays(1)),
            new ActivityRow(Hub, "c", "2", "call", T) { IsWithdrawn = true },
        ]));

        Assert.Equal([high, idle, low], await HeldAsync(10, byRecency: false));
        Assert.Equal([low, high, idle], await HeldAsync(10, byRecency: true));
        Assert.Equal([high], await HeldAsync(1, byRecency: false));
    }

    [SkippableFact]
    public async Task A_held_lead_that_is_not_qualified_any_more_is_not_offered_for_release()
    {
        var lead = await HoldAsync("1", total: 10);
        await WriteAsync(async tx => await tx.Leads.SaveAsync([(await LeadAsync(lead)) with { Score = new LeadScore { Status = LeadStatus.NotYet } }]));

        Assert.Empty(await HeldAsync(10, byRecency: false));
    }

    [SkippableFact]
    public async Task A_held_lead_that_was_released_already_is_not_offered_for_release_again()
    {
        var lead = await HoldAsync("1", total: 10);
        await WriteAsync(async tx => await tx.Leads.SaveAsync([(await LeadAsync(lead)) with { IsReleased = true }]));

        Assert.Empty(await HeldAsync(10, byRecency: false));
    }

    [SkippableFact]
    public async Task Counts_name_every_stage_and_leave_out_leads_without_a_record()
    {
        await HoldAsync("1", total: 10);
        var sql = await AddLeadAsync("2");
        await WriteAsync(async tx =>
        {
            await tx.Leads.SaveAsync([new LeadRow(sql) { State = LeadState.New with { Stage = Stage.Sql } }]);
            await tx.Leads.CreateAsync(1);
        });

        var counts = await ReadAsync(tx => tx.Leads.CountAsync());

        Assert.Equal((2, 1), (counts.Total, counts.Held));
        Assert.Equal(Enum.GetValues<Stage>(), counts.ByStage.Keys.Order());
        Assert.Equal((1, 1, 0), (counts.ByStage[Stage.Lead], counts.ByStage[Stage.Sql], counts.ByStage[Stage.Mql]));
    }

    [SkippableFact]
    public async Task Transitions_come_in_the_order_in_which_they_were_added_whatever_their_instants()
    {
        var lead = await AddLeadAsync("1");
        TransitionRow[] rows =
        [
            Change(lead, Stage.Lead, Stage.Mql) with
            {
                SeenAt = T, AgreementFingerprint = "a", ScoringFingerprint = "s", Profile = 1, Behaviour = -2, Intent = 3, Grade = "B2", Source = "web", OwnerId = "o", Run = "r",
            },
            Change(lead, Stage.Mql, Stage.Sql) with { Transition = new Transition(Stage.Mql, Stage.Sql, T - TimeSpan.FromDays(9), TransitionCause.Verdict) },
        ];
        await WriteAsync(tx => tx.Leads.AddTransitionsAsync(rows));

        Assert.Equal(rows, (await ReadAsync(tx => tx.Leads.TransitionsAsync([lead, 999])))[lead]);
    }

    [SkippableFact]
    public async Task Attribute_values_come_in_the_order_of_their_instants_and_the_same_fact_twice_is_one()
    {
        var (one, other) = (await AddContactAsync("1"), await AddContactAsync("2"));
        AttributeValueRow[] rows =
        [
            new(one, "country", "FR", T, T),
            new(one, "country", "", T - TimeSpan.FromDays(3), T),
            new(other, "country", "DE", T - TimeSpan.FromDays(1), T),
        ];
        await WriteAsync(tx => tx.Leads.AddAttributeValuesAsync(rows));
        await WriteAsync(tx => tx.Leads.AddAttributeValuesAsync(rows));

        Assert.Equal(["", "DE", "FR"], (await ReadAsync(tx => tx.Leads.AttributeValuesAsync([one, other]))).Select(row => row.Value));
        Assert.Equal([rows[1], rows[0]], await ReadAsync(tx => tx.Leads.AttributeValuesAsync([one])));
    }

    private async Task<long> HoldAsync(string contact, int total)
    {
        var lead = await AddLeadAsync(contact);
        await WriteAsync(tx => tx.Leads.SaveAsync([new LeadRow(lead)
        {
            State = LeadState.New with { IsHeld = true, HeldSince = T },
            Score = new LeadScore { Status = LeadStatus.Qualified, Profile = total },
        }]));
        return lead;
    }

    private async Task<IReadOnlyList<long>> HeldAsync(int limit, bool byRecency) =>
        [.. (await ReadAsync(tx => tx.Leads.HeldAsync(limit, byRecency))).Select(lead => lead.Id)];

    private static TransitionRow Change(long lead, Stage from, Stage to) => new(lead, new Transition(from, to, T, TransitionCause.Qualified));

    private async Task<IReadOnlyList<long>> DueAsync(DueWalk walk, int limit) =>
        await WriteAsync(async tx => (IReadOnlyList<long>)[.. (await tx.Leads.TakeDueAsync(walk, limit)).Select(lead => lead.Id)]);
}
