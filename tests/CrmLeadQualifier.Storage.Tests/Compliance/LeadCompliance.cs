using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Tests.Compliance;

public abstract class LeadCompliance(LedgerStore store) : LedgerCompliance(store)
{
    private const string InForce = "f1";

    [Fact]
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

    [Fact]
    public async Task New_leads_get_ascending_ids_and_are_due()
    {
        var ids = await WriteAsync(tx => tx.Leads.CreateAsync(3));

        Assert.Equal(ids.Order(), ids);
        Assert.Equal(3, ids.Distinct().Count());
        Assert.Equivalent(new LeadRow(ids[0]), await LeadAsync(ids[0]), strict: true);
        Assert.True(await IsDueAsync(ids[2]));
    }

    [Fact]
    public async Task A_lead_that_is_not_there_cannot_be_saved() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => WriteAsync(tx => tx.Leads.SaveAsync([new LeadRow(99)])));

    [Theory]
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

        Assert.Equal(isTaken ? [id] : [], await DueAsync(0, 10));
    }

    [Fact]
    public async Task Due_leads_come_in_the_order_of_their_ids_whatever_made_them_due_and_batch_after_batch()
    {
        var ids = new List<long>();
        for (var i = 0; i < 12; i++)
        {
            ids.Add(await AddLeadAsync($"c{i}"));
        }

        await WriteAsync(tx => tx.Leads.SaveAsync([.. ids.Select((id, i) => new LeadRow(id)
        {
            IsDue = i % 4 == 0,
            NextDueAt = i % 4 == 1 ? T - TimeSpan.FromDays(i) : null,
            IsReleased = i % 4 == 2,
            State = LeadState.New with { ScoringFingerprint = i % 4 == 3 ? $"old{i}" : InForce },
        })]));

        var taken = new List<long>();
        for (var after = 0L; ;)
        {
            var batch = await DueAsync(after, 5);
            taken.AddRange(batch);
            if (batch.Count < 5)
            {
                break;
            }

            after = batch[^1];
        }

        Assert.Equal(ids, taken);
    }

    [Fact]
    public async Task A_lead_without_a_record_is_not_taken()
    {
        var ids = await WriteAsync(tx => tx.Leads.CreateAsync(2));
        await AddContactAsync("1", ids[1]);

        Assert.Equal([ids[1]], await DueAsync(0, 10));
    }

    private async Task<IReadOnlyList<long>> DueAsync(long afterId, int limit) => await WriteAsync(async tx =>
        (IReadOnlyList<long>)[.. (await tx.Leads.TakeDueAsync(T, InForce, afterId, limit)).Select(lead => lead.Id)]);
}
