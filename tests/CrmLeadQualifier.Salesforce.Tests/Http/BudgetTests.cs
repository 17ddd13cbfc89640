using CrmLeadQualifier.Crm.Budget;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Salesforce.Http;
using Microsoft.Extensions.Time.Testing;

namespace CrmLeadQualifier.Salesforce.Tests.Http;

public sealed class BudgetTests
{
    private const string One = "003000000000001AAA";

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.Zero));

    [Theory]
    [InlineData(850, "score", true)]
    [InlineData(850, "stage", false)]
    [InlineData(850, "verdict", false)]
    [InlineData(790, "score", false)]
    [InlineData(960, "stage", true)]
    public async Task With_little_of_the_orgs_day_left_only_what_matters_most_goes_on(long used, string field, bool isRefused)
    {
        var org = Org(() => used);
        using var crm = org.Client(_clock, connection => connection with { ShareOfDay = 1 });
        await crm.GetAccountAsync(default);
        RecordWrite[] batch = [new(One, new Dictionary<string, string> { [field] = "1" })];
        if (isRefused)
        {
            var spent = await Assert.ThrowsAsync<BudgetSpentException>(() => crm.WriteAsync("contact", batch, default));
            Assert.Contains("too few are left", spent.Message);
            Assert.DoesNotContain(org.Requests, asked => asked.Method == "PATCH");
        }
        else
        {
            await crm.WriteAsync("contact", batch, default);
        }
    }

    [Fact]
    public async Task What_an_answer_told_is_believed_for_a_quarter_of_an_hour()
    {
        long used = 990;
        using var crm = Org(() => used).Client(_clock, connection => connection with { ShareOfDay = 1 });
        await crm.GetAccountAsync(default);
        await Assert.ThrowsAsync<BudgetSpentException>(() => crm.GetAccountAsync(default));
        _clock.Advance(TimeSpan.FromMinutes(15));
        used = 100;
        await crm.GetAccountAsync(default);
        await crm.GetAccountAsync(default);
    }

    [Fact]
    public async Task Of_the_orgs_calls_of_a_day_our_share_is_taken_by_all_processes_together_and_the_less_important_stops_first()
    {
        using var budget = new ProcessBudget(_clock);
        var org = Org(() => 10, allowed: 40);
        using var one = org.Client(_clock, connection => connection with { Budget = budget });
        using var other = org.Client(_clock, connection => connection with { Budget = budget });
        var calls = 0;
        RecordWrite[] batch = [new(One, new Dictionary<string, string> { ["score"] = "1" })];
        await one.GetAccountAsync(default);
        await other.GetAccountAsync(default);
        for (; calls < 8; calls++)
        {
            await one.WriteAsync("contact", batch, default);
            await other.WriteAsync("contact", batch, default);
        }

        await one.WriteAsync("contact", batch, default);

        // Of 20 calls, 17 for scores.
        var spent = await Assert.ThrowsAsync<BudgetSpentException>(() => other.WriteAsync("contact", batch, default));
        Assert.Contains("our share", spent.Message);
        Assert.InRange(spent.NotBefore, TimeSpan.FromHours(23.5), TimeSpan.FromHours(24.5));
        await other.WriteAsync("contact", [new(One, new Dictionary<string, string> { ["stage"] = "mql" })], default);
        _clock.Advance(TimeSpan.FromHours(25));
        await other.WriteAsync("contact", batch, default);
    }

    [Theory]
    [InlineData("leads", null, CallImportance.Contacts)]
    [InlineData("contacts", null, CallImportance.Contacts)]
    [InlineData("tasks", "tasks", CallImportance.Activities)]
    [InlineData("opportunities", "opportunities", CallImportance.Stages)]
    [InlineData("a job for leads", "query jobs", CallImportance.History)]
    [InlineData("the jobs that update many records", "write jobs", CallImportance.Scores)]
    [InlineData("the history of leads", "history", CallImportance.Verdicts)]
    [InlineData("the organization", null, CallImportance.Verdicts)]
    public void A_call_matters_by_what_it_is_for(string subject, string? stream, CallImportance importance) =>
        Assert.Equal(importance, new CallContext(subject, stream).Importance);

    [Fact]
    public async Task Where_too_many_long_requests_are_at_work_one_fewer_of_ours_leaves_for_a_minute()
    {
        using var budget = new ProcessBudget(_clock);
        using var gate = new CallGate(budget, _clock, inFlight: 2, shareOfDay: 1);
        var call = new CallContext("leads");
        gate.Narrow();
        gate.Narrow();
        await gate.EnterAsync(call, default);
        var second = gate.EnterAsync(call, default);
        Assert.False(second.IsCompleted);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await second;
        gate.Leave();
        gate.Leave();
    }

    private static FakeOrg Org(Func<long> used, long allowed = 1000)
    {
        var org = new FakeOrg();
        org.On("GET", "/query", _ => FakeOrg.Json(
            FakeOrg.Page("""{"Id":"00D000000000001EAA","TimeZoneSidKey":"Europe/Paris"}"""), 200, ("Sforce-Limit-Info", FormattableString.Invariant($"api-usage={used()}/{allowed}"))));
        return org.On("PATCH", "/composite/sobjects", $$"""[{"id":"{{One}}","success":true,"errors":[]}]""");
    }
}
