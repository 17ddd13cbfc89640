using System.Diagnostics;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Sync.Runs;

/// <summary>
/// One connection during one run: its client, its lease, and what happened so far. Every transaction that it begins carries the lease, so a process that lost it can write nothing.
/// </summary>
public sealed class ConnectionSession : IAsyncDisposable
{
    private static readonly TimeSpan RenewEvery = Lease.Life / 4;

    /// <summary>Longer than the nightly reconcile keeps a connection to itself at a time.</summary>
    public static readonly TimeSpan UsualPatience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromMilliseconds(250);

    private readonly ILedger _ledger;
    private readonly ConnectionOptions _options;
    private readonly Stopwatch _sinceRenewal = Stopwatch.StartNew();
    private readonly Stopwatch _elapsed = Stopwatch.StartNew();
    private Lease? _lease;

    private ConnectionSession(ILedger ledger, ICrm crm, ConnectionRow connection, ConnectionOptions options, Lease lease, CrmAccount account, string run)
    {
        _options = options;
        _ledger = ledger;
        _lease = lease;
        Crm = crm;
        Connection = connection;
        Account = account;
        Run = run;
        Report = new ConnectionReport(connection.Name, connection.Crm);
    }

    public ICrm Crm { get; }

    public ConnectionRow Connection { get; private set; }

    /// <summary>As the ledger has them, and an admin's options over them.</summary>
    public ConnectionSettings Settings => _options.Over(ConnectionSettings.Read(Connection.Settings));

    /// <summary>As the CRM named it at the start of the run; its date is where this run's windows end.</summary>
    public CrmAccount Account { get; }

    public string Run { get; }

    public ConnectionReport Report { get; }

    public List<string> Notices { get; } = [];

    public List<string> Failures { get; } = [];

    /// <summary>A first read brought activities of years in this run: nobody is handed over for them.</summary>
    public bool BringsHistory { get; set; }

    /// <summary>A record was parked because something else writes it, and nobody looked since whether they are too many.</summary>
    public bool HasParked { get; set; } = true;

    /// <summary>
    /// Takes the lease and asks the CRM whose account this is.
    /// </summary>
    /// <param name="patience">How long a lease that another process holds is waited for, in real time; the nightly reconcile gives its own up every few seconds.</param>
    /// <exception cref="FatalCrmException">The account is not the one that the connection is bound to: nothing may be read or written.</exception>
    /// <exception cref="RetriableCrmException">Another process is working on the connection.</exception>
    public static async Task<ConnectionSession> OpenAsync(
        ILedger ledger, ICrm crm, ConnectionRow connection, ConnectionOptions options, string run, TimeSpan patience, CancellationToken cancellation)
    {
        var lease = await TakeLeaseAsync(ledger, connection.Id, patience, cancellation)
            ?? throw new RetriableCrmException("another process is syncing this connection; try again when it is done", Lease.Life);
        try
        {
            var account = await crm.GetAccountAsync(cancellation);
            if (account.Id != connection.AccountId || !account.Kind.ToString().Equals(connection.Crm, StringComparison.OrdinalIgnoreCase))
            {
                throw new FatalCrmException(
                    $"{connection.Name} is bound to {connection.Crm} account {connection.AccountId}, but the token belongs to {account.Kind} account {account.Id}",
                    $"Give {connection.Name} a token of account {connection.AccountId} (connect --replace), or connect account {account.Id} under another name.");
            }

            return new ConnectionSession(ledger, crm, connection, options, lease, account, run);
        }
        catch
        {
            await ledger.ReleaseLeaseAsync(lease, CancellationToken.None);
            throw;
        }
    }

    private static async Task<Lease?> TakeLeaseAsync(ILedger ledger, long connectionId, TimeSpan patience, CancellationToken cancellation)
    {
        var owner = $"{Environment.MachineName}:{Environment.ProcessId}";
        var waiting = Stopwatch.StartNew();
        while (true)
        {
            var lease = await ledger.TakeLeaseAsync(connectionId, owner, cancellation);
            if (lease is not null || waiting.Elapsed >= patience)
            {
                return lease;
            }

            await Task.Delay(TryAgainAfter, cancellation);
        }
    }

    /// <summary>A writing transaction under the connection's lease.</summary>
    public async Task<ILedgerTransaction> BeginAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_sinceRenewal.Elapsed > RenewEvery)
        {
            await _ledger.RenewLeaseAsync(_lease!, cancellation);
            _sinceRenewal.Restart();
        }

        return await _ledger.BeginAsync(_lease, cancellation);
    }

    /// <summary>Renews the lease where it is time to: for whoever waits long for something else.</summary>
    public async Task KeepLeaseAsync(CancellationToken cancellation)
    {
        await using var transaction = await BeginAsync(cancellation);
    }

    /// <summary>Another mode takes effect within one batch or job, whoever sets it: what may be written has to be looked at anew.</summary>
    public async Task<bool> HasOtherModeAsync(CancellationToken cancellation)
    {
        await using var transaction = await BeginAsync(cancellation);
        return (await transaction.Connections.FindAsync(Connection.Name))?.Mode != Connection.Mode;
    }

    /// <summary>Stops writing to the CRM until an admin resumes, and says why.</summary>
    public async Task PauseAsync(string why, CancellationToken cancellation)
    {
        Failures.Add($"{Connection.Name}: paused: {why}");
        await ChangeAsync(
            connection => connection with
            {
                Mode = ConnectionMode.Paused,
                ResumeMode = connection.Mode == ConnectionMode.Paused ? connection.ResumeMode : connection.Mode,
                State = why,
            },
            cancellation);
    }

    /// <summary>Changes the connection's row as it stands now: an admin may have changed it during the run.</summary>
    public async Task ChangeAsync(Func<ConnectionRow, ConnectionRow> change, CancellationToken cancellation)
    {
        await using var transaction = await BeginAsync(cancellation);
        var present = await transaction.Connections.FindAsync(Connection.Name)
            ?? throw new ConfigurationException($"{Connection.Name} was disconnected during the run");
        Connection = change(present);
        await transaction.Connections.SaveAsync(Connection);
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>The counts so far, with the client's calls.</summary>
    public ConnectionReport Count()
    {
        Report.Calls = Crm.Calls.Sent;
        Report.Refused = Crm.Calls.Refused;
        Report.Quota = Crm.Quota;

        Report.BusySeconds = Crm.Calls.Busy.TotalSeconds;
        Report.BusyCalls = Crm.Calls.SentWhileBusy;
        Report.Seconds = Math.Round(_elapsed.Elapsed.TotalSeconds, 3);
        return Report;
    }

    public async ValueTask DisposeAsync()
    {
        if (_lease is { } lease)
        {
            _lease = null;
            await _ledger.ReleaseLeaseAsync(lease, CancellationToken.None);
        }
    }
}
