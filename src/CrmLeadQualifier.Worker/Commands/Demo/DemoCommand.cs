using CrmLeadQualifier.Core.Time;
using System.CommandLine;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Salesforce.Authorization;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Report;
using CrmLeadQualifier.Sync.Runs;
using CrmLeadQualifier.Sync.Suggestions;
using CrmLeadQualifier.Worker.Accounts;
using CrmLeadQualifier.Worker.CommandLine;
using CrmLeadQualifier.Worker.Commands.Connections;
using CrmLeadQualifier.Worker.Commands.Definition;
using CrmLeadQualifier.Worker.Commands.Runs;
using CrmLeadQualifier.Worker.Commands.Serving;
using CrmLeadQualifier.Worker.Hosting;
using CrmLeadQualifier.Worker.Serving;

namespace CrmLeadQualifier.Worker.Commands.Demo;

/// <summary>The whole way on emulated data, and then a worker that serves it: what a new user sees first.</summary>
internal sealed class DemoCommand : ProgramCommand
{
    private const string HubSpot = CrmWords.HubSpot;
    private const string Salesforce = CrmWords.Salesforce;
    private static readonly string[] Agreement = ["definitions", "b2b-software.en.yaml"];
    private const string Leads = "/__sandbox/records";
    private const string AlignmentReport = "report.html";
    private static readonly string[] People = ["--contacts", "300", "--answered", "900", "--seed", "42"];

    private readonly Option<bool> _once = new("--once") { Description = "Prints the run and ends." };
    private readonly Option<string?> _leads = new("--leads") { HelpName = "FILE", Description = "Your own leads (JSON Lines) instead of made-up people." };
    private readonly Option<int> _port = ServedConsole.PortOption(0);

    public DemoCommand(Terminal terminal)
        : base(terminal, "demo", "Starts an emulated HubSpot and Salesforce with the same people in them, connects, signs the example agreement, goes live, syncs, reports, and serves.", "demo --once")
    {
        Add(_once);
        Add(_leads);
        Add(_port);
        Add(GlobalOptions.At);
    }

    protected override async Task<int> RunAsync(CommandContext parent, ParseResult parsed)
    {
        var once = parsed.GetValue(_once);
        var leads = parsed.GetValue(_leads);
        if (leads is not null && !File.Exists(leads))
        {
            throw new UsageException($"{leads}: there is no such file.");
        }

        if (!once && parsed.GetValue(GlobalOptions.At) is not null)
        {
            throw new UsageException("--at goes with --once: what serves follows the machine's clock.");
        }

        var port = ServedConsole.ReadPort(parsed, _port);
        await using var context = parent.InDemoFolder();
        using var alone = OnlyWorker.Take(context.Folder);
        Clear(context.Folder);
        string[] people = [.. leads is null ? People : ["--leads", leads], "--split", "both", "--connector", "on", "--sales", once ? "on" : "quick"];
        await using var sandbox = SandboxProcess.Start(parsed.GetValue(GlobalOptions.At) is { } at ? [.. people, "--at", $"{at}"] : people, readsOutput: true);
        try
        {
            var access = await sandbox.ReadyAsync(context.Cancellation);
            var report = await GoLiveAsync(context, access);
            var sample = await DemoSample.ReadAsync(context.Clients.PlainHttp(), access, context.Cancellation);
            var alignment = await new ReportRun(await context.OpenLedgerAsync()) { HasSuggestions = true, Holidays = context.HandOvers.Holidays }.MakeAsync(new ReportRequest(), Instant.Now(context.Clock), context.Cancellation);
            var page = Path.Combine(context.Folder.Path, AlignmentReport);
            await File.WriteAllTextAsync(page, ReportPage.Write(alignment), context.Cancellation);
            Print(context, report, sample, alignment, page);
            RunPrinter.PrintRemarks(context, report);
            if (once || RunPrinter.ExitCodeOf(report) != ExitCode.Done)
            {
                return RunPrinter.ExitCodeOf(report);
            }

            await ServedConsole.RunAsync(context, await context.OpenLedgerAsync(), port, address => PrintWhatToLookAt(context, address, access, sample));
            return ExitCode.Done;
        }
        catch (OperationCanceledException) when (!once)
        {
            // Ctrl-C is how it is meant to end.
            return ExitCode.Done;
        }
    }

