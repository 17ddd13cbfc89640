using System.Diagnostics;
using System.Globalization;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Feedback;
using CrmLeadQualifier.Sync.Link;
using CrmLeadQualifier.Sync.Overdue;
using CrmLeadQualifier.Sync.Pull;
using CrmLeadQualifier.Sync.Push;
using CrmLeadQualifier.Sync.Report;
using CrmLeadQualifier.Sync.Score;
using NodaTime;
using Instant = CrmLeadQualifier.Core.Time.Instant;

namespace CrmLeadQualifier.Sync.Runs;

/// <summary>Opens the client of a connection, with the secrets that the ledger keeps encrypted. The attributes are those that the agreement reads.</summary>
public delegate ICrm OpenCrm(ConnectionRow connection, AgreementInForce? agreement);

/// <summary>What one run is asked for.</summary>
public sealed record SyncRequest
{
    /// <summary>One connection by name; null: all of them.</summary>
    public string? Connection { get; init; }

    /// <summary>Answers the breaker.</summary>
    public bool Yes { get; init; }

    /// <summary>Only what the CRM told to have changed is read; else that first, and then every stream that is due.</summary>
    public bool OnlyTouched { get; init; }

    /// <summary>Everything is read and decided; nothing is written to a CRM. The report carries the plan.</summary>
    public bool DryRun { get; init; }
}

/// <summary>Where a run stands, for a progress bar.</summary>
/// <param name="Connection">Null while scoring.</param>
/// <param name="Stage"><c>pull contacts</c>, <c>link</c>, <c>score</c>, <c>push</c> …</param>
/// <param name="Total">Null where it is not known.</param>
public readonly record struct RunProgress(string? Connection, string Stage, long Done, long? Total);

/// <summary>
/// One run of the loop: pull, link, score, decide, push. The state is level-triggered: killed anywhere and started again, it ends as if it had never died.
/// </summary>
public sealed class SyncRun(ILedger ledger, OpenCrm openCrm, TimeProvider clock)
{
    /// <summary>How often a run, at its end, hears what its CRM has told meanwhile; what is told after that waits for the next run.</summary>
    private const int MostHeard = 10;

    /// <summary>A run that was killed is met by the next one or so.</summary>
    private const int RunsLookedAt = 100;

    /// <summary>In which CRM sales works the leads of several; null: in Salesforce where one is connected.</summary>
    public CrmKind? Handover { get; init; }

    /// <summary>Who is told of overdue answers.</summary>
    public OverdueNotification Overdue { get; init; } = OverdueNotification.Off;

    /// <summary>Days on which nobody works, beside those of the agreement.</summary>
    public IReadOnlySet<LocalDate> Holidays { get; init; } = new HashSet<LocalDate>();

    /// <summary>How long a connection that another process works on is waited for, in real time.</summary>
    public TimeSpan Patience { get; init; }

    /// <summary>An admin's options of a connection, by its name.</summary>
    public Func<string, ConnectionOptions> Options { get; init; } = _ => ConnectionOptions.None;

