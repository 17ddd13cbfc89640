using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Worker.Hosting;
using CrmLeadQualifier.Worker.Jobs;

namespace CrmLeadQualifier.Worker.Serving;

/// <summary>
/// Reads at once what a CRM told to have changed, one connection at a time each, in turns of the connection's own sync: never beside it. What is told while a turn is under way is read by
/// the next; what cannot be read now, the polling finds.
/// </summary>
internal sealed class WebhookReading(JobTurns turns, Stages stages, LogFile log, TimeProvider clock) : IHostedService, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>After that the connection's schedule has had its turn.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Lock _lock = new();
    private readonly Dictionary<long, Task> _reading = [];
    private readonly HashSet<long> _noticed = [];
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Something of the connection is noted in the ledger.</summary>
    public void Notice(ConnectionRow connection)
    {
        lock (_lock)
        {
            _noticed.Add(connection.Id);
            if (!_reading.ContainsKey(connection.Id))
            {
                _reading[connection.Id] = ReadAsync(connection);
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        Task[] reading;
        lock (_lock)
        {
            reading = [.. _reading.Values];
        }

        await Task.WhenAll(reading).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stop.Dispose();

    private async Task ReadAsync(ConnectionRow connection)
    {
        await Task.Yield();
        while (IsNoticed(connection.Id))
        {
            await ReadNoticedAsync(connection);
        }
    }

    /// <summary>False: nothing was noted since the last look, and whoever notes something from now on starts anew.</summary>
    private bool IsNoticed(long connection)
    {
        lock (_lock)
        {
            return _noticed.Remove(connection) || !_reading.Remove(connection);
        }
    }

    private async Task ReadNoticedAsync(ConnectionRow connection)
    {
        try
        {
            var since = clock.GetTimestamp();
            while (await stages.HasTouchedAsync(connection.Id, _stop.Token) && clock.GetElapsedTime(since) < Patience)
            {
                var isTaken = false;
                await turns.TakeAsync(
                    JobNames.Sync(connection.Name),
                    (ledger, now) => Stages.AdmitSyncAsync(ledger, connection, now),
                    async (turn, token) =>
                    {
                        isTaken = true;
                        return await stages.SyncTouchedAsync(connection, turn, token);
                    },
                    _stop.Token);
                if (!isTaken)
                {
                    await Task.Delay(Pause, clock, _stop.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The worker stops; the next one's first sync reads what is noted.
        }
        catch (JobFailedException failed)
        {
            // The turn has told the ledger; the schedule tries again.
            log.Write("webhooks", failed.Message);
        }
        catch (Exception unforeseen)
        {
            log.WriteException("webhooks", unforeseen);
        }
    }
}
