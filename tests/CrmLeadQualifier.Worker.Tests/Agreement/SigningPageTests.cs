using System.Net;
using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Worker.Tests.Agreement;

/// <summary>The console's page on which a version is read and signed, over real HTTP.</summary>
public sealed class SigningPageTests
{
    private const string LongAgo = "2026-01-10T09:00:00Z";

    [Fact]
    public async Task Marketing_and_sales_read_a_version_with_its_changes_and_sign_it_there()
    {
        using var workplace = new Workplace();
        await workplace.SignAsync(Repository.File("definitions", "b2b-software.en.yaml"), LongAgo);
        var mine = workplace.File("mine.yaml");
        await File.WriteAllTextAsync(mine, (await File.ReadAllTextAsync(Repository.File("definitions", "b2b-software.en.yaml"))).Replace("label: Decision maker", "label: Decides <b>alone</b>").Replace("points: 35 }", "points: 40 }"));
        (await workplace.RunAsync("definition", "propose", mine, "--by", "Eve")).Expect(0);
        using var serving = await ServingWorker.StartAsync(workplace);
        var password = Workplace.Password["CLQ_PASSWORD"]!;
        using var ann = await serving.SignInAsync("Ann", password);
        using var ben = await serving.SignInAsync("Ben", password);
        using var admin = await serving.SignInAsync("admin", serving.Password!);

        // Whoever is signed in reads it; what the file says is text, never markup; only marketing and sales are offered to sign.
        var page = await ann.PageAsync("agreement");
        Assert.Contains("Decides &lt;b&gt;alone&lt;/b&gt;, case 1: 35 → 40 points", page);
        Assert.Contains("<strong>Decides &lt;b&gt;alone&lt;/b&gt;</strong>", page);
        Assert.DoesNotContain("<b>alone", page);
        Assert.Contains("Sign version 2 for marketing", page);
        Assert.Contains("is overdue since 2026-04-10", page);
        Assert.DoesNotContain("handler=sign", await admin.PageAsync("agreement"));
        Assert.Contains("Qui n’est jamais transmis", await ann.PageAsync("agreement?version=2&language=fr"));
        Assert.Contains("is overdue", await ann.PageAsync(""));
        Assert.Contains("is overdue", await ann.PageAsync("runs"));

        var fingerprint = (await workplace.RunAsync("definition", "history", "--format", "json")).Expect(0).Json[1]!["agreement"]!.GetValue<string>();
        (string, string)[] form = [("version", "2"), ("fingerprint", fingerprint), ("note", "read together")];

        // Not without the token, not by an administrator, not with another account's token, not something else than was shown.
        Assert.Equal(HttpStatusCode.BadRequest, (await ann.PostFormAsync("agreement?handler=sign", null, form)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await ben.PostFormAsync("agreement?handler=sign", await ann.TokenAsync("agreement"), form)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await admin.PostFormAsync("agreement?handler=sign", await admin.TokenAsync("agreement"), form)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await ann.PostFormAsync("agreement?handler=sign", await ann.TokenAsync("agreement"), [("version", "2"), ("fingerprint", "0000")])).StatusCode);
        Assert.Empty((await workplace.RunAsync("definition", "history", "--format", "json")).Json[1]!["signatures"]!.AsArray());

        Assert.Equal(HttpStatusCode.Redirect, (await ann.PostFormAsync("agreement?handler=sign", await ann.TokenAsync("agreement"), form)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await ann.PostFormAsync("agreement?handler=sign", await ann.TokenAsync("agreement"), form)).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await ann.PostFormAsync("agreement?handler=withdraw", await ann.TokenAsync("agreement"), ("version", "2"))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await ann.PostFormAsync("agreement?handler=sign", await ann.TokenAsync("agreement"), form)).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await ben.PostFormAsync("agreement?handler=sign", await ben.TokenAsync("agreement"), form)).StatusCode);

        // A signature keeps its name after its account has ended.
        (await workplace.RunAsync("account", "disable", "Ann")).Expect(0);
        var signed = await ben.PageAsync("agreement?version=2");
        Assert.Contains("Signed for marketing by Ann", signed);
        Assert.Contains("(withdrawn by Ann", signed);
        Assert.Contains("in force since", signed);
        Assert.DoesNotContain("is overdue", signed);
        Assert.Equal(HttpStatusCode.NotFound, (await ben.GetAsync("agreement?version=9")).StatusCode);
    }

    [Fact]
    public async Task Without_a_version_the_page_says_how_to_make_one()
    {
        using var workplace = new Workplace();
        using var serving = await ServingWorker.StartAsync(workplace);
        using var admin = await serving.SignInAsync("admin", serving.Password!);

        Assert.Contains("definition propose FILE", await admin.PageAsync("agreement"));
    }
}
