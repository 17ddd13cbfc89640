using System.Text.Json;
using CrmLeadQualifier.Sandbox.CommandLine;
using CrmLeadQualifier.Sandbox.Faults;
using CrmLeadQualifier.Sandbox.Limits;

namespace CrmLeadQualifier.Sandbox.Tests;

public sealed class FaultTests
{
    private static IReadOnlyList<NamedFault> Named(string list)
    {
        Assert.True(FaultList.TryRead(list, out var faults, out var error), error);
        return faults;
    }

    private static Task<Reply> PlanAsync(RunningSandbox sandbox, string faults) => sandbox.PostAsync("/__sandbox/faults", new { faults });

    [Theory]
    [InlineData("cut-before", false)]
    [InlineData("cut-after", true)]
    public async Task A_cut_connection_leaves_the_write_done_or_not(string kind, bool done)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = await sandbox.CreateAsync("contacts", new { city = "Lyon" });
        Assert.Equal(204, (await PlanAsync(sandbox, $"{kind}@2")).Status);
        await sandbox.GetAsync("/crm/owners/2026-03");
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => sandbox.UpdateAsync(id, new { city = "Nantes" }));
        Assert.Equal(done ? "Nantes" : "Lyon", await sandbox.ValueAsync(id, "city"));
    }

    [Theory]
    [InlineData("html", 502, false)]
    [InlineData("429", 429, false)]
    [InlineData("500", 500, false)]
    [InlineData("empty", 200, true)]
    [InlineData("truncated", 200, true)]
    public async Task A_broken_answer_is_as_documented(string kind, int status, bool done)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var id = await sandbox.CreateAsync("contacts", new { city = "Lyon" });
        await PlanAsync(sandbox, $"{kind}@1");
        var answer = await sandbox.UpdateAsync(id, new { city = "Nantes" });
        Assert.Equal(status, answer.Status);
        switch (kind)
        {
            case "html":
                Assert.StartsWith("<html>", answer.Body);
                break;
            case "empty":
                Assert.Equal("", answer.Body);
                break;
            case "truncated":
                Assert.ThrowsAny<JsonException>(() => answer.Json);
                break;
            default:
                Assert.Equal("error", answer["status"].GetString());
                break;
        }
        Assert.Equal(done ? "Nantes" : "Lyon", await sandbox.ValueAsync(id, "city"));
    }

    [Fact]
    public async Task A_number_stands_where_a_text_should()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.CreateAsync("contacts", new { email = "a@b.fr" });
        await PlanAsync(sandbox, "number@1");
        var properties = (await sandbox.GetAsync("/crm/objects/2026-03/contacts?properties=email"))["results"][0].GetProperty("properties");
        Assert.Contains(properties.EnumerateObject(), property => property.Value.ValueKind == JsonValueKind.Number);
    }

    [Fact]
    public async Task A_reset_counts_the_calls_anew()
    {
        await using var sandbox = await RunningSandbox.StartAsync(new SandboxOptions { Contacts = 0, Limits = LimitTier.Off, Faults = Named("500@2") });
        Assert.Equal(200, (await sandbox.GetAsync("/crm/owners/2026-03")).Status);
        await sandbox.PostAsync("/__sandbox/stats/reset", new { });
        Assert.Equal(200, (await sandbox.GetAsync("/crm/owners/2026-03")).Status);
        Assert.Equal(500, (await sandbox.GetAsync("/crm/owners/2026-03")).Status);
    }

    [Fact]
    public void Random_faults_follow_the_seed_and_the_rate()
    {
        var first = Drawn(seed: 4);
        Assert.Equal(first, Drawn(seed: 4));
        Assert.NotEqual(first, Drawn(seed: 5));
        Assert.InRange(first.Count(fault => fault is not null), 30, 90);

        static List<FaultKind?> Drawn(int seed)
        {
            var plan = new FaultPlan(FaultList.None, 0.3, seed, _ => true);
            return [.. Enumerable.Range(0, 200).Select(_ => plan.Next(_ => true).Single)];
        }
    }

    [Fact]
    public async Task An_unreadable_fault_list_is_refused()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        Assert.Equal(400, (await PlanAsync(sandbox, "explode@3")).Status);
    }
}
