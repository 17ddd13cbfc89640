using System.Text.Json;
using CrmLeadQualifier.Conformance.Node;
using CrmLeadQualifier.Sandbox;
using CrmLeadQualifier.Sandbox.CommandLine;
using CrmLeadQualifier.Sandbox.Limits;

namespace CrmLeadQualifier.Conformance.SalesforceClients;

/// <summary>The client for Node that most programs use with Salesforce, run against an emulated org.</summary>
public sealed class Jsforce : IAsyncLifetime
{
    private readonly Dictionary<string, JsonElement> _steps = [];
    private string? _missing;

    /// <summary>What the client got in a step; skips the test where the client cannot be run.</summary>
    public JsonElement Step(string name)
    {
        Skip.If(_missing is not null, _missing);
        Assert.True(_steps.TryGetValue(name, out var line), $"the client did not come as far as {name}");
        Assert.False(line.TryGetProperty("failed", out var failed), $"{name}: {failed}");
        return line.GetProperty("result");
    }

    public async Task InitializeAsync()
    {
        (var folder, _missing) = await NodePackage.InstallHeavyAsync(Path.Combine("SalesforceClients", "jsforce"), "jsforce");
        if (_missing is not null)
            return;
        await using var server = await SandboxServer.StartAsync(new SandboxOptions { Contacts = 3_500, Split = Split.Salesforce, Limits = LimitTier.Read("190")! },
            TimeProvider.System, _ => { }, CancellationToken.None);
        var org = server.Salesforce!;
        var (code, output, error) = await NodePackage.RunAsync(folder, new Dictionary<string, string>(), NodePackage.NodeOf(folder), "drive.mjs", org.BaseUrl,
            org.ClientId, org.ClientSecret, org.Username);
        Assert.True(code == 0, $"{output}\n{error}");
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var document = JsonDocument.Parse(line);
            _steps[document.RootElement.GetProperty("step").GetString()!] = document.RootElement.Clone();
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;
}

public sealed class JsforceTests(Jsforce client) : IClassFixture<Jsforce>
{
    private static int Number(JsonElement result, string name) => result.GetProperty(name).GetInt32();

    [SkippableTheory]
    [InlineData("client credentials")]
    [InlineData("jwt")]
    public void It_signs_in(string flow) => Assert.Equal("lead.qualification@vendor.example", client.Step(flow).GetString());

    [SkippableFact]
    public void It_refreshes_where_its_session_has_ended()
    {
        var result = client.Step("refresh on 401");
        Assert.True(result.GetProperty("refreshed").GetBoolean());
        Assert.True(Number(result, "total") > 0);
    }

    [SkippableFact]
    public void It_reads_every_page()
    {
        var result = client.Step("query with autoFetch");
        Assert.True(Number(result, "counted") > 2_000, result.GetRawText());
        Assert.Equal((Number(result, "counted"), Number(result, "counted")), (Number(result, "fetched"), Number(result, "distinct")));
        Assert.Equal(105_000, Number(result, "limit"));
    }

    [SkippableFact]
    public void It_describes()
    {
        var result = client.Step("describe");
        Assert.Equal((4, "00Q"), (result.GetProperty("fields").GetArrayLength(), result.GetProperty("prefix").GetString()));
        Assert.True(Number(result, "objects") >= 22);
    }

    [SkippableFact]
    public void It_updates_collections()
    {
        var result = client.Step("collections update");
        Assert.Equal((249, "[\"STRING_TOO_LONG\"]"), (Number(result, "saved"), result.GetProperty("failed").GetRawText()));
    }

    [SkippableFact]
    public void It_loads_by_bulk()
    {
        var result = client.Step("bulk2 load");
        Assert.Equal((299, "[\"STRING_TOO_LONG\"]", 0), (Number(result, "saved"), result.GetProperty("failed").GetRawText(), Number(result, "unprocessed")));
        Assert.Equal("Head, of \"IT\"\nand more", result.GetProperty("title").GetString());
    }

    [SkippableFact]
    public void Results_of_bulk_are_read_page_by_page()
    {
        var result = client.Step("bulk2 results page by page");
        Assert.Equal(Number(result, "processed"), Number(result, "rows"));
        Assert.True(Number(result, "pages") >= 3, result.GetRawText());
    }
}
