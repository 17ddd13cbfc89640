using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience;

/// <summary>The program, an emulated CRM and a chat's webhook: who is told that an answer is overdue, also where the program is killed while it tells.</summary>
public sealed class OverdueAnswersTests
{
    private const string At = "2026-11-23T09:30:00Z";
    private const string ThreeDaysLater = "2026-11-26T09:30:00Z";
    private const string AMinuteAfter = "2026-11-26T09:31:00Z";

    [Theory]
    [InlineData(Crms.HubSpot)]
    [InlineData(Crms.Salesforce)]
    public async Task Each_overdue_answer_is_one_task_for_the_owner_and_one_message(Crms crm)
    {
        using var sandbox = await StartAsync(crm);
        using var workplace = new Workplace();
        using var slack = new WebhookReceiver();
        using var teams = new WebhookReceiver();
        await HandOverAsync(workplace, sandbox, crm);
        workplace.Environment["Overdue__Task"] = "true";
        workplace.Environment["Overdue__SlackWebhook"] = slack.Address;
        workplace.Environment["Overdue__TeamsWebhook"] = teams.Address;

        await sandbox.AdvanceAsync("72h");
        await SyncUntilToldAsync(workplace);

        var overdue = await OverdueAsync(sandbox, crm);
        Assert.NotEmpty(overdue);
        Assert.Equal(overdue.Order(), (await TasksAsync(sandbox, crm)).Select(task => task.Person).Order());
        Assert.All(await TasksAsync(sandbox, crm), task => Assert.StartsWith("Lead to answer, overdue since 23 Nov at ", task.Subject));
        Assert.Equal(overdue.Count, slack.Messages.Count);
        Assert.All(slack.Messages, message => Assert.StartsWith("Overdue: a lead of ", message["text"]!.GetValue<string>()));
        Assert.Equal(overdue.Count, teams.Messages.Count);
        Assert.All(teams.Messages, message => Assert.StartsWith(
            "Overdue: a lead of ", message["attachments"]![0]!["content"]!["body"]![0]!["text"]!.GetValue<string>()));
        Assert.DoesNotContain("secret-of-the-channel", workplace.Log);
    }

