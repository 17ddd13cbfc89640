using System.Text;

namespace CrmLeadQualifier.Sync.Tests.Pull;

/// <summary>Who was deleted for privacy in the CRM is forgotten here too.</summary>
public sealed class ErasureTests : SyncTest
{
    [Fact]
    public async Task A_contact_that_the_crm_erased_is_erased_by_the_night_and_its_history_of_stages_stays()
    {
        await NewMqlAsync();
        Crm.Say("1", "rejected", "bad_timing");
        await SyncWellAsync();
        var path = await PathAsync("1");
        Crm.ChangeUnseen("1", contact => (contact.IsGone, contact.IsPurged) = (true, true));

        var report = await ReconcileWellAsync();

        Assert.Contains(report.Notices, notice => notice.Contains("1 record(s) were erased in the CRM", StringComparison.Ordinal));
        await AssertErasedAsync(path);
        await SyncWellAsync();
        Assert.DoesNotContain((await ReconcileWellAsync()).Notices, notice => notice.Contains("erased", StringComparison.Ordinal));
        await AssertErasedAsync(path);
    }

    [Fact]
    public async Task A_deleted_contact_keeps_its_facts_until_the_crm_erases_it()
    {
        await NewMqlAsync();
        var path = await PathAsync("1");
        Crm.ChangeUnseen("1", contact => contact.IsGone = true);
        await ReconcileWellAsync();
        await ReconcileWellAsync();
        Assert.NotEmpty((await RecordAsync("1")).Attributes);

        Crm.ChangeUnseen("1", contact => contact.IsPurged = true);
        await ReconcileWellAsync();

        await AssertErasedAsync(path);
    }

    [Fact]
    public async Task A_contact_that_a_webhook_told_of_is_erased_at_once()
    {
        await NewMqlAsync();
        var path = await PathAsync("1");
        Crm.ChangeUnseen("1", contact => (contact.IsGone, contact.IsPurged) = (true, true));
        var hub = (await ConnectionAsync()).Id;
        await WriteAsync(async ledger =>
        {
            await ledger.Cursors.TouchAsync(hub, [("contacts", "1")]);
            return true;
        });

        await SyncWellAsync();

        await AssertErasedAsync(path);
    }

    [Fact]
    public async Task A_merged_contact_is_not_taken_for_erased()
    {
        await NewMqlAsync();
        Crm.Add("2", "other@company.example", ("job_title", "Clerk"));
        await SyncWellAsync();
        Crm.Merge("1", "2");
        Crm.ChangeUnseen("2", contact => contact.IsPurged = true);
        await SyncWellAsync();

        await ReconcileWellAsync();

        Assert.NotEqual("erased", (await RecordAsync("2")).Parked);
        Assert.Equal((await RecordAsync("1")).LeadId, (await RecordAsync("2")).LeadId);
    }

    private async Task AssertErasedAsync(string path)
    {
        var record = await RecordAsync("1");
        Assert.Equal((true, "erased"), (record.IsGone, record.Parked));
        Assert.Equal(path, await PathAsync("1"));
        var lead = await LeadAsync("1");
        Assert.Empty(record.Attributes.Concat(record.Known).Concat(record.Desired ?? new Dictionary<string, string>()));
        Assert.Empty(await ReadAsync(ledger => ledger.Activities.OfLeadsAsync([lead.Id])));
        Assert.Empty(await ReadAsync(ledger => ledger.Leads.AttributeValuesAsync([record.Id])));
        Assert.Empty(await ReadAsync(ledger => ledger.Records.KeysAsync([record.Id])));
        Assert.All(await ReadAsync(ledger => ledger.Writes.OfRecordsAsync([record.Id], default)), write => Assert.Equal("", write.Before + write.Value));
        var (counts, words) = await ReadAsync(async ledger => (await ledger.Leads.CountAsync(), string.Join('\n', (await ledger.Runs.ListAsync(99)).Select(run => run.Counts + run.Message))));
        Assert.Equal(1, counts.Total);
        Assert.DoesNotContain("person1@", words, StringComparison.Ordinal);
        Assert.Equal(0, await FoundInFileAsync("person1@company.example"));
    }

    /// <summary>How often the ledger's files have a text in them, once all is written where it belongs.</summary>
    private async Task<int> FoundInFileAsync(string text)
    {
        await DieAsync();
        return Files.Sum(file => Encoding.UTF8.GetString(File.ReadAllBytes(file)).Split(text).Length - 1);
    }
}
