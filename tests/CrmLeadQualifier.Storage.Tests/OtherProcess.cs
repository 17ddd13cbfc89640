using System.Diagnostics;
using System.Globalization;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Postgres;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Sqlite;

namespace CrmLeadQualifier.Storage.Tests;

/// <summary>A real second process on the same store, which says when it has done what it was started for, then waits to be killed.</summary>
public sealed class OtherProcess : IAsyncDisposable
{
    private readonly Process process;

    private OtherProcess(Process process) => this.process = process;

    public static OtherProcess OpenLedger(string address) => Start(address, "open");

    public static OtherProcess HoldLease(string address, long connection) => Start(address, "lease", connection.ToString(CultureInfo.InvariantCulture));

    /// <summary>Writes a connection named <c>uncommitted</c>, within a transaction that it never ends.</summary>
    public static OtherProcess HoldTransaction(string address) => Start(address, "write");

    /// <summary>Takes so many due leads, within a transaction that it never ends.</summary>
    public static OtherProcess TakeLeads(string address, int count) => Start(address, "take", count.ToString(CultureInfo.InvariantCulture));

    /// <summary>Waits until it has done it.</summary>
    public async Task IsDoneAsync()
    {
        var line = await process.StandardOutput.ReadLineAsync();
        Assert.True(line == "done", $"The other process said: {line} {(line is null ? await process.StandardError.ReadToEndAsync() : "")}");
    }

    /// <summary>Without a chance to clean up.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await KillAsync();
        }

        process.Dispose();
    }

    private static async Task<int> Main(string[] arguments)
    {
        await using ILedger ledger = arguments[0].StartsWith("Host=", StringComparison.Ordinal)
            ? new PostgresLedger(arguments[0], TimeProvider.System)
            : new SqliteLedger(arguments[0], TimeProvider.System);
        await ledger.OpenAsync(default);
        switch (arguments[1])
        {
            case "lease":
                await ledger.TakeLeaseAsync(long.Parse(arguments[2], CultureInfo.InvariantCulture), "the other process", default);
                break;
            case "write":
                var transaction = await ledger.BeginAsync(lease: null, default);
                await transaction.Connections.SaveAsync(new(0, "uncommitted", "hubspot", "1"));
                break;
            case "take":
                var scoring = await ledger.BeginAsync(lease: null, default);
                await scoring.Leads.TakeDueAsync(new DueWalk(Instant.MaxValue, "f"), int.Parse(arguments[2], CultureInfo.InvariantCulture));
                break;
        }

        Console.WriteLine("done");
        // Ends with whoever started it.
        await Console.In.ReadToEndAsync();
        return 0;
    }

    private static OtherProcess Start(params string[] arguments)
    {
        var host = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        var start = new ProcessStartInfo(host, [typeof(OtherProcess).Assembly.Location, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new OtherProcess(Process.Start(start)!);
    }
}
