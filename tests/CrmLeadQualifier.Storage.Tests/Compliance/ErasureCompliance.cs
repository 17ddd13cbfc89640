using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Tests.Compliance;

public abstract class ErasureCompliance(LedgerStore store) : LedgerCompliance(store)
{
    [SkippableFact]
    public async Task All_that_is_personal_goes_and_ids_instants_stages_and_verdicts_stay()
    {
        var lead = await AddLeadAsync("1", "ann@company.example");
        var other = await AddLeadAsync("2", "ben@company.example");
        var record = await IdAsync(lead);
        await WriteAsync(async tx =>
        {
            var row = (await tx.Records.GetAsync([record]))[0];
            await tx.Records.SaveAsync(
            [
                row with
                {
                    Attributes = Texts(("first_name", "Ann")), Known = Texts(("reasons", "+1 Ann")), Desired = Texts(("reasons", "+2 Ann")), Foreign = Texts(("score", "1")),
                    Overrides = new Dictionary<string, FieldOverride> { ["grade"] = new("A1", "M. Roy", T) }, Counters = Texts(("page_views", "3")), OwnerId = "o", CompanyId = "c",
                },
            ]);
            await tx.Leads.AddAttributeValuesAsync([new AttributeValueRow(record, "first_name", "Ann", T, T)]);
            await tx.Leads.AddTransitionsAsync([new TransitionRow(lead, new Transition(Stage.Lead, Stage.Mql, T, TransitionCause.Qualified)) { SeenAt = T }]);
            await tx.Leads.SaveAsync(
            [
                new LeadRow(lead) { IsDue = false, Notes = ["Ann"], State = new LeadState { Stage = Stage.Mql, Verdict = new Verdict("1", VerdictValue.Rejected, T) { Reason = "budget", Comment = "Ann is away" } } },
            ]);
            await tx.Activities.SaveAsync(
            [
                new ActivityRow(Hub, "a", "1", "page_view", T) { Attributes = Texts(("url", "/ann")) },
                new ActivityRow(Hub, "b", "", "email_open", T) { Email = "ann@company.example" },
                new ActivityRow(Hub, "c", "2", "page_view", T),
            ]);
            await tx.Feedback.AddVerdictsAsync([new VerdictRow(record, new Verdict("1", VerdictValue.Rejected, T) { Reason = "budget", Comment = "Ann is away" }) { SeenAt = T }]);
            await tx.Writes.AddAsync([new WriteRow(0, "r", Hub, record, "reasons", "+1 Ann", "+2 Ann", WriteState.Failed, T) { Reason = "Ann is no option" }]);
            await tx.Writes.QuarantineAsync([new QuarantineRow(0, Hub, "contacts", "1", "Ann is no option", T), new QuarantineRow(0, Hub, "contacts", "2", "no", T)]);
            await tx.Cursors.AddLateReadsAsync(Hub, ["1", "2"], T);
            await tx.Records.MarkSeenAsync([record], T);
        });

        await SettleAsync(other);
        await WriteAsync(tx => tx.Erasures.EraseAsync([record], "erased"));
        await WriteAsync(tx => tx.Erasures.EraseAsync([record], "erased"));

        var erased = Assert.Single(await ReadAsync(tx => tx.Records.GetAsync([record])));
        Assert.Equivalent(Contact("1") with { Id = record, LeadId = lead, IsGone = true, Parked = "erased" }, erased, strict: true);
        Assert.Empty(await ReadAsync(tx => tx.Records.KeysAsync([record])));
        Assert.Empty(await ReadAsync(tx => tx.Leads.AttributeValuesAsync([record])));
        Assert.Empty(await ReadAsync(tx => tx.Activities.OfLeadsAsync([lead])));
        Assert.Single((await ReadAsync(tx => tx.Activities.OfLeadsAsync([other])))[other]);
        var write = Assert.Single(await ReadAsync(tx => tx.Writes.OfRecordsAsync([record], T)));
        Assert.Equal(("", "", null, WriteState.Failed), (write.Before, write.Value, write.Reason, write.State));
        Assert.Equal("2", Assert.Single(await ReadAsync(tx => tx.Writes.QuarantinedAsync(Hub))).ExternalId);
        Assert.Equal(["2"], await ReadAsync(tx => tx.Cursors.LateReadsAsync(Hub, T, 9)));
        var verdict = Assert.Single((await ReadAsync(tx => tx.Feedback.VerdictsAsync([lead]))).SelectMany(row => row.Value)).Verdict;
        Assert.Equal((VerdictValue.Rejected, "budget", null), (verdict.Value, verdict.Reason, verdict.Comment));
        var row = await LeadAsync(lead);
        Assert.Equal((Stage.Mql, true, null, null), (row.State.Stage, row.IsDue, row.Score, row.State.Verdict!.Comment));
        Assert.Empty(row.Notes);
        Assert.Single((await ReadAsync(tx => tx.Leads.TransitionsAsync([lead])))[lead]);
        Assert.False(await IsDueAsync(other));
    }

    /// <summary>An address that somebody else of the connection has as well leads their activities to them, not to the one who went.</summary>
    [SkippableFact]
    public async Task What_came_with_an_address_that_another_record_has_too_stays_with_that_one()
    {
        var gone = await AddLeadAsync("1", "desk@company.example");
        await AddLeadAsync("2", "desk@company.example");
        await WriteAsync(tx => tx.Activities.SaveAsync([new ActivityRow(Hub, "b", "", "email_open", T) { Email = "desk@company.example" }]));

        await WriteAsync(async tx =>
        {
            var records = await tx.Records.OfLeadsAsync([gone]);
            await tx.Erasures.EraseAsync([records[0].Id], "erased");
            await tx.Activities.FollowRecordsAsync([.. (await tx.Records.GetAsync(Hub, "contact", ["2"])).Select(record => record.Id)]);
        });

        var left = (await ReadAsync(tx => tx.Records.GetAsync(Hub, "contact", ["2"])))[0].LeadId;
        Assert.Single((await ReadAsync(tx => tx.Activities.OfLeadsAsync([left])))[left]);
    }

    [SkippableFact]
    public async Task Gone_records_are_walked_without_those_that_were_erased()
    {
        foreach (var id in new[] { "1", "2", "3", "4" })
        {
            await WriteAsync(tx => tx.Records.SaveAsync([Contact(id) with { IsGone = id != "4", Parked = id == "3" ? "loop" : null }]));
        }

        var first = (await ReadAsync(tx => tx.Records.GetAsync(Hub, "contact", ["1"])))[0].Id;
        await WriteAsync(tx => tx.Erasures.EraseAsync([first], "erased"));

        var walked = await ReadAsync(tx => tx.Records.GoneAsync(Hub, "contact", "erased", 0, 9));
        Assert.Equal(["2", "3"], walked.Select(record => record.ExternalId));
        Assert.Equal(["3"], (await ReadAsync(tx => tx.Records.GoneAsync(Hub, "contact", "erased", walked[0].Id, 9))).Select(record => record.ExternalId));
        Assert.Single(await ReadAsync(tx => tx.Records.GoneAsync(Hub, "contact", "erased", 0, 1)));
    }

    private async Task<long> IdAsync(long lead) => Assert.Single(await ReadAsync(tx => tx.Records.OfLeadsAsync([lead]))).Id;
}