    /// <summary>Connects, signs, provisions, goes live, syncs the baseline, releases whoever it held, syncs again. Answers one run that sums both.</summary>
    private static async Task<RunReport> GoLiveAsync(CommandContext context, SandboxAccess access)
    {
        var terminal = context.Terminal;
        var hubSpot = access.Hubspot ?? throw new InvalidOperationException("the sandbox started no HubSpot");
        var salesforce = access.Salesforce ?? throw new InvalidOperationException("the sandbox started no Salesforce");
        var portal = await ConnectHubSpot.ConnectAsync(context, HubSpot, hubSpot.Token, hubSpot.BaseUrl, replace: false);
        terminal.Say($"Connected the emulated HubSpot portal {portal.AccountId} at {hubSpot.BaseUrl}.");
        var org = await ConnectSalesforce.ConnectAsync(context, Salesforce, new SalesforceApp(salesforce.ClientId, salesforce.ClientSecret), salesforce.BaseUrl, replace: false);
        terminal.Say($"Connected the emulated Salesforce org {org.AccountId} at {salesforce.BaseUrl}.");
        var (version, _) = await ProposeDefinition.ProposeAsync(context, ApplicationFolder.File(Agreement), "demo", "The example agreement");
        foreach (var role in AgreementInForce.Roles)
        {
            // Named as its role, so that the next version can be signed by hand.
            var given = Environment.GetEnvironmentVariable(Authentication.PasswordVariable);
            var password = given is { Length: >= Passwords.ShortestLength } ? given : Passwords.Draw();
            var now = Instant.Now(context.Clock);
            await context.WriteAsync(async ledger =>
            {
                await ledger.Accounts.SaveAsync(Passwords.Set(new AccountRow(role, role, "", "", false, now), password));
                return await Signing.SignAsync(ledger, version, role, role, "Signed by the demo", now);
            });
            terminal.Say($"Account {role} signs for {role}" + (password == given ? $"; its password is that of {Authentication.PasswordVariable}." : $"; its password, shown this once: {password}"));
        }

        var agreement = await context.AgreementInForceAsync() ?? throw new InvalidOperationException("signed for both roles, and not in force");
        terminal.Say($"'{agreement.Definition.Name}' is signed by marketing and sales.");
        foreach (var connection in new[] { portal, org })
        {
            var (steps, _) = await ProvisionFields.ProvisionAsync(context, connection, agreement, minimal: false, dryRun: false);
            await new ModeChanges(await context.OpenLedgerAsync()).SetAsync(connection.Name, ConnectionMode.Live, null, context.Cancellation);
            terminal.Say($"{connection.Name}: {steps.Count} changes provisioned, and live.");
        }

        var first = await SyncConnections.SyncAsync(context, new SyncRequest { Yes = true });
        if (first.Failures.Count > 0)
        {
            return first;
        }

        var released = await new Releases(await context.OpenLedgerAsync()).ReleaseAsync(null, byRecency: false, context.Cancellation);
        terminal.Say($"The first sync scored {first.Scored} leads and held the {released} that qualify: nobody is handed over in bulk. The demo releases them now.");
        return Sum(first, await SyncConnections.SyncAsync(context, new SyncRequest { Yes = true }));
    }

    private static RunReport Sum(RunReport first, RunReport last) => last with
    {
        Connections = [.. last.Connections.Select(connection => first.Connections.FirstOrDefault(other => other.Name == connection.Name) is { } before ? Sum(before, connection) : connection)],
        Scored = Math.Max(first.Scored, last.Scored),
        Seconds = first.Seconds + last.Seconds,
        Notices = last.Notices,
    };

