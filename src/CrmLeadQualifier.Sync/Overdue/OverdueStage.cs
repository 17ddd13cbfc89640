using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Overdue;

/// <summary>
/// Tells that answers are overdue, each hand-over once on each channel: a notice is committed as <c>sending</c>, leaves, and is committed as <c>sent</c>. A process that dies in between leaves it
/// unknown: for a task the CRM is asked, and none is made that is there; of a message nobody can be asked, so that it is sent again and says that it may be a repeat.
/// </summary>
internal sealed class OverdueStage(ConnectionSession session, AgreementInForce agreement, OverdueNotification notification, Instant at)
{
    /// <summary>Receivers of messages take about one a second; the next run goes on.</summary>
    private const int MostInOneRun = 25;

    private readonly HashSet<string> _silent = [];

    public async Task RunAsync(CancellationToken cancellation)
    {
        IReadOnlyList<OverdueNoticeRow> open;
        IReadOnlyDictionary<string, OwnerRow> owners;
        await using (var transaction = await session.BeginAsync(cancellation))
        {
            open = await transaction.HandOvers.OpenNoticesAsync(session.Connection.Id, MostInOneRun);
            owners = open.Count == 0 ? new Dictionary<string, OwnerRow>() : (await transaction.Records.OwnersAsync(session.Connection.Id)).ToDictionary(owner => owner.ExternalId);
        }

        foreach (var notice in open)
        {
            cancellation.ThrowIfCancellationRequested();
            if (_silent.Contains(notice.Channel) || await TakeAsync(notice, cancellation) is not { } overdue)
            {
                continue;
            }

            var owner = overdue.Record.OwnerId is { } id ? owners.GetValueOrDefault(id) : null;
            await SaveAsync(await SendAsync(notice, overdue, owner, cancellation));
        }
    }

    /// <summary>Commits the notice as <c>sending</c>; null: nobody needs it any more, or the connection may no longer be written.</summary>
    private async Task<OverdueHandOver?> TakeAsync(OverdueNoticeRow notice, CancellationToken cancellation)
    {
        await using var transaction = await session.BeginAsync(cancellation);
        if ((await transaction.Connections.FindAsync(session.Connection.Name))?.Mode is not (ConnectionMode.Pilot or ConnectionMode.Live))
        {
            return null;
        }

        var record = (await transaction.Records.GetAsync([notice.RecordId])).FirstOrDefault();
        var lead = record is { IsGone: false, LeadId: > 0 } ? (await transaction.Leads.GetAsync([record.LeadId])).FirstOrDefault() : null;
        var why = !notification.Channels.Contains(notice.Channel) ? "switched off"
            : lead is not { State: { Answer: Answer.Overdue, HandedOverAt: not null, AnswerDueAt: not null } } || lead.State.MqlAt != notice.MqlAt ? "no longer overdue"
            : null;
        await transaction.HandOvers.SaveNoticeAsync(notice with { State = why is null ? NoticeState.Sending : NoticeState.Dropped, ChangedAt = at, Reason = why });
        await transaction.CommitAsync(cancellation);
        return why is null ? new OverdueHandOver(record!, lead!.State) : null;
    }

    /// <summary>Answers what became of it.</summary>
    private async Task<OverdueNoticeRow> SendAsync(OverdueNoticeRow notice, OverdueHandOver overdue, OwnerRow? owner, CancellationToken cancellation)
    {
        var mayBeThere = notice.State == NoticeState.Sending;
        var text = new OverdueText(agreement.Definition, overdue.State.HandedOverAt!.Value, overdue.State.AnswerDueAt!.Value);
        try
        {
            if (notice.Channel != OverdueNotification.Task)
            {
                await notification.Messages[notice.Channel](new OverdueMessage(text.Message(owner?.Name, mayBeThere), LinkOf(overdue.Record), text.Link), cancellation);
            }
            else if (owner is { IsActive: true })
            {
                await session.Crm.CreateTaskAsync(
                    new OwnerTask(overdue.Record.Object, overdue.Record.ExternalId, owner.ExternalId, text.Subject, text.Body, at) { MayBeThere = mayBeThere }, cancellation);
            }
            else
            {
                return notice with { State = NoticeState.Dropped, ChangedAt = at, Reason = "nobody active owns the record" };
            }

            return notice with { State = NoticeState.Sent, ChangedAt = at, Reason = null };
        }
        catch (SkippableRecordException refused)
        {
            session.Notices.Add($"{session.Connection.Name}: {overdue.Record.Object} {overdue.Record.ExternalId}: its owner got no task about the overdue answer: {refused.Message}");
            return notice with { State = NoticeState.Dropped, ChangedAt = at, Reason = refused.Message };
        }
        catch (MessageRefusedException refused)
        {
            // What never left is due as before; what may have left stays unknown. Either way this receiver is left alone until the next run.
            session.Notices.Add($"{session.Connection.Name}: {notice.Channel} was not told that an answer is overdue, and will be by the next run: {refused.Message}");
            _silent.Add(notice.Channel);
            return notice with { State = refused.MayHaveArrived ? NoticeState.Sending : notice.State, ChangedAt = at, Reason = refused.Message };
        }
        catch (UnknownOutcomeException unknown)
        {
            _silent.Add(notice.Channel);
            return notice with { State = NoticeState.Sending, ChangedAt = at, Reason = unknown.Message };
        }
        catch (CrmException failed)
        {
            // It was refused before anything was made.
            session.Notices.Add($"{session.Connection.Name}: tasks about overdue answers wait for the next run: {failed.Message}");
            _silent.Add(notice.Channel);
            return notice with { ChangedAt = at, Reason = failed.Message };
        }
    }

    /// <summary>What left is noted also where the run is being cancelled.</summary>
    private async Task SaveAsync(OverdueNoticeRow notice)
    {
        await using var transaction = await session.BeginAsync(CancellationToken.None);
        await transaction.HandOvers.SaveNoticeAsync(notice);
        await transaction.CommitAsync(CancellationToken.None);
    }

    /// <summary>The record's page; null where HubSpot is somewhere else than at its own address.</summary>
    private string? LinkOf(RecordRow record) => session.Crm.Kind == CrmKind.HubSpot
        ? session.Settings.BaseUrl is null ? $"https://app.hubspot.com/contacts/{session.Connection.AccountId}/record/0-1/{record.ExternalId}" : null
        : session.Settings.BaseUrl is { } org ? $"{org.TrimEnd('/')}/{record.ExternalId}" : null;

    private sealed record OverdueHandOver(RecordRow Record, LeadState State);
}