    [Fact]
    public async Task Killed_while_a_message_is_on_its_way_the_program_sends_it_again_and_says_so_and_makes_no_task_twice()
    {
        using var sandbox = await StartAsync(Crms.HubSpot);
        using var workplace = new Workplace();
        using var slack = new WebhookReceiver();
        await HandOverAsync(workplace, sandbox, Crms.HubSpot);
        workplace.Environment["Overdue__Task"] = "true";
        workplace.Environment["Overdue__SlackWebhook"] = slack.Address;
        await sandbox.AdvanceAsync("72h");
        using (var worker = workplace.Start("sync", "--yes", "--at", ThreeDaysLater))
        {
            slack.OnMessage = worker.Kill;
            await worker.FinishAsync();
        }

        slack.OnMessage = () => { };
        Assert.Single(slack.Messages);
        await SyncUntilToldAsync(workplace);

        var overdue = await OverdueAsync(sandbox, Crms.HubSpot);
        Assert.Equal(overdue.Order(), (await TasksAsync(sandbox, Crms.HubSpot)).Select(task => task.Person).Order());
        Assert.Equal(overdue.Count + 1, slack.Messages.Count);
        Assert.Single(slack.Messages, message => message["text"]!.GetValue<string>().Contains("This may be a repeat", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Killed_while_a_task_is_made_the_program_makes_none_twice(bool isAfterHandling)
    {
        using var sandbox = await StartAsync(Crms.HubSpot);
        using var workplace = new Workplace();
        await HandOverAsync(workplace, sandbox, Crms.HubSpot);
        workplace.Environment["Overdue__Task"] = "true";
        await sandbox.AdvanceAsync("72h");
        (await workplace.RunAsync("sync", "--yes", "--at", ThreeDaysLater)).Expect(0);
        var tasks = await TasksAsync(sandbox, Crms.HubSpot);
        Assert.NotEmpty(tasks);

        // As the ledger stands where the process was killed before or after the task was made, and before it was noted.
        await workplace.ExecuteAsync("UPDATE overdue_notice SET state = 'sending'");
        if (!isAfterHandling)
        {
            await sandbox.DeleteAsync($"/crm/v3/objects/tasks/{tasks[0].Id}");
        }

        (await workplace.RunAsync("sync", "--yes", "--at", AMinuteAfter)).Expect(0);
        Assert.Equal(tasks.Select(task => (task.Person, task.Subject)).Order(), (await TasksAsync(sandbox, Crms.HubSpot)).Select(task => (task.Person, task.Subject)).Order());
        Assert.Equal([["sent", (long)tasks.Count]], await workplace.QueryAsync("SELECT state, count(*) FROM overdue_notice GROUP BY state"));
    }

    [Theory]
    [InlineData("Overdue__SlackWebhook", "hooks.example/secret", "Overdue:SlackWebhook is no web address")]
    [InlineData("Overdue__Task", "perhaps", "Overdue:Task is 'perhaps': it is true or false")]
    [InlineData("Holidays__Days__0", "25/12/2026", "Holidays:Days:0 is '25/12/2026': a day is written like 2026-12-25")]
    [InlineData("Holidays__Calendar", "nowhere.ics", "nowhere.ics: there is no such file")]
    public async Task A_mistake_in_the_settings_is_named_and_no_secret_shown(string name, string value, string message)
    {
        using var workplace = new Workplace();
        workplace.Environment[name] = value;
        var finished = (await workplace.RunAsync("explain", "nobody@company.example")).Expect(2);
        Assert.Contains(message, finished.Error);
        Assert.DoesNotContain("secret", finished.Error);
    }

    /// <summary>What people do on the web is seen by HubSpot: where sales works in Salesforce, both are connected.</summary>
    private static Task<SandboxUnderTest> StartAsync(Crms crm) => SandboxUnderTest.StartAsync(
        "--contacts", "60", "--seed", "7", "--split", crm == Crms.HubSpot ? "hubspot" : "both", "--rate-limits", "off", "--at", At);

    private static async Task HandOverAsync(Workplace workplace, SandboxUnderTest sandbox, Crms crm)
    {
        await workplace.SignAsync(Repository.File("definitions", "b2b-software.en.yaml"), At);
        await workplace.GoLiveAsync(sandbox.BaseUrl, sandbox.Token, At);
        if (crm == Crms.Salesforce)
        {
            await workplace.GoLiveAsync(sandbox.Org!, At);
        }

        (await workplace.RunAsync("sync", "--yes", "--at", At)).Expect(0);
        (await workplace.RunAsync("release", "--yes", "--at", At)).Expect(0);
        (await workplace.RunAsync("sync", "--yes", "--at", At)).Expect(0);
    }

    /// <summary>One run tells a limited number.</summary>
    private static async Task SyncUntilToldAsync(Workplace workplace)
    {
        (await workplace.RunAsync("sync", "--yes", "--at", ThreeDaysLater)).Expect(0);
        for (var i = 0; i < 5; i++)
        {
            (await workplace.RunAsync("sync", "--yes", "--at", AMinuteAfter)).Expect(0);
        }

        Assert.Empty(await workplace.QueryAsync("SELECT 1 FROM overdue_notice WHERE state IN ('due', 'sending')"));
    }

    private static async Task<IReadOnlyList<string>> OverdueAsync(SandboxUnderTest sandbox, Crms crm) => crm == Crms.HubSpot
        ? [.. (await sandbox.ContactsAsync("lq_answer")).Where(contact => contact.Value["lq_answer"]?.GetValue<string>() == "overdue").Select(contact => contact.Key)]
        : [.. (await sandbox.Org!.QueryAsync("SELECT Id FROM Lead WHERE LQ_Answer__c = 'overdue'")).Concat(await sandbox.Org.QueryAsync("SELECT Id FROM Contact WHERE LQ_Answer__c = 'overdue'"))
            .Select(row => row["Id"]!.GetValue<string>())];

    /// <summary>The tasks that the program made, each with the record it is on.</summary>
    private static async Task<IReadOnlyList<(string Id, string Person, string Subject)>> TasksAsync(SandboxUnderTest sandbox, Crms crm)
    {
        const string Subject = "Lead to answer";
        if (crm == Crms.Salesforce)
        {
            return [.. (await sandbox.Org!.QueryAsync($"SELECT Id, WhoId, Subject FROM Task WHERE Subject LIKE '{Subject}%' AND IsClosed = false"))
                .Select(row => (row["Id"]!.GetValue<string>(), row["WhoId"]!.GetValue<string>(), row["Subject"]!.GetValue<string>()))];
        }

        var tasks = new List<(string, string, string)>();
        foreach (var (id, properties) in await sandbox.ObjectsAsync("tasks", "hs_task_subject", "hubspot_owner_id"))
        {
            if (properties["hs_task_subject"]?.GetValue<string>() is { } subject && subject.StartsWith(Subject, StringComparison.Ordinal))
            {
                Assert.NotNull(properties["hubspot_owner_id"]);
                var task = await sandbox.GetAsync($"/crm/v3/objects/tasks/{id}?associations=contacts");
                tasks.Add((id, Assert.Single(task["associations"]!["contacts"]!["results"]!.AsArray())!["id"]!.GetValue<string>(), subject));
            }
        }

        return tasks;
    }
}
