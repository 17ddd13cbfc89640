using System.Globalization;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Worker.Hosting;

namespace CrmLeadQualifier.Worker.Jobs;

/// <summary>
/// Takes turns at jobs. Whoever starts a job more often than it should, twice at once or on two workers, finds here that a turn is under way. The turns are counted in the ledger
/// and not by Hangfire: it never learns of a worker that died, and would start its job again for ever.
/// </summary>
internal sealed class JobTurns(ILedger ledger, LogFile log, TimeProvider clock)
{
    /// <summary>A job that was begun this often and never came to an end is parked: it kills its worker.</summary>
    public const int MostAttempts = 3;

    /// <summary>A worker on another machine that said nothing for so long is taken for dead; one on this machine is known to be.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan WaitAfterRefusal = TimeSpan.FromMinutes(15);

    /// <summary>
    /// One turn: 1. it is begun in the ledger, or it is said why not; 2. the work is done, its progress and that it lives are told to the ledger; 3. its end is kept. A process that
    /// dies between 1 and 3 leaves an attempt without an end.
    /// </summary>
    /// <returns>What it came to, for the dashboard.</returns>
    /// <exception cref="JobFailedException">The turn failed, or the job was parked just now.</exception>
    /// <exception cref="OperationCanceledException">The worker stops, or another one has the job: the turn goes on elsewhere or later.</exception>
    public async Task<string> TakeAsync(
        string name, Func<ILedgerTransaction, Instant, Task<Admission>>? admit, Func<JobTurn, CancellationToken, Task<TurnResult>> work, CancellationToken stop)
    {
        var (begun, refusal) = await BeginAsync(name, admit, stop);
        if (begun is null)
        {
            return refusal!;
        }

        await using var turn = new JobTurn(ledger, log, clock, begun, stop);
        TurnResult result;
        try
        {
            result = await work(turn, turn.Cancellation);
        }
        catch (OperationCanceledException) when (turn.Cancellation.IsCancellationRequested)
        {
            await EndAsync(turn, row => row with { State = JobState.Stopped, Message = "stopped at the end of a page; the next turn goes on from there" });
            throw;
        }
        catch (Exception unforeseen)
        {
            var file = log.WriteException(name, unforeseen);
            var sentence = $"{unforeseen.GetType().Name}: {LogFile.WithoutPersonalData(unforeseen.Message)}" + (file is null ? "" : $" (details in {file})");
            await EndAsync(turn, row => Failed(row, new TurnResult("", [sentence], false)));
            throw new JobFailedException(sentence);
        }

        if (result.Failures.Count == 0)
        {
            await EndAsync(turn, row => row with { State = JobState.Done, IsRefused = false, Failures = 0, NotBefore = null, SucceededAt = Now, Message = result.Summary });
            return result.Summary;
        }

        await EndAsync(turn, row => Failed(row, result));
        throw new JobFailedException(LogFile.WithoutPersonalData(string.Join(' ', result.Failures)));
    }

    /// <summary>Lifts what keeps a job from its next turn: an admin says so.</summary>
    public async Task ReleaseAsync(string name, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginAsync(null, cancellation);
        var row = await transaction.Jobs.LockAsync(name);
        if (row.State == JobState.Parked || row.NotBefore is not null)
        {
            await transaction.Jobs.SaveAsync(row with { State = row.State == JobState.Parked ? JobState.Stopped : row.State, Attempts = 0, Failures = 0, NotBefore = null });
            await transaction.CommitAsync(cancellation);
        }
    }

    /// <summary>Whether somebody is at work on the job.</summary>
    public static bool IsAlive(JobRow row, Instant now) => row.State == JobState.Running && row.HeartbeatAt + Life > now && !JobOwner.IsGone(row.Owner);

    private Instant Now => Instant.Now(clock);

    private async Task<(JobRow? Begun, string? Refusal)> BeginAsync(string name, Func<ILedgerTransaction, Instant, Task<Admission>>? admit, CancellationToken stop)
    {
        await using var transaction = await ledger.BeginAsync(null, stop);
        var now = Now;
        var admission = admit is null ? default : await admit(transaction, now);
        var row = await transaction.Jobs.LockAsync(name);
        var refusal = row switch
        {
            _ when IsAlive(row, now) => $"skipped: the turn of {row.StartedAt} is still under way ({JobOwner.ForPeople(row.Owner)})",
            { State: JobState.Parked } => $"skipped: parked, {row.Message}",
            { NotBefore: { } notBefore } when notBefore > now => $"skipped: after {row.Failures} failures in a row it waits until {notBefore}",
            _ => admission.Refusal is { } why ? $"skipped: {why}" : null,
        };
        if (refusal is not null)
        {
            return (null, refusal);
        }

        var attempts = row.State == JobState.Running ? row.Attempts : 0;
        if (attempts >= MostAttempts)
        {
            var why = string.Create(
                CultureInfo.InvariantCulture,
                $"begun {attempts} times, and each time its worker ended without a word ({JobOwner.ForPeople(row.Owner)}, last begun {row.StartedAt}): look at that machine's memory and at the log, then start it again");
            await transaction.Jobs.SaveAsync(row with { State = JobState.Parked, EndedAt = now, Message = why });
            await transaction.CommitAsync(stop);
            log.Write(name, $"parked: {why}");
            throw new JobFailedException($"Parked: {why}.");
        }

        var begun = row with
        {
            Turn = row.Turn + 1,
            State = JobState.Running,
            Owner = JobOwner.Current,
            Attempts = attempts + 1,
            StartedAt = now,
            HeartbeatAt = now,
            EndedAt = null,
            Message = null,
            Progress = null,
            BringsHistory = admission.BringsHistory,
        };
        await transaction.Jobs.SaveAsync(begun);
        await transaction.CommitAsync(stop);
        return (begun, null);
    }

    /// <summary>Also when the worker stops: its turn must not look like one that killed it.</summary>
    private async Task EndAsync(JobTurn turn, Func<JobRow, JobRow> change)
    {
        await turn.DisposeAsync();
        await using var transaction = await ledger.BeginAsync(null, CancellationToken.None);
        var row = await transaction.Jobs.LockAsync(turn.Name);
        if (row.Turn != turn.Number)
        {
            return;
        }

        await transaction.Jobs.SaveAsync(change(row) with { Attempts = 0, EndedAt = Now, Progress = null, BringsHistory = false });
        await transaction.CommitAsync(CancellationToken.None);
    }

    private JobRow Failed(JobRow row, TurnResult result)
    {
        var wait = result.IsRefused ? WaitAfterRefusal : FirstWait * Math.Pow(2, Math.Min(row.Failures, 8));
        return row with
        {
            State = JobState.Failed,
            IsRefused = result.IsRefused,
            Failures = row.Failures + 1,
            NotBefore = Now + (!result.IsRefused && wait > LongestWait ? LongestWait : wait),
            Message = string.Join('\n', result.Failures),
        };
    }
}
