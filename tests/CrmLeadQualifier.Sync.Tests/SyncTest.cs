using System.Text;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Sqlite;
using CrmLeadQualifier.Sync.Runs;
using CrmLeadQualifier.Sync.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace CrmLeadQualifier.Sync.Tests;

/// <summary>A ledger in a folder of its own with one live connection, <c>hub</c>, to a <see cref="FakeCrm"/> of its own, and a clock that both follow.</summary>
public abstract class SyncTest : IAsyncLifetime
{
    /// <summary>A Monday; 10:30 in Paris.</summary>
    protected static readonly Instant Start = Instant.From(new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.Zero));

    /// <summary>Somebody with a title of a manager (30) is an MQL with a demo request (60) or two visits of the price list (20 each).</summary>
    internal const string TestAgreement = """
        definition: Test agreement
        schema: 1
        profile:
          criteria:
            - { id: manager, label: Manager, if: { job_title: { has_word: [manager] } }, points: 30 }
            - { id: industry, label: Industry, if: { industry: { contains: [software] } }, points: 5 }
        behaviour:
          decay: { lose: 50%, every: 30d }
          criteria:
            - { id: pricing, label: Viewed pricing, on: page_view, where: { url: { contains: /pricing } }, points: 20, at_most: 40 }
        intent:
          criteria:
            - { id: demo, label: Asked for a demo, on: form_submission, where: { form: { contains: demo } }, points: 60, at_most: 60, within: 60d }
        exclusions:
          - { id: student, label: Student, if: { job_title: { has_word: [student] } } }
        mql:
          when: { total: { at_least: 60 } }
          always: [demo]
          expires_after: 60d
        sales:
          first_contact_within: 8h
          rejection_reasons:
            - { id: no_need, label: No need, then: recycle, after: 30d }
            - { id: not_target, label: Out of target, then: disqualify }
        """;

    protected const string Agreement = TestAgreement;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sync-");
    private readonly Dictionary<string, FakeCrm> _crms = [];

    protected SyncTest()
    {
        Clock = new FakeTimeProvider(Start.ToDateTimeOffset());
        Crm = new FakeCrm(Clock);
        Ledger = new SqliteLedger(Path.Combine(_folder.FullName, "ledger.db"), TimeProvider.System);
    }

    protected FakeTimeProvider Clock { get; }

    protected FakeCrm Crm { get; }

    protected ILedger Ledger { get; private set; }

    /// <summary>Of the ledger.</summary>
    protected IEnumerable<string> Files => Directory.EnumerateFiles(_folder.FullName);

    protected Instant Now => Instant.Now(Clock);

    /// <summary>Whether marketing and sales have signed before the first run.</summary>
    protected virtual bool HasAgreement => true;

    public async Task InitializeAsync()
    {
        await Ledger.OpenAsync(default);
        await ConnectAsync("hub", Crm);
        if (HasAgreement)
        {
            await SignAsync(Agreement);
        }
    }

    public async Task DisposeAsync()
    {
        await Ledger.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    protected async Task ConnectAsync(string name, FakeCrm crm, ConnectionSettings? settings = null)
    {
        _crms[name] = crm;
        await WriteAsync(ledger => ledger.Connections.SaveAsync(
            new ConnectionRow(0, name, crm.Kind.ToString().ToLowerInvariant(), crm.AccountId) { Mode = ConnectionMode.Live, CreatedAt = Now, Settings = (settings ?? new ConnectionSettings()).Write() }));
    }

    /// <summary>Proposes the agreement and signs it for both roles.</summary>
    protected async Task SignAsync(string yaml)
    {
        var reading = DefinitionReader.Read(Encoding.UTF8.GetBytes(yaml), "test");
        var definition = reading.Definition ?? throw new InvalidOperationException(string.Join('\n', reading.Problems));
        await WriteAsync(async ledger =>
        {
            var version = await ledger.Definitions.AddAsync(definition.AgreementFingerprint, definition.ScoringFingerprint, yaml, Now, "test", null);
            await ledger.Definitions.SignAsync(new SignatureRow(version, "marketing", "m", Now, definition.AgreementFingerprint));
            await ledger.Definitions.SignAsync(new SignatureRow(version, "sales", "s", Now, definition.AgreementFingerprint));
            foreach (var connection in await ledger.Connections.ListAsync())
            {
                await ledger.Connections.SaveAsync(connection with { ProvisionedFingerprint = definition.AgreementFingerprint });
            }

            return version;
        });
    }

    /// <summary>A run a minute later.</summary>
    protected Task<RunReport> SyncAsync(bool yes = false, bool dryRun = false, string? connection = null, TimeSpan? after = null)
    {
        Clock.Advance(after ?? TimeSpan.FromMinutes(1));
        return new SyncRun(Ledger, (row, _) => _crms[row.Name], Clock).RunAsync(new SyncRequest { Yes = yes, DryRun = dryRun, Connection = connection }, null, default);
    }

    /// <summary>A run with an admin's options for every connection.</summary>
    protected Task<RunReport> SyncAsync(ConnectionOptions options)
    {
        Clock.Advance(TimeSpan.FromMinutes(1));
        return new SyncRun(Ledger, OpenCrm, Clock) { Options = _ => options }.RunAsync(new SyncRequest(), null, default);
    }

    /// <summary>A run with sales working in the CRM of that kind.</summary>
    protected Task<RunReport> SyncAsync(CrmKind handover)
    {
        Clock.Advance(TimeSpan.FromMinutes(1));
        return new SyncRun(Ledger, OpenCrm, Clock) { Handover = handover }.RunAsync(new SyncRequest(), null, default);
    }

    /// <summary>A run that is expected to have nothing to complain about.</summary>
    protected async Task<RunReport> SyncWellAsync(TimeSpan? after = null)
    {
        var report = await SyncAsync(after: after);
        Assert.Empty(report.Failures);
        return report;
    }

    /// <summary>A night's reconcile, twelve hours later.</summary>
    protected Task<RunReport> ReconcileAsync(string connection = "hub")
    {
        Clock.Advance(TimeSpan.FromHours(12));
        return new ReconcileRun(Ledger, OpenCrm, Clock).RunAsync(connection, null, default);
    }

    /// <summary>A reconcile that is expected to have nothing to complain about.</summary>
    protected async Task<RunReport> ReconcileWellAsync(string connection = "hub")
    {
        var report = await ReconcileAsync(connection);
        Assert.Empty(report.Failures);
        return report;
    }

    protected OpenCrm OpenCrm => (row, _) => _crms[row.Name];

    /// <summary>What a run does when its process dies: the ledger is opened anew, whatever the run had in memory is lost.</summary>
    protected async Task DieAsync()
    {
        await Ledger.DisposeAsync();
        Ledger = new SqliteLedger(Path.Combine(_folder.FullName, "ledger.db"), TimeProvider.System);
        await Ledger.OpenAsync(default);
    }

    protected async Task<T> ReadAsync<T>(Func<ILedgerTransaction, Task<T>> read)
    {
        await using var transaction = await Ledger.BeginReadAsync(default);
        return await read(transaction);
    }

    protected async Task<T> WriteAsync<T>(Func<ILedgerTransaction, Task<T>> write)
    {
        await using var transaction = await Ledger.BeginAsync(null, default);
        var answer = await write(transaction);
        await transaction.CommitAsync(default);
        return answer;
    }

    protected async Task<ConnectionRow> ConnectionAsync(string name = "hub") => (await ReadAsync(ledger => ledger.Connections.FindAsync(name)))!;

    protected async Task<RecordRow> RecordAsync(string id, string connection = "hub")
    {
        var row = await ConnectionAsync(connection);
        return Assert.Single(await ReadAsync(async ledger => (IReadOnlyList<RecordRow>)
            [.. await ledger.Records.GetAsync(row.Id, "contact", [id]), .. await ledger.Records.GetAsync(row.Id, "lead", [id])]));
    }

    protected async Task<LeadRow> LeadAsync(string record, string connection = "hub")
    {
        var lead = (await RecordAsync(record, connection)).LeadId;
        return Assert.Single(await ReadAsync(ledger => ledger.Leads.GetAsync([lead])));
    }

    protected async Task<IReadOnlyList<TransitionRow>> TransitionsAsync(string record, string connection = "hub")
    {
        var lead = (await RecordAsync(record, connection)).LeadId;
        return (await ReadAsync(ledger => ledger.Leads.TransitionsAsync([lead]))).GetValueOrDefault(lead) ?? [];
    }

    /// <summary>The stages a lead went through, with their causes.</summary>
    protected async Task<string> PathAsync(string record) => string.Join(", ", (await TransitionsAsync(record)).Select(row => $"{row.Transition.To.Word()} {row.Transition.Cause}"));

    protected async Task SetModeAsync(ConnectionMode mode, string? list = null) => await new ModeChanges(Ledger).SetAsync("hub", mode, list, default);

    /// <summary>A manager who is in the CRM and the ledger, no baseline, and has not done anything yet.</summary>
    protected async Task<FakeContact> NewManagerAsync(string id = "1")
    {
        await SyncWellAsync();
        Clock.Advance(TimeSpan.FromMinutes(1));
        return Crm.Add(id, $"person{id}@company.example", ("job_title", "Manager"));
    }

    /// <summary>A contact that was just handed over as MQL.</summary>
    protected async Task<FakeContact> NewMqlAsync(string id = "1")
    {
        var contact = await NewManagerAsync(id);
        Crm.AskForDemo(id);
        await SyncWellAsync();
        Assert.Equal("mql", contact["stage"]);
        return contact;
    }

    /// <summary>So many clerks, read and written.</summary>
    protected async Task AddAsync(int contacts)
    {
        await SyncWellAsync();
        Clock.Advance(TimeSpan.FromMinutes(1));
        for (var i = 0; i < contacts; i++)
        {
            Crm.Add($"{i}", $"p{i}@company.example", ("job_title", "Clerk"));
        }

        await SyncAsync(yes: true);
    }

    /// <summary>Each of them looks at the pricing page.</summary>
    protected void ChangeAll(int contacts)
    {
        for (var i = 0; i < contacts; i++)
        {
            Crm.Visit($"{i}");
        }
    }
}
