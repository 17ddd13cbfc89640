using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Feedback;
using CrmLeadQualifier.Sync.Overdue;
using CrmLeadQualifier.Sync.Runs;
using CrmLeadQualifier.Sync.Score;

namespace CrmLeadQualifier.Sync.Push;

/// <summary>Writes what is due in one connection: after the breaker, in rounds, with feedback and scoring between them where a person spoke meanwhile.</summary>
internal sealed class ConnectionPush(ConnectionSession session, AgreementInForce agreement, ScoreStage score, Instant at, bool yes, IProgress<RunProgress>? progress)
{
    /// <summary>How often a run goes back to score because a person spoke while it was pushing; what is left then waits for the next run.</summary>
    private const int MostRounds = 3;

    /// <summary>Who is told of overdue answers once all is written; null: nobody now, the end of the run sees to it.</summary>
    public OverdueNotification? Overdue { get; init; }

    /// <summary>Answers how many leads were scored again because a person spoke meanwhile.</summary>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        if (session.Connection.Mode is not (ConnectionMode.Pilot or ConnectionMode.Live))
        {
            session.Notices.Add($"{session.Connection.Name}: mode {session.Connection.Mode.ToString().ToLowerInvariant()}: nothing is written to the CRM");
            return 0;
        }

        if (session.Connection.ProvisionedFingerprint != agreement.Definition.AgreementFingerprint)
        {
            session.Notices.Add($"{session.Connection.Name}: the agreement in force is not the one that the fields were provisioned for; run `provision {session.Connection.Name}`");
        }

        var isRescore = session.Connection.PushedFingerprint != agreement.Definition.ScoringFingerprint;
        var writable = await WritableRecords.ReadAsync(session, at, cancellation);
        if (!yes && await TripsAsync(isRescore, writable, cancellation) is { } why)
        {
            session.Failures.Add($"{session.Connection.Name}: {Breaker.Tripped}: {why}; look at `sync {session.Connection.Name} --dry-run`, then answer with --yes");
            return 0;
        }

        var scored = 0;
        for (var round = 1; await new PushStage(session, agreement, at, writable, progress).RunAsync(cancellation) && round < MostRounds; round++)
        {
            await new FeedbackStage(session, at, progress).RunAsync(cancellation);
            scored += await score.RunAsync(cancellation);
        }

        if (Overdue is not null)
        {
            await new OverdueStage(session, agreement, Overdue, at).RunAsync(cancellation);
        }

        if (isRescore && session.Connection.Mode == ConnectionMode.Live)
        {
            // Not where it was paused in the middle: what is left belongs to the first push still.
            await session.ChangeAsync(
                connection => connection.Mode == ConnectionMode.Live ? connection with { PushedFingerprint = agreement.Definition.ScoringFingerprint } : connection, cancellation);
        }

        return scored;
    }

    private async Task<string?> TripsAsync(bool isRescore, IReadOnlySet<string>? writable, CancellationToken cancellation)
    {
        await using var transaction = await session.BeginAsync(cancellation);
        var counts = await transaction.Records.CountPushDueAsync(session.Connection.Id, at);
        if (writable is not null)
        {
            // What a pilot or a scope leaves alone is due as well, and is no reason to stop it.
            var due = new List<RecordRow>();
            foreach (var personObject in session.Crm.PersonObjects)
            {
                due.AddRange((await transaction.Records.GetAsync(session.Connection.Id, personObject, writable)).Where(record => record.IsPushDue && !(record.PushNotBefore > at)));
            }

            counts = counts with { PushDue = due.Count, LifecycleMoves = due.Count(record => record.LifecycleDue is not null), HandOvers = due.Count(record => record.HandOverDue > 0) };
        }

        return Breaker.Trips(counts, session.Settings, isRescore);
    }
}
