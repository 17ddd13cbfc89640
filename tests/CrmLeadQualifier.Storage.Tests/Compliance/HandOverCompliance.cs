using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Tests.Compliance;

public abstract class HandOverCompliance(LedgerStore store) : LedgerCompliance(store)
{
    [SkippableFact]
    public async Task Every_state_of_a_hand_over_stays_in_the_order_in_which_it_was_known()
    {
        var (lead, other) = (await AddLeadAsync("1"), await AddLeadAsync("2"));
        var waiting = new HandOverRow(lead, T) { SeenAt = T };
        var handed = waiting with { HandedOverAt = T + Hour, DueAt = T + Hour * 9, OwnerId = "ann é", SeenAt = T + Hour };
        var contacted = handed with
        {
            FirstContact = new ContactMade(T + Hour * 3, "call", IsDayOnly: true, WasInContact: true), OwnerId = "ben", OwnerChanges = 1, SeenAt = T + Hour * 4,
        };

        await WriteAsync(tx => tx.HandOvers.AddAsync([waiting]));
        await WriteAsync(tx => tx.HandOvers.AddAsync([handed, new HandOverRow(other, T) { SeenAt = T }]));
        await WriteAsync(tx => tx.HandOvers.AddAsync([contacted]));
        await WriteAsync(tx => tx.HandOvers.AddAsync([]));

        var found = await ReadAsync(tx => tx.HandOvers.OfLeadsAsync([lead]));
        Assert.Equal([lead], found.Keys);
        Assert.Equal([waiting, handed, contacted], found[lead]);
    }

    [SkippableFact]
    public async Task Hand_overs_follow_leads_that_are_joined()
    {
        var (from, to) = (await AddLeadAsync("1"), await AddLeadAsync("2"));
        await WriteAsync(tx => tx.HandOvers.AddAsync([new HandOverRow(from, T) { SeenAt = T }]));

        await WriteAsync(tx => tx.Leads.JoinAsync(from, to));

        Assert.Equal(to, Assert.Single((await ReadAsync(tx => tx.HandOvers.OfLeadsAsync([from, to])))[to]).LeadId);
    }

    [SkippableFact]
    public async Task A_notice_is_added_once_and_is_open_until_it_is_sent_or_dropped()
    {
        var record = await AddContactAsync("1");
        var slack = new OverdueNoticeRow(record, T, "slack", Hub, NoticeState.Due, T);
        var task = slack with { Channel = "task" };
        var next = slack with { MqlAt = T + Hour };
        await WriteAsync(tx => tx.HandOvers.AddNoticesAsync([slack, task, next]));
        Assert.Equal([slack, task, next], await OpenAsync());

        await WriteAsync(tx => tx.HandOvers.SaveNoticeAsync(slack with { State = NoticeState.Sending, ChangedAt = T + Hour }));
        await WriteAsync(tx => tx.HandOvers.SaveNoticeAsync(task with { State = NoticeState.Sent }));
        await WriteAsync(tx => tx.HandOvers.SaveNoticeAsync(next with { State = NoticeState.Dropped, Reason = "answered" }));
        await WriteAsync(tx => tx.HandOvers.AddNoticesAsync([slack, task, next]));

        Assert.Equal([slack with { State = NoticeState.Sending, ChangedAt = T + Hour }], await OpenAsync());
        Assert.Empty(await ReadAsync(tx => tx.HandOvers.OpenNoticesAsync(Hub + 1, 10)));
        await WriteAsync(tx => tx.HandOvers.SaveNoticeAsync(slack with { State = NoticeState.Sent }));
        Assert.Empty(await OpenAsync());
    }

    private static TimeSpan Hour => TimeSpan.FromHours(1);

    private Task<IReadOnlyList<OverdueNoticeRow>> OpenAsync() => ReadAsync(tx => tx.HandOvers.OpenNoticesAsync(Hub, 10));
}