    private static ConnectionReport Sum(ConnectionReport first, ConnectionReport last) => new(last.Name, last.Crm)
    {
        RecordsRead = first.RecordsRead + last.RecordsRead,
        ActivitiesRead = first.ActivitiesRead + last.ActivitiesRead,
        RecordsWritten = first.RecordsWritten + last.RecordsWritten,
        FieldsWritten = first.FieldsWritten + last.FieldsWritten,
        Calls = first.Calls + last.Calls,
        Refused = first.Refused + last.Refused,
        Quarantined = last.Quarantined,
        Seconds = first.Seconds + last.Seconds,
    };

    private static void Print(CommandContext context, RunReport report, IReadOnlyList<DemoSample> sample, WeeklyReport alignment, string page)
    {
        if (context.IsJson)
        {
            var json = RunReportJson.Build(report);
            json["sample"] = System.Text.Json.JsonSerializer.SerializeToNode(sample, JsonText.Options);
            json["report"] = ReportJson.Build(alignment);
            context.Terminal.Json(json);
            return;
        }

        RunPrinter.PrintText(context.Terminal, report);
        context.Terminal.Result("Read back from the CRMs over HTTP:");
        foreach (var record in sample)
        {
            context.Terminal.Result("");
            context.Terminal.Result(record.Title);
            foreach (var (name, value) in record.Fields)
            {
                context.Terminal.Result($"  {name,-17} {value}");
            }
        }

        context.Terminal.Result("");
        context.Terminal.Result("From the alignment report, what a year of sales' verdicts says about the agreement:");
        context.Terminal.Result("");
        context.Terminal.Sections(SuggestionsText.ReportSections(alignment.Suggestions!, Core.Definitions.Language.English));
        context.Terminal.Result($"The whole report is in {Path.GetRelativePath(Directory.GetCurrentDirectory(), page)}.");
        context.Terminal.Result("");
    }

    private static void PrintWhatToLookAt(CommandContext context, ConsoleAddress console, SandboxAccess access, IReadOnlyList<DemoSample> sample)
    {
        var data = Path.GetRelativePath(Directory.GetCurrentDirectory(), context.Folder.Path);
        var (hubSpot, salesforce) = (access.Hubspot!.BaseUrl + Leads, access.Salesforce!.BaseUrl + Leads);
        if (context.IsJson)
        {
            context.Terminal.Say(console.Administrator!);
            context.Terminal.Json(new { console = console.Start, dashboard = console.Dashboard, runs = console.Runs, hubspot = hubSpot, salesforce, data });
            return;
        }

        context.Terminal.Result($"""
            Now it serves: a sync of each CRM every minute, and a simulated sales team that answers within minutes.
              Console                    {console.Start}
              Administrator              {FirstAccount.Name}, with the password (shown this once): {console.Password}
              Jobs (Hangfire dashboard)  {console.Dashboard}
              Runs, live                 {console.Runs}
              HubSpot's contacts         {hubSpot}
              Salesforce's people        {salesforce}
            Beside it, in another terminal:
              connections --data {data}
              runs --data {data}
              suggest --data {data}
              explain {(sample.Count > 0 ? sample[0].Email : "EMAIL")} --data {data}
            Ctrl-C ends it, the emulated CRMs too.
            """);
    }

    /// <summary>The demo's ledger is made anew; what else lies in its folder stays.</summary>
    private static void Clear(DataFolder folder)
    {
        folder.Create();
        foreach (var file in new[] { folder.Ledger, $"{folder.Ledger}-wal", $"{folder.Ledger}-shm" })
        {
            File.Delete(file);
        }

        if (Directory.Exists(folder.Keys))
        {
            Directory.Delete(folder.Keys, recursive: true);
        }
    }
}
