using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience;

/// <summary>Who is deleted for privacy in HubSpot is forgotten here too: by a serving worker, to the last byte of its ledger; whoever is only deleted is not.</summary>
public sealed class PrivacyErasureTests : IAsyncLifetime
{
    private const string Secret = "the-apps-client-secret";

    /// <summary>In nobody else's data.</summary>
    private const string Name = "Unmistakable";

    private readonly Workplace _workplace = new();
    private SandboxUnderTest _sandbox = null!;
    private string _erased = "";
    private string _deleted = "";
    private string _user = "";

    public async Task InitializeAsync()
    {
        var anHourAgo = DateTimeOffset.UtcNow.AddHours(-1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        _sandbox = await SandboxUnderTest.StartAsync("--contacts", "40", "--seed", "3", "--rate-limits", "off");
        _user = (await _sandbox.GetAsync("/crm/v3/owners"))["results"]![0]!["email"]!.GetValue<string>();
        _erased = await ContactAsync($"quijote@{Name}.example", $"Quijote {Name}");
        _deleted = await ContactAsync("sancho@panza.example", "Sancho");
        await _workplace.SignAsync(Repository.File("definitions", "b2b-software.en.yaml"), anHourAgo);
        await _workplace.GoLiveAsync(_sandbox.BaseUrl, _sandbox.Token, anHourAgo);
        await _workplace.RunAsync("sync", "hub", "--yes");
        (await _workplace.RunAsync("release", "--yes")).Expect(0);
        (await _workplace.RunAsync("sync", "hub", "--yes")).Expect(0);
        await _sandbox.PostAsync($"/__sandbox/people/contacts/{_erased}", new { properties = new { lq_verdict = "rejected", lq_rejection_reason = "no_budget", lq_comment = $"{Name} said so" }, user = _user });
        await _sandbox.AdvanceAsync("20m");
        (await _workplace.RunAsync("sync", "hub", "--yes")).Expect(0);
        Assert.Equal("mql, recycled", await StagesAsync());
        Assert.True(Found().Count > 5, "the ledger says little of somebody who is to be erased");
        _workplace.Environment["Connections__hub__Webhooks__ClientSecret"] = Secret;
    }

    public Task DisposeAsync()
    {
        _sandbox.Dispose();
        _workplace.Dispose();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_is_left_of_who_was_erased_but_its_stages(bool byWebhook)
    {
        using (var worker = await ServingWorker.StartAsync(_workplace))
        {
            using var admin = await worker.SignInAsync("admin", worker.Password!);
            if (byWebhook)
            {
                await _sandbox.PostAsync("/__sandbox/webhooks", new { url = new Uri(worker.Console, "webhooks/hubspot/hub").ToString(), client_secret = Secret });
            }

            await _sandbox.PostAsync($"/__sandbox/people/contacts/{_erased}/erase", new { user = _user });
            await _sandbox.PostAsync($"/__sandbox/people/contacts/{_deleted}/delete", new { user = _user });
            if (!byWebhook)
            {
                await admin.TriggerAsync("reconcile:hub");
            }

            await ServingWorker.UntilAsync(() => StandingAsync(_erased), standing => standing == "gone, erased", "erased");
            await ServingWorker.UntilAsync(() => StandingAsync(_deleted), standing => standing == "gone, ", "deleted");
            if (!byWebhook)
            {
                await ServingWorker.UntilAsync(() => admin.PageAsync("runs"), page => page.Contains("1 record(s) were erased in the CRM"), "it is said");
            }

            Assert.DoesNotContain(Name, await admin.PageAsync("runs"), StringComparison.OrdinalIgnoreCase);
            worker.Process.Terminate();
            (await worker.Process.FinishAsync()).Expect(0);
            Assert.DoesNotContain(Name, worker.Process.Error + _workplace.Log, StringComparison.OrdinalIgnoreCase);
        }

        // A run over what is left brings nothing back, and ends what the ledger's files still hold beside it.
        (await _workplace.RunAsync("sync", "hub", "--yes")).Expect(0);
        Assert.Empty(Found());
        Assert.Equal("mql, recycled", await StagesAsync());
        Assert.Equal("0 0 0", await CountsAsync(_erased));
        Assert.NotEqual("0 0 0", await CountsAsync(_deleted));
        Assert.Equal("rejected no_budget ", string.Join(' ', (await _workplace.QueryAsync(
            $"SELECT v.value, v.reason, v.comment FROM verdict v JOIN record r ON r.id = v.record_id WHERE r.external_id = '{_erased}'")).Single()));
    }

    /// <summary>Somebody who asked for a demo, looked around and was written to.</summary>
    private async Task<string> ContactAsync(string email, string name)
    {
        var properties = new { email, firstname = name, lastname = name, jobtitle = "CEO", company = name, country = "Ireland", hubspot_owner_id = await OwnerAsync() };
        var id = (await _sandbox.PostAsync("/crm/v3/objects/contacts", new { properties }))!["id"]!.GetValue<string>();
        await _sandbox.PostAsync($"/__sandbox/people/contacts/{id}/activities", new { kind = "form_submission", attributes = new { form = "Book a demo", url = $"https://www.vendor.example/demo?who={name}" } });
        await _sandbox.PostAsync($"/__sandbox/people/contacts/{id}/activities", new { kind = "page_view", attributes = new { url = $"https://www.vendor.example/pricing?who={name}", title = name } });
        await _sandbox.PostAsync($"/__sandbox/people/contacts/{id}/activities", new { kind = "email_click", attributes = new { campaign = name, url = "https://www.vendor.example" } });
        await _sandbox.PostAsync($"/__sandbox/people/contacts/{id}/activities", new { kind = "note", attributes = new { body = $"{name} is interested" } });
        return id;
    }

    private async Task<string> OwnerAsync() => (await _sandbox.GetAsync("/crm/v3/owners"))["results"]![0]!["id"]!.GetValue<string>();

    private async Task<string> StagesAsync() => string.Join(", ", (await _workplace.QueryAsync(
        $"SELECT t.to_stage FROM transition t JOIN record r ON r.lead_id = t.lead_id WHERE r.external_id = '{_erased}' AND t.to_stage <> 'lead' ORDER BY t.id")).Select(row => row[0]));

    private async Task<string> StandingAsync(string contact)
    {
        var row = (await _workplace.QueryAsync($"SELECT is_gone, parked FROM record WHERE external_id = '{contact}'")).Single();
        return $"{((long)row[0] == 1 ? "gone" : "there")}, {row[1]}";
    }

    /// <summary>Activities, values of attributes, and keys.</summary>
    private async Task<string> CountsAsync(string contact) => string.Join(' ', (await _workplace.QueryAsync(
        $"""
        SELECT (SELECT COUNT(*) FROM activity WHERE lead_id = r.lead_id), (SELECT COUNT(*) FROM attribute_value WHERE record_id = r.id), (SELECT COUNT(*) FROM identity WHERE record_id = r.id)
        FROM record r WHERE external_id = '{contact}'
        """)).Single());

    /// <summary>Where the files of the data folder have the name in them, with what stands around it.</summary>
    private List<string> Found() =>
    [
        .. Directory.EnumerateFiles(_workplace.Data, "*", SearchOption.AllDirectories).SelectMany(file =>
            Regex.Matches(Encoding.Latin1.GetString(File.ReadAllBytes(file)), $".{{0,80}}{Name}.{{0,20}}", RegexOptions.IgnoreCase | RegexOptions.Singleline)
                .Select(found => $"{Path.GetFileName(file)}: {Regex.Replace(found.Value, "[^ -~]", ".")}")),
    ];
}
