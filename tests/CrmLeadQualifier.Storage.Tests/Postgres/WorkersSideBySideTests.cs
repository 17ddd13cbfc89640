using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Tests.Compliance;

namespace CrmLeadQualifier.Storage.Tests.Postgres;

/// <summary>What only a server can do: several workers score at once, beside one that pulls.</summary>
public sealed class WorkersSideBySideTests() : LedgerCompliance(new PostgresStore())
{
    private PostgresStore Server => (PostgresStore)Store;

    [SkippableFact]
    public async Task Two_transactions_take_different_leads_and_neither_waits()
    {
        var leads = await AddDueLeadsAsync(10);
        await using var one = await Ledger.BeginAsync(lease: null, default);
        await using var other = await Ledger.BeginAsync(lease: null, default);
        await using var third = await Ledger.BeginAsync(lease: null, default);

        var first = await TakeAsync(one, 4);
        var second = await TakeAsync(other, 6);

        Assert.Equal(leads[..4], first);
        Assert.Equal(leads[4..], second);
        Assert.Empty(await TakeAsync(third, 10));
    }

    [SkippableFact]
    public async Task What_a_killed_worker_had_taken_is_taken_by_another()
    {
        var leads = await AddDueLeadsAsync(10);
        await using var other = OtherProcess.TakeLeads(Store.Address, 4);
        await other.IsDoneAsync();
        Assert.Equal(leads[4..], await WriteAsync(tx => TakeAsync(tx, 10)));

        await other.KillAsync();

        await UntilAsync(async () => (await WriteAsync(tx => TakeAsync(tx, 10))).SequenceEqual(leads));
    }

    [SkippableFact]
    public async Task Who_scores_does_not_wait_for_who_pulls()
    {
        var leads = await AddDueLeadsAsync(2);
        await using var pull = await Ledger.BeginAsync(lease: null, default);
        await pull.Records.SaveAsync([Contact("new")]);

        Assert.Equal(leads, await WriteAsync(tx => TakeAsync(tx, 10)));
    }

    [SkippableFact]
    public async Task A_lead_whose_record_is_being_written_is_passed_over_and_stays_due()
    {
        var leads = await AddDueLeadsAsync(2);
        await using (var pull = await Ledger.BeginAsync(lease: null, default))
        {
            var record = Assert.Single(await pull.Records.GetAsync(Hub, "contact", ["c0"]));
            Assert.Equal([leads[1]], await WriteAsync(tx => TakeAsync(tx, 10)));
            await pull.Records.SaveAsync([record with { OwnerId = "o" }]);
            await pull.CommitAsync(default);
        }

        Assert.Equal(leads, await WriteAsync(tx => TakeAsync(tx, 10)));
    }

    [SkippableFact]
    public async Task A_fact_that_comes_while_its_lead_is_scored_leaves_the_lead_due()
    {
        var lead = (await AddDueLeadsAsync(1))[0];
        await using var scoring = await Ledger.BeginAsync(lease: null, default);
        await TakeAsync(scoring, 1);

        var pull = Task.Run(() => WriteAsync(tx => tx.Activities.SaveAsync([new ActivityRow(Hub, "a", "c0", "call", T)])));
        await UntilAsync(() => Task.FromResult(Server.Execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") is > 0L));
        Assert.False(pull.IsCompleted);
        Assert.Empty(await scoring.Activities.OfLeadsAsync([lead]));
        await scoring.Leads.SaveAsync([new LeadRow(lead) { IsDue = false }]);
        await scoring.CommitAsync(default);
        await pull;

        Assert.True(await IsDueAsync(lead));
    }

    [SkippableFact]
    public async Task A_lead_that_just_got_a_fact_is_not_scored_without_it()
    {
        var lead = (await AddDueLeadsAsync(1))[0];
        await using (var pull = await Ledger.BeginAsync(lease: null, default))
        {
            await pull.Activities.SaveAsync([new ActivityRow(Hub, "a", "c0", "call", T)]);
            Assert.Empty(await WriteAsync(tx => TakeAsync(tx, 1)));
            await pull.CommitAsync(default);
        }

        Assert.Equal([lead], await WriteAsync(tx => TakeAsync(tx, 1)));
    }

    [SkippableFact]
    public async Task Workers_that_score_at_once_score_every_lead_once()
    {
        var leads = await AddDueLeadsAsync(300);
        await using var other = Store.Connect(Clock);

        var scored = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(async () =>
        {
            var mine = new List<long>();
            var walk = new DueWalk(T, "f");
            while (true)
            {
                await using var transaction = await (i % 2 == 0 ? Ledger : other).BeginAsync(lease: null, default);
                var taken = await transaction.Leads.TakeDueAsync(walk, 7);
                if (taken.Count == 0)
                {
                    return mine;
                }

                await transaction.Records.SaveAsync(await transaction.Records.OfLeadsAsync([.. taken.Select(lead => lead.Id)]));
                await transaction.Leads.SaveAsync([.. taken.Select(lead => lead with { IsDue = false, Version = lead.Version + 1 })]);
                await transaction.CommitAsync(default);
                mine.AddRange(taken.Select(lead => lead.Id));
            }
        })));

        Assert.Equal(leads, scored.SelectMany(ids => ids).Order());
        Assert.All(await ReadAsync(tx => tx.Leads.GetAsync(leads)), lead => Assert.Equal((1, false), (lead.Version, lead.IsDue)));
    }

    [SkippableFact]
    public async Task Who_lost_the_server_has_lost_its_lease_and_commits_nothing()
    {
        var lease = (await Ledger.TakeLeaseAsync(Hub, "me", default))!;
        Server.Execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");

        await UntilAsync(async () =>
        {
            await using var transaction = await Ledger.BeginAsync(lease, default);
            await transaction.Records.SaveAsync([Contact(Guid.NewGuid().ToString("n"))]);
            return await Record.ExceptionAsync(() => transaction.CommitAsync(default)) is LeaseLostException;
        });

        await Assert.ThrowsAsync<LeaseLostException>(() => Ledger.RenewLeaseAsync(lease, default));
        Assert.Equal(2, (await Ledger.TakeLeaseAsync(Hub, "you", default))?.Epoch);
    }

    [SkippableFact]
    public async Task Taking_a_lease_waits_for_a_commit_under_the_one_before()
    {
        var lost = (await Ledger.TakeLeaseAsync(Hub, "me", default))!;
        Clock.Advance(Lease.Life);
        await using var committing = await Ledger.BeginAsync(lost, default);
        await committing.Connections.SaveAsync((await committing.Connections.FindAsync("hub"))!);

        var taking = Task.Run(() => Ledger.TakeLeaseAsync(Hub, "you", default));
        await UntilAsync(() => Task.FromResult(Server.Execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") is > 0L));
        await committing.CommitAsync(default);

        Assert.Equal(2, (await taking)?.Epoch);
    }

    private async Task<long[]> AddDueLeadsAsync(int count) => await WriteAsync(async tx =>
    {
        var leads = await tx.Leads.CreateAsync(count);
        await tx.Records.SaveAsync([.. leads.Select((lead, i) => Contact($"c{i}") with { LeadId = lead })]);
        return leads.ToArray();
    });

    private static async Task<long[]> TakeAsync(ILedgerTransaction transaction, int limit) =>
        [.. (await transaction.Leads.TakeDueAsync(new DueWalk(T, "f"), limit)).Select(lead => lead.Id)];

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await condition())
        {
            await Task.Delay(20, patience.Token);
        }
    }
}
