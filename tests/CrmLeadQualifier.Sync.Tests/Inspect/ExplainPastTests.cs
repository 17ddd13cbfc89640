using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Sync.Inspect;

namespace CrmLeadQualifier.Sync.Tests.Inspect;

public sealed class ExplainPastTests : SyncTest
{
    private static readonly string Strict = TestAgreement.Replace("points: 60, at_most: 60", "points: 10, at_most: 10", StringComparison.Ordinal);

    [Fact]
    public async Task Why_it_was_an_mql_then_and_under_which_agreement()
    {
        await NewMqlAsync();
        var then = Now;
        Clock.Advance(TimeSpan.FromDays(5));
        Crm.Change("1", contact => contact.Attributes["job_title"] = "Student");
        await SyncWellAsync();
        await SignAsync(Strict);
        await SyncWellAsync();

        var past = (await ExplainPast.ByEmailAsync(Ledger, "person1@company.example", then, null, default))!;
        var now = (await ExplainPast.ByEmailAsync(Ledger, "person1@company.example", Now, null, default))!;

        Assert.Contains("under version 1", past.Summary, StringComparison.Ordinal);
        Assert.Contains("Stage mql since", past.Summary, StringComparison.Ordinal);
        Assert.Contains("qualified, total 90 = profile 30 + behaviour 0 + intent 60", past.Summary, StringComparison.Ordinal);
        Assert.Equal(["manager", "demo"], Rows(past, "Criteria").Select(row => row[0]));
        Assert.Equal(("mql", "version 1"), (Assert.Single(Rows(past, "Stages"))[2], Rows(past, "Stages")[0][4]));
        Assert.Contains(Rows(past, "Attributes"), row => row[0] == "job_title" && row[1] == "Manager");
        Assert.Contains("under version 2", now.Summary, StringComparison.Ordinal);
        Assert.Contains("excluded by student", now.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_came_later_is_not_looked_at()
    {
        await NewManagerAsync();
        await SyncWellAsync();
        var before = Now;
        Clock.Advance(TimeSpan.FromDays(1));
        Crm.AskForDemo("1");
        Crm.Say("1", "rejected", "no_need");
        await SyncWellAsync();

        var past = (await ExplainPast.ByEmailAsync(Ledger, "person1@company.example", before, null, default))!;

        Assert.Contains("not_yet, total 30", past.Summary, StringComparison.Ordinal);
        Assert.Empty(Rows(past, "Activities"));
        Assert.Empty(Rows(past, "Verdicts"));
        Assert.Empty(Rows(past, "Stages"));
    }

    [Fact]
    public async Task Another_version_than_the_one_in_force_may_be_asked_for()
    {
        await NewMqlAsync();
        var then = Now;
        Clock.Advance(TimeSpan.FromDays(1));
        await SignAsync(Strict);

        var under = (await ExplainPast.ByEmailAsync(Ledger, "person1@company.example", then, 2, default))!;

        Assert.Contains("under version 2", under.Summary, StringComparison.Ordinal);
        Assert.Contains("not_yet, total 40", under.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_that_is_not_there_or_a_time_without_agreement_is_said()
    {
        await NewMqlAsync();

        var noVersion = await Assert.ThrowsAsync<ConfigurationException>(() => ExplainPast.ByEmailAsync(Ledger, "person1@company.example", Now, 7, default));
        var noAgreement = await Assert.ThrowsAsync<ConfigurationException>(() => ExplainPast.ByEmailAsync(Ledger, "person1@company.example", Start - TimeSpan.FromDays(1), null, default));

        Assert.Contains("There is no version 7. There is: 1.", noVersion.Message, StringComparison.Ordinal);
        Assert.Contains("No agreement was in force", noAgreement.Message, StringComparison.Ordinal);
        Assert.Null(await ExplainPast.ByEmailAsync(Ledger, "nobody@company.example", Now, null, default));
    }

    private static IReadOnlyList<IReadOnlyList<string>> Rows(Explanation explanation, string title) => explanation.Sections.Single(section => section.Title == title).Rows;
}
