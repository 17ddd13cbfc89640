using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Overdue;
using CrmLeadQualifier.Sync.Runs;
using CrmLeadQualifier.Sync.Tests.Fakes;

namespace CrmLeadQualifier.Sync.Tests.Overdue;

public sealed class OverdueStageTests : SyncTest
{
    private readonly List<OverdueMessage> _messages = [];
    private Action<OverdueMessage> _receive = _ => { };
    private bool _createsTask = true;

    [Fact]
    public async Task Nobody_is_told_unless_an_admin_says_so_and_what_became_overdue_before_that_is_not_told_afterwards()
    {
        await NewMqlAsync();
        await SyncWellAsync(TimeSpan.FromDays(3));
        Assert.Equal("overdue", Crm["1"]["answer"]);
        await TellAsync();

        Assert.Empty(Crm.Tasks);
        Assert.Empty(_messages);
    }

    [Fact]
    public async Task An_overdue_answer_is_told_once_by_a_task_for_the_owner_and_by_a_message()
    {
        await NewMqlAsync();
        await TellAsync(TimeSpan.FromHours(1));
        Assert.Empty(_messages);
        for (var i = 0; i < 3; i++)
        {
            await TellAsync(TimeSpan.FromDays(3));
        }

        // Handed over on Monday at 09:33 UTC, which are the agreement's hours here.
        var task = Assert.Single(Crm.Tasks);
        Assert.Equal(
            ("contact", "1", "alice", "Lead to answer, overdue since 23 Nov at 17:33"), (task.PersonObject, task.RecordId, task.OwnerId, task.Subject));
        Assert.Contains("Marketing handed this lead over on 23 Nov", task.Body);
        var message = Assert.Single(_messages);
        Assert.StartsWith("Overdue: a lead of Alice Roy, handed over on 23 Nov", message.Text);
        Assert.DoesNotContain("repeat", message.Text);
        Assert.Equal("https://app.hubspot.com/contacts/4711/record/0-1/1", message.Link);
        Assert.DoesNotContain("person1", message.Text + task.Subject + task.Body);
    }

    [Fact]
    public async Task What_was_answered_before_the_message_left_is_not_told()
    {
        await NewMqlAsync();
        _receive = _ => throw new MessageRefusedException("it answered 404", mayHaveArrived: false);
        _createsTask = false;
        var refused = await TellAsync(TimeSpan.FromDays(3));
        Assert.Contains(refused.Notices, notice => notice.Contains("it answered 404", StringComparison.Ordinal));
        Assert.Empty(refused.Failures);

        Crm.Call("1");
        _receive = _ => { };
        await TellAsync();
        await TellAsync();
        Assert.Single(_messages);
    }

    [Fact]
    public async Task A_receiver_that_refused_is_told_by_the_next_run_without_doubt()
    {
        await NewMqlAsync();
        _receive = _ => throw new MessageRefusedException("it answered 429", mayHaveArrived: false);
        await TellAsync(TimeSpan.FromDays(3));
        _receive = _ => { };
        await TellAsync();
        await TellAsync();

        Assert.Equal([false, false], _messages.Select(message => message.Text.Contains("repeat", StringComparison.Ordinal)));
        Assert.Single(Crm.Tasks);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_process_that_dies_while_it_sends_a_message_sends_it_again_and_says_so(bool isKilled)
    {
        await NewMqlAsync();
        _receive = _ => throw (isKilled ? new ProcessDiedException() : new MessageRefusedException("no answer", mayHaveArrived: true));
        _createsTask = false;
        if (isKilled)
        {
            await Assert.ThrowsAsync<ProcessDiedException>(() => TellAsync(TimeSpan.FromDays(3)));
            await DieAsync();
        }
        else
        {
            await TellAsync(TimeSpan.FromDays(3));
        }

        _receive = _ => { };
        await TellAsync();
        await TellAsync();

        Assert.Equal([false, true], _messages.Select(message => message.Text.Contains("This may be a repeat", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_process_that_dies_while_it_makes_a_task_makes_no_second_one(bool isMade)
    {
        await NewMqlAsync();
        void Die(string call)
        {
            if (call == "task")
            {
                throw new ProcessDiedException();
            }
        }

        if (isMade)
        {
            Crm.AfterCall = Die;
        }
        else
        {
            Crm.BeforeCall = Die;
        }

        await Assert.ThrowsAsync<ProcessDiedException>(() => TellAsync(TimeSpan.FromDays(3)));
        (Crm.BeforeCall, Crm.AfterCall) = (_ => { }, _ => { });
        await DieAsync();
        await TellAsync();
        await TellAsync();

        Assert.Single(Crm.Tasks);
        Assert.Single(_messages);
    }

    [Fact]
    public async Task A_task_that_the_crm_does_not_take_is_not_tried_for_ever()
    {
        await NewMqlAsync();
        Crm.BeforeCall = call => _ = call == "task" ? throw new SkippableRecordException("1", "the owner may have no tasks") : 0;
        var refused = await TellAsync(TimeSpan.FromDays(3));
        Assert.Contains(refused.Notices, notice => notice.Contains("the owner may have no tasks", StringComparison.Ordinal));
        var again = await TellAsync();
        Assert.DoesNotContain(again.Notices, notice => notice.Contains("no tasks", StringComparison.Ordinal));
        Assert.Single(_messages);
    }

    [Fact]
    public async Task A_second_hand_over_is_told_anew_and_a_paused_connection_tells_nobody()
    {
        await NewMqlAsync();
        await TellAsync(TimeSpan.FromDays(3));
        Crm.Say("1", "rejected", "no_need");
        await TellAsync();
        Clock.Advance(TimeSpan.FromDays(31));
        Crm.AskForDemo("1");
        await TellAsync();
        Assert.Equal("to_answer", Crm["1"]["answer"]);

        await SetModeAsync(ConnectionMode.Paused);
        await TellAsync(TimeSpan.FromDays(4));
        Assert.Single(_messages);
        await new ModeChanges(Ledger).ResumeAsync("hub", default);
        await TellAsync();
        Assert.Equal((2, 2), (_messages.Count, Crm.Tasks.Count));
    }

    private Task<RunReport> TellAsync(TimeSpan? after = null)
    {
        Clock.Advance(after ?? TimeSpan.FromMinutes(1));
        var notification = new OverdueNotification
        {
            CreatesTask = _createsTask,
            Messages = new Dictionary<string, SendOverdueMessage>
            {
                ["slack"] = (message, _) =>
                {
                    _messages.Add(message);
                    _receive(message);
                    return Task.CompletedTask;
                },
            },
        };
        return new SyncRun(Ledger, OpenCrm, Clock) { Overdue = notification }.RunAsync(new SyncRequest(), null, default);
    }
}
