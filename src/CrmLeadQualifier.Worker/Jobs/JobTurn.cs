using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Runs;
using CrmLeadQualifier.Worker.Hosting;

namespace CrmLeadQualifier.Worker.Jobs;

/// <summary>A turn under way: tells the ledger how far it is and that it lives, and learns from it that it was taken away.</summary>
internal sealed class JobTurn : IProgress<RunProgress>, IAsyncDisposable
{
    /// <summary>How often what people watch moves on.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(2);

    /// <summary>How often a turn that has no progress to tell says that it lives.</summary>
    private static readonly TimeSpan Heartbeat = JobTurns.Life / 4;

    private readonly ILedger _ledger;
    private readonly LogFile _log;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationTokenSource _lost;
    private readonly Task _beating;
    private volatile JobProgress? _progress;

    public JobTurn(ILedger ledger, LogFile log, TimeProvider clock, JobRow begun, CancellationToken stop)
    {
        _ledger = ledger;
        _log = log;
        _clock = clock;
        Name = begun.Name;
        Number = begun.Turn;
        _lost = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _beating = BeatAsync();
    }

    public string Name { get; }

    public long Number { get; }

    /// <summary>The worker stops, or somebody else has the turn.</summary>
    public CancellationToken Cancellation => _lost.Token;

    public void Report(RunProgress value)
    {
        var stage = value.Connection is null ? value.Stage : $"{value.Connection}: {value.Stage}";
        var present = _progress;
        _progress = new JobProgress(stage, present?.Stage == stage ? present.Since : Instant.Now(_clock), value.Done, value.Total);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_ended.IsCancellationRequested)
        {
            await _ended.CancelAsync();
            await _beating;
        }
    }

    private async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(Tick, _clock);
        JobProgress? told = null;
        var toldAt = _clock.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(_ended.Token))
            {
                var progress = _progress;
                if (progress == told && _clock.GetElapsedTime(toldAt) < Heartbeat)
                {
                    continue;
                }

                try
                {
                    if (!await TellAsync(progress))
                    {
                        await _lost.CancelAsync();
                        return;
                    }

                    told = progress;
                    toldAt = _clock.GetTimestamp();
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    // A ledger that is busy or away for a moment does not end the turn; the work itself will meet it.
                    _log.Write(Name, $"its progress could not be kept ({e.GetType().Name})");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The turn has ended.
        }
    }

    /// <summary>False: the turn is no longer ours.</summary>
    private async Task<bool> TellAsync(JobProgress? progress)
    {
        await using var transaction = await _ledger.BeginAsync(null, _ended.Token);
        var row = await transaction.Jobs.LockAsync(Name);
        if (row.Turn != Number)
        {
            return false;
        }

        await transaction.Jobs.SaveAsync(row with { HeartbeatAt = Instant.Now(_clock), Progress = progress });
        await transaction.CommitAsync(_ended.Token);
        return true;
    }
}
