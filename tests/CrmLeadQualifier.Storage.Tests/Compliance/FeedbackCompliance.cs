using System.Globalization;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Tests.Compliance;

public abstract class FeedbackCompliance(LedgerStore store) : LedgerCompliance(store)
{
    [SkippableFact]
    public async Task A_verdict_is_added_once_and_marks_its_lead()
    {
        var lead = await AddLeadAsync("1");
        var row = new VerdictRow(await RecordAsync(lead), Verdict(await RecordAsync(lead), VerdictValue.Rejected) with
        {
            Reason = "bad_timing", Comment = "later", RecontactOn = T, By = "M. Roy", IsApproximate = true,
        })
        {
            SeenAt = T,
        };

        Assert.Equal(1, await AddAsync(row));
        Assert.True(await IsDueAsync(lead));
        await SettleAsync(lead);
        Assert.Equal(0, await AddAsync(row with { SeenAt = T + TimeSpan.FromDays(1) }));

        Assert.False(await IsDueAsync(lead));
        Assert.Equal([row], await VerdictsAsync(lead));
    }

    [SkippableFact]
    public async Task Value_reason_and_instant_tell_verdicts_apart_and_so_does_emptying()
    {
        var lead = await AddLeadAsync("1");
        var record = await RecordAsync(lead);
        var verdict = Verdict(record, VerdictValue.Rejected);

        Assert.Equal(5, await AddAsync(
            new VerdictRow(record, verdict),
            new VerdictRow(record, verdict with { Reason = "bad_timing" }),
            new VerdictRow(record, verdict with { Value = VerdictValue.Accepted }),
            new VerdictRow(record, verdict with { At = T + TimeSpan.FromMilliseconds(1) }),
            new VerdictRow(record, verdict with { IsWithdrawal = true })));
    }

    [SkippableFact]
    public async Task Verdicts_come_in_the_order_of_their_instants_and_follow_the_records_present_lead()
    {
        var (from, to) = (await AddLeadAsync("1"), await AddLeadAsync("2"));
        var (one, two) = (await RecordAsync(from), await RecordAsync(to));
        await AddAsync(
            new VerdictRow(one, Verdict(one, VerdictValue.Qualified)),
            new VerdictRow(two, Verdict(two, VerdictValue.Accepted) with { At = T - TimeSpan.FromDays(1) }),
            new VerdictRow(one, Verdict(one, VerdictValue.Reopened) with { At = T - TimeSpan.FromDays(2) }));

        await WriteAsync(async tx => await tx.Records.SaveAsync([.. (await tx.Records.GetAsync([one])).Select(record => record with { LeadId = to })]));

        Assert.Empty(await VerdictsAsync(from));
        Assert.Equal([VerdictValue.Reopened, VerdictValue.Accepted, VerdictValue.Qualified], (await VerdictsAsync(to)).Select(row => row.Verdict.Value));
    }

    [SkippableFact]
    public async Task Only_the_verdicts_that_a_decision_saw_are_decided()
    {
        var lead = await AddLeadAsync("1");
        var record = await RecordAsync(lead);
        var rejected = new VerdictRow(record, Verdict(record, VerdictValue.Rejected));
        var withdrawn = rejected with { Verdict = rejected.Verdict with { IsWithdrawal = true, At = T + TimeSpan.FromDays(1) } };
        await AddAsync(rejected, withdrawn);

        await WriteAsync(tx => tx.Feedback.MarkDecidedAsync([rejected]));

        Assert.Equal([rejected with { IsDecided = true }, withdrawn], await VerdictsAsync(lead));
    }

    [SkippableFact]
    public async Task A_deal_comes_back_with_each_lead_on_it()
    {
        var (one, other) = (await AddLeadAsync("1"), await AddLeadAsync("2"));
        var deal = new DealRow(Hub, new Deal("d", T, DealOutcome.Won, T + TimeSpan.FromDays(3))) { Amount = 12345.6789m, RecordIds = ["1", "2", "unknown"] };

        await WriteAsync(tx => tx.Feedback.SaveDealsAsync([deal]));

        Assert.Equivalent(deal, Assert.Single(await DealsAsync(one)), strict: true);
        Assert.Equivalent(deal, Assert.Single(await DealsAsync(other)), strict: true);
    }