    /// <exception cref="ConfigurationException">No such connection, or none at all.</exception>
    public async Task<RunReport> RunAsync(SyncRequest request, IProgress<RunProgress>? progress, CancellationToken cancellation)
    {
        var elapsed = Stopwatch.StartNew();
        var at = Instant.Now(clock);
        var (connections, agreement) = await ReadAsync(request, cancellation);
        var run = await StartAsync(at, cancellation);
        var sessions = new List<ConnectionSession>();
        var pulled = new List<ConnectionSession>();
        var failures = new List<string>();
        var notices = new List<string>();
        var refused = false;
        var scored = 0;
        WritePlan? plan = null;
        try
        {
            foreach (var connection in connections)
            {
                refused |= await GuardAsync(connection.Name, failures, async () => sessions.Add(await OpenAsync(connection, agreement, run, cancellation)), cancellation) == Outcome.Refused;
            }

            await EndDeadRunsAsync(run, sessions, cancellation);
            foreach (var session in sessions)
            {
                Func<CancellationToken, Task>? hear = MayHear(session) ? token => HearAsync(session, token) : null;
                var outcome = await GuardAsync(session.Connection.Name, session.Failures, () => PullAsync(session, agreement, at, request, progress, hear, cancellation), cancellation);
                refused |= outcome == Outcome.Refused;
                if (outcome == Outcome.Done)
                {
                    pulled.Add(session);
                }
            }

            // What was said while the run read is not later than what it decides.
            at = Instant.Now(clock);
            await new LinkStage(ledger).RunAsync(cancellation);
            if (agreement is null)
            {
                notices.Add("no agreement is in force: nothing was scored and nothing is written; propose one and have marketing and sales sign it");
            }
            else
            {
                notices.AddRange(agreement.ReviewOverdue(at) is { } overdue ? [overdue] : []);
                var score = ScoreOf(agreement, at, run, BringHistory(), progress);
                if (sessions.Any(session => session.Connection.Mode == ConnectionMode.Live))
                {
                    await DailyRelease.RunAsync(ledger, agreement, at, cancellation);
                }

                scored += await score.RunAsync(cancellation);
                if (request.DryRun)
                {
                    (plan, var outcome) = await PlanAsync(pulled, agreement, run, at, cancellation);
                    refused |= outcome == Outcome.Refused;
                }
                else
                {
                    // What was not read to its end is not written either: a person may have spoken there, and the CRM may have asked to be left alone.
                    foreach (var session in pulled)
                    {
                        refused |= await GuardAsync(
                            session.Connection.Name,
                            session.Failures,
                            async () =>
                            {
                                var again = ScoreOf(agreement, at, run, BringHistory(), progress);
                                scored += await new ConnectionPush(session, agreement, again, at, request.Yes, progress) { Overdue = Overdue }.RunAsync(cancellation);
                                for (var heard = 0; heard < MostHeard && MayHear(session) && await TouchedRows.AreThereAsync(session, cancellation); heard++)
                                {
                                    await HearAsync(session, cancellation);
                                }
                            },
                            cancellation) == Outcome.Refused;
                    }
                }
            }

            var report = await ReportAsync(run, sessions, agreement, scored, elapsed, cancellation) with
            {
                Failures = [.. failures, .. sessions.SelectMany(session => session.Failures.Distinct())],
                Notices = [.. notices, .. sessions.SelectMany(session => session.Notices.Distinct())],
                Plan = plan,
                IsRefused = refused,
            };
            await EndAsync(run, report, cancellation);
            return report;

            // Nobody is heard before the rest who would be the first that another agreement scores, or written where nothing is.
            bool MayHear(ConnectionSession session) => !request.DryRun && session.Connection.Mode is (ConnectionMode.Pilot or ConnectionMode.Live)
                && session.Connection.PushedFingerprint is { } pushed && pushed == agreement?.Definition.ScoringFingerprint;

            // Nobody is handed over for what a first read brought.
            HashSet<long> BringHistory() => [.. sessions.Where(session => session.BringsHistory).Select(session => session.Connection.Id)];

            async Task HearAsync(ConnectionSession session, CancellationToken token)
            {
                at = Instant.Now(clock);
                await TakeInToldAsync(session, agreement!, at, token);
                // What was said until then is not later than what is decided by it.
                at = Instant.Now(clock);
                var score = ScoreOf(agreement!, at, run, BringHistory(), null);
                scored += await score.RunAsync(token) + await new ConnectionPush(session, agreement!, score, at, request.Yes, null).RunAsync(token);
            }
        }
        catch (Exception interrupted)
        {
            await EndAsync(run, "stopped", null, interrupted is OperationCanceledException ? "cancelled" : interrupted.GetType().Name);
            throw;
        }
        finally
        {
            foreach (var session in sessions)
            {
                await session.DisposeAsync();
            }
        }
    }

    private async Task<(IReadOnlyList<ConnectionRow> Connections, AgreementInForce? Agreement)> ReadAsync(SyncRequest request, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginReadAsync(cancellation);
        var connections = await transaction.Connections.ListAsync();
        if (request.Connection is { } name)
        {
            connections = [.. connections.Where(connection => connection.Name == name)];
        }

        if (connections.Count == 0)
        {
            throw new ConfigurationException(request.Connection is null
                ? "no CRM is connected yet; `connect hubspot --name NAME` connects one"
                : $"there is no connection '{request.Connection}'; `connections` lists them");
        }

        return (connections, (await AgreementInForce.ReadAsync(transaction))?.Closing(Holidays));
    }

    private async Task<string> StartAsync(Instant at, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginAsync(null, cancellation);
        var run = await transaction.Runs.StartAsync(at);
        await transaction.CommitAsync(cancellation);
        return run;
    }

    private ScoreStage ScoreOf(AgreementInForce agreement, Instant at, string run, IReadOnlySet<long> bringsHistory, IProgress<RunProgress>? progress) =>
        new(ledger, agreement, at, run, bringsHistory, Handover, progress) { Overdue = Overdue };