    [SkippableFact]
    public async Task A_lead_with_two_records_on_one_deal_has_it_once()
    {
        var lead = await AddLeadAsync("1");
        await AddContactAsync("1b", lead);

        await WriteAsync(tx => tx.Feedback.SaveDealsAsync([new DealRow(Hub, new Deal("d", T, DealOutcome.Open, null)) { RecordIds = ["1", "1b"] }]));

        Assert.Null(Assert.Single(await DealsAsync(lead)).Amount);
    }

    [SkippableFact]
    public async Task A_changed_deal_marks_who_was_on_it_and_who_is_and_an_unchanged_one_marks_nobody()
    {
        var (leaving, coming, outside) = (await AddLeadAsync("1"), await AddLeadAsync("2"), await AddLeadAsync("3"));
        var deal = new DealRow(Hub, new Deal("d", T, DealOutcome.Open, null)) { RecordIds = ["1", "x"] };
        await WriteAsync(tx => tx.Feedback.SaveDealsAsync([deal]));
        Assert.True(await IsDueAsync(leaving));
        await SettleAsync(leaving);

        await WriteAsync(tx => tx.Feedback.SaveDealsAsync([deal with { RecordIds = ["x", "1"] }]));
        Assert.False(await IsDueAsync(leaving));

        await WriteAsync(tx => tx.Feedback.SaveDealsAsync([deal with { RecordIds = ["2"] }]));
        Assert.Equal((true, true, false), (await IsDueAsync(leaving), await IsDueAsync(coming), await IsDueAsync(outside)));
        Assert.Empty(await DealsAsync(leaving));
    }

    [SkippableFact]
    public async Task Won_deals_are_counted_by_when_they_were_won_and_those_without_a_person_apart()
    {
        DealRow Won(string id, int day, params string[] people) => new(Hub, new Deal(id, T, DealOutcome.Won, T + TimeSpan.FromDays(day))) { RecordIds = people };
        await WriteAsync(tx => tx.Feedback.SaveDealsAsync(
        [
            Won("somebody", 1, "1", "2"), Won("nobody", 2), Won("mirror", 2, "1", "salesforce:006"), Won("nobody's mirror", 2, "salesforce:007"), Won("later", 10),
            new DealRow(Hub, new Deal("closed at an unknown instant", T, DealOutcome.Won, null)), new DealRow(Hub, new Deal("open", T, DealOutcome.Open, null)),
        ]));

        Assert.Equal((2, 3), await ReadAsync(tx => tx.Feedback.CountWonAsync(T, T + TimeSpan.FromDays(10))));
        Assert.Equal((0, 0), await ReadAsync(tx => tx.Feedback.CountWonAsync(T + TimeSpan.FromDays(11), T + TimeSpan.FromDays(12))));
    }

    private static Verdict Verdict(long record, VerdictValue value) => new(record.ToString(CultureInfo.InvariantCulture), value, T);

    private async Task<long> RecordAsync(long lead) => Assert.Single(await ReadAsync(tx => tx.Records.OfLeadsAsync([lead]))).Id;

    private Task<int> AddAsync(params VerdictRow[] rows) => WriteAsync(tx => tx.Feedback.AddVerdictsAsync(rows));

    private async Task<IReadOnlyList<VerdictRow>> VerdictsAsync(long lead) => (await ReadAsync(tx => tx.Feedback.VerdictsAsync([lead]))).GetValueOrDefault(lead) ?? [];

    private async Task<IReadOnlyList<DealRow>> DealsAsync(long lead) => (await ReadAsync(tx => tx.Feedback.DealsAsync([lead]))).GetValueOrDefault(lead) ?? [];
}