    private async Task<ConnectionSession> OpenAsync(ConnectionRow connection, AgreementInForce? agreement, string run, CancellationToken cancellation)
    {
        var session = await ConnectionSession.OpenAsync(ledger, openCrm(connection, agreement), connection, Options(connection.Name), run, Patience, cancellation);
        try
        {
            await Settlement.RunAsync(session, cancellation);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Whoever holds the leases of all connections knows that no other run is at work: one whose row still says so had its process killed.
    /// </summary>
    private async Task EndDeadRunsAsync(string run, List<ConnectionSession> sessions, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginAsync(null, cancellation);
        if (sessions.Count < (await transaction.Connections.ListAsync()).Count)
        {
            return;
        }

        foreach (var dead in (await transaction.Runs.ListAsync(RunsLookedAt)).Where(row => row.State == "running" && row.Id != run))
        {
            await transaction.Runs.EndAsync(dead.Id, "stopped", null, "its process ended without a word; nothing is lost by that");
        }

        await transaction.CommitAsync(cancellation);
    }

    private async Task PullAsync(
        ConnectionSession session, AgreementInForce? agreement, Instant at, SyncRequest request, IProgress<RunProgress>? progress,
        Func<CancellationToken, Task>? hear, CancellationToken cancellation)
    {
        var link = new LinkStage(ledger);
        if (request.OnlyTouched)
        {
            await new TouchedRows(session, link, at, agreement is not null).RunAsync(cancellation);
        }
        else
        {
            using var pull = new PullStage(session, link, at, agreement is not null, progress, hear);
            await pull.RunAsync(cancellation);
        }

        await new FeedbackStage(session, at, progress).RunAsync(cancellation);
        await LifecycleMovers.LookAsync(session, cancellation);
        if (agreement is not null)
        {
            await new Blindness(session, agreement, at).LookAsync(cancellation);
        }

        if (session.Connection.State == ModeChanges.OverridesAccepted)
        {
            await session.ChangeAsync(connection => connection with { State = null }, cancellation);
        }
    }

    /// <summary>What a connection's CRM tells by now is read and, with what the streams brought so far, made ready to be decided.</summary>
    private async Task TakeInToldAsync(ConnectionSession session, AgreementInForce agreement, Instant at, CancellationToken cancellation)
    {
        var link = new LinkStage(ledger);
        await new TouchedRows(session, link, at, hasAgreement: true).RunAsync(cancellation);
        await new FeedbackStage(session, at, null).RunAsync(cancellation);
        await new Blindness(session, agreement, at).LookAsync(cancellation);
        // Also of what a run that died had read, and not linked.
        await link.RunAsync(cancellation);
    }

    private static async Task<(WritePlan Plan, Outcome Outcome)> PlanAsync(
        IReadOnlyList<ConnectionSession> sessions, AgreementInForce agreement, string run, Instant at, CancellationToken cancellation)
    {
        var writes = new List<PlannedWrite>();
        var calls = 0;
        var worst = Outcome.Done;
        foreach (var session in sessions)
        {
            var outcome = await GuardAsync(
                session.Connection.Name,
                session.Failures,
                async () =>
                {
                    var (planned, cost) = await WritePlanning.PlanAsync(session, agreement, at, await WritableRecords.ReadAsync(session, at, cancellation), cancellation);
                    writes.AddRange(planned);
                    calls += cost;
                },
                cancellation);
            worst = outcome > worst ? outcome : worst;
        }

        return (new WritePlan(run, at.ToString(), (at + WritePlanning.Life).ToString(), writes, calls), worst);
    }

    /// <summary>Runs one connection's part. What fails there is said and does not stop the others.</summary>
    private static async Task<Outcome> GuardAsync(string connection, List<string> failures, Func<Task> part, CancellationToken cancellation)
    {
        try
        {
            cancellation.ThrowIfCancellationRequested();
            await part();
            return Outcome.Done;
        }
        catch (FatalCrmException fatal)
        {
            failures.Add($"{connection}: {fatal.WithAdvice}");
            return Outcome.Refused;
        }
        catch (CrmException failed)
        {
            failures.Add($"{connection}: {failed.Message}");
            return Outcome.Failed;
        }
        catch (LeaseLostException lost)
        {
            failures.Add($"{connection}: {lost.Message}");
            return Outcome.Failed;
        }
    }

    private async Task<RunReport> ReportAsync(string run, List<ConnectionSession> sessions, AgreementInForce? agreement, int scored, Stopwatch elapsed, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginReadAsync(cancellation);
        var counts = await transaction.Leads.CountAsync();
        if (counts.Held > 0)
        {
            var byDay = agreement?.Definition.Mql.DailyLimit is { } limit ? string.Create(CultureInfo.InvariantCulture, $", and in mode live the agreement's daily_limit {limit} a day") : "";
            sessions.FirstOrDefault()?.Notices.Add(string.Create(
                CultureInfo.InvariantCulture, $"{counts.Held} qualified lead(s) are held: nobody is handed over in bulk; `release` hands them over{byDay}"));
        }

        return new RunReport(run, [.. sessions.Select(session => session.Count())], counts, scored, Math.Round(elapsed.Elapsed.TotalSeconds, 3));
    }

    private enum Outcome
    {
        Done,
        Failed,

        /// <summary>The connection stops until an admin acts.</summary>
        Refused,
    }

    private Task EndAsync(string run, RunReport report, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return EndAsync(run, report.Failures.Count == 0 ? "done" : "failed", RunReportJson.Write(report), report.Failures.Count == 0 ? null : string.Join('\n', report.Failures));
    }

    /// <summary>Also for a run that was cancelled: its row must not stay "running".</summary>
    private async Task EndAsync(string run, string state, string? counts, string? message)
    {
        await using var transaction = await ledger.BeginAsync(null, CancellationToken.None);
        await transaction.Runs.EndAsync(run, state, counts, message);
        await transaction.CommitAsync(CancellationToken.None);
    }
}
