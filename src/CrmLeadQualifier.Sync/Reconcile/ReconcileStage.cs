using System.Globalization;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Link;
using CrmLeadQualifier.Sync.Pull;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Reconcile;

/// <summary>
/// Finds what polling by modification time cannot see: records that were deleted, archived or merged, values that changed without moving a modification time, associations that moved,
/// records that no window ever showed. One page at a time:
/// <list type="number">
/// <item>A page's facts and the place to go on from are one transaction: killed anywhere, the night goes on there, and taking a page in again changes nothing.</item>
/// <item>A record that says what the ledger says is not touched. One that differs is taken in as a pull would: a value of ours that somebody else changed waits for the CRM's history.</item>
/// <item>No record is taken for gone because a list lacks it: only because a read by its id leaves it out.</item>
/// </list>
/// </summary>
public sealed class ReconcileStage(ConnectionSession session, Instant at, bool hasAgreement, IProgress<RunProgress>? progress)
{
    /// <summary>The night under way, and when the last one ended.</summary>
    public const string NightCursor = "reconcile";

    /// <summary>The listing of everything, which may take several nights.</summary>
    public const string ListingCursor = "reconcile listing";

    /// <summary>What changed lately is read again however often it was read: an association moves no modification time.</summary>
    public static readonly TimeSpan ReadAgain = TimeSpan.FromHours(48);

    /// <summary>With less than this share of the day's calls left, whoever used them, they are for what people wait for.</summary>
    public const double Floor = 0.2;

    private readonly PageIntake _intake = new(session, at, hasAgreement);
    private readonly RecordIntake _records = new(session, at);
    private readonly Erasure _erasure = new(session);

    /// <summary>Takes the next page in. False: the night is over, and the next call begins another one.</summary>
    public async Task<bool> StepAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var cursors = await ReadCursorsAsync(cancellation);
        if (session.Crm.Streams.Any(stream => !cursors.TryGetValue(stream.Name, out var cursor) || (!cursor.IsFirstReadDone && cursor.Refusal is null)))
        {
            session.Notices.Add($"{session.Connection.Name}: the first read is not done yet; there is nothing to reconcile");
            return false;
        }

        if (session.Crm.Quota is { Allowed: > 0 } quota && quota.Left < quota.Allowed * Floor)
        {
            session.Notices.Add(string.Create(
                CultureInfo.InvariantCulture, $"{session.Connection.Name}: the reconcile waits: only {quota.Left} of the account's {quota.Allowed} calls are left today"));
            return false;
        }

        var night = cursors.GetValueOrDefault(NightCursor) ?? new CursorRow(session.Connection.Id, NightCursor) { IsFirstReadDone = true };
        var listing = cursors.GetValueOrDefault(ListingCursor) ?? new CursorRow(session.Connection.Id, ListingCursor) { IsFirstReadDone = true };
        if (night.Position is null)
        {
            night = night with { WindowFrom = session.Account.Date - ReadAgain, WindowTo = session.Account.Date };
        }

        var position = night.Position is { } kept ? ReconcilePosition.Parse(kept) : new ReconcilePosition(ReconcileStep.Again, Windowed.First().Name, null, 0);
        progress?.Report(new RunProgress(session.Connection.Name, $"reconcile: {Words(position)}", position.Listed, null));
        try
        {
            return await StepAsync(position, night, listing, cursors, cancellation);
        }
        catch (StreamRefusedException refused)
        {
            session.Notices.Add($"{session.Connection.Name}: {position.Stream} was not reconciled: {refused.WithAdvice}");
            return await CommitAsync(position, NextStream(position, listing), night, listing, _ => Task.CompletedTask, cancellation);
        }
    }

    private Task<bool> StepAsync(ReconcilePosition position, CursorRow night, CursorRow listing, IReadOnlyDictionary<string, CursorRow> cursors, CancellationToken cancellation) => position.Step switch
    {
        // A stream that the CRM refuses is tried again by the pull, daily.
        _ when cursors.GetValueOrDefault(position.Stream)?.Refusal is not null => CommitAsync(position, NextStream(position, listing), night, listing, _ => Task.CompletedTask, cancellation),
        ReconcileStep.Again => ReadAgainAsync(position, night, listing, cancellation),
        ReconcileStep.Gone => AskForGoneAsync(position, night, listing, cancellation),
        ReconcileStep.Erased => AskForErasedAsync(position, night, listing, cancellation),
        ReconcileStep.Listing => ListAsync(position, night, listing, cancellation),
        _ => AskForUnseenAsync(position, night, listing, cancellation),
    };

    private async Task<bool> ReadAgainAsync(ReconcilePosition position, CursorRow night, CursorRow listing, CancellationToken cancellation)
    {
        var stream = Stream(position);
        var page = await ReadPageAsync(new PageRequest(stream.Name, new ChangeWindow(night.WindowFrom!.Value, night.WindowTo!.Value), position.After) { IsFresh = true }, cancellation);
        var rows = page.Content;
        if (page.NeedsFetch)
        {
            var ids = stream.Content == StreamContentKind.Records ? await ChangedAsync(page.Changed, cancellation) : [.. page.Changed.Select(row => row.Id)];
            rows = ids.Count > 0 ? await session.Crm.FetchAsync(stream.Name, ids, cancellation) : StreamRows.Empty;
        }

        return await CommitAsync(position, Next(position, page.Next, listing), night, listing, ledger => TakeInAsync(ledger, stream, rows), cancellation);
    }

    private async Task<bool> AskForGoneAsync(ReconcilePosition position, CursorRow night, CursorRow listing, CancellationToken cancellation)
    {
        var stream = Stream(position);
        var page = await ReadPageAsync(new PageRequest(stream.Name, null, position.After) { IsGone = true }, cancellation);
        IReadOnlyList<RecordRow> suspects;
        await using (var transaction = await session.BeginAsync(cancellation))
        {
            suspects = [.. (await transaction.Records.GetAsync(session.Connection.Id, ObjectOf(stream), [.. page.Changed.Select(row => row.Id).Distinct()])).Where(row => !row.IsGone)];
        }

        return await AskForAsync(stream, suspects, position, Next(position, page.Next, listing), night, listing, cancellation);
    }

    private async Task<bool> ListAsync(ReconcilePosition position, CursorRow night, CursorRow listing, CancellationToken cancellation)
    {
        var stream = Stream(position);
        var page = await ReadPageAsync(new PageRequest(stream.Name, null, position.After) { IsFresh = true }, cancellation);
        listing = listing with { Fast = listing.Fast ?? at };
        position = position with { Listed = position.Listed + page.RowsRead };
        var next = Next(position, page.Next, listing);
        var isShareDone = position.Listed >= ConnectionSettings.Read(session.Connection.Settings).ReconcileRecordsPerNight;
        if (isShareDone && next is { Step: ReconcileStep.Listing })
        {
            session.Notices.Add(string.Create(CultureInfo.InvariantCulture, $"{session.Connection.Name}: {position.Listed} rows were compared tonight; the next night goes on from there"));
        }

        listing = listing with { Position = next is { Step: ReconcileStep.Listing } ? (next with { Listed = 0 }).ToString() : listing.Position };
        return await CommitAsync(position, isShareDone && next is { Step: ReconcileStep.Listing } ? null : next, night, listing, ledger => TakeInAsync(ledger, stream, page.Content, isListing: true), cancellation);
    }

    private async Task<bool> AskForUnseenAsync(ReconcilePosition position, CursorRow night, CursorRow listing, CancellationToken cancellation)
    {
        var stream = Stream(position);
        var after = position.After is { } id ? long.Parse(id, CultureInfo.InvariantCulture) : 0;
        IReadOnlyList<RecordRow> unseen;
        await using (var transaction = await session.BeginAsync(cancellation))
        {
            unseen = await transaction.Records.UnseenSinceAsync(session.Connection.Id, ObjectOf(stream), listing.Fast ?? at, after, session.Crm.BatchSizes.Read);
        }

        var next = Next(position, unseen.Count > 0 ? unseen[^1].Id.ToString(CultureInfo.InvariantCulture) : null, listing);
        return await AskForAsync(stream, unseen, position, next, night, listing, cancellation);
    }

    private async Task<bool> AskForErasedAsync(ReconcilePosition position, CursorRow night, CursorRow listing, CancellationToken cancellation)
    {
        var stream = Stream(position);
        var after = position.After is { } id ? long.Parse(id, CultureInfo.InvariantCulture) : 0;
        IReadOnlyList<RecordRow> gone;
        List<RecordRow> suspects;
        await using (var transaction = await session.BeginAsync(cancellation))
        {
            gone = await transaction.Records.GoneAsync(session.Connection.Id, ObjectOf(stream), Erasure.Erased, after, session.Crm.BatchSizes.Read);
            // Whose id another record has as well was merged into that one.
            var own = gone.ToDictionary(record => IdentityKeys.Record(session.Crm.Kind, session.Connection.Id, record.ExternalId), record => record.Id);
            var merged = (await transaction.Records.HoldersAsync([.. own.Keys])).Where(holder => holder.RecordId != own[holder.Key]).Select(holder => own[holder.Key]).ToHashSet();
            suspects = [.. gone.Where(record => !merged.Contains(record.Id))];
        }

        var erased = await _erasure.FindAsync(ObjectOf(stream), suspects, cancellation);
        var next = Next(position, gone.Count > 0 ? gone[^1].Id.ToString(CultureInfo.InvariantCulture) : null, listing);
        return await CommitAsync(position, next, night, listing, ledger => _erasure.EraseAsync(ledger, erased), cancellation);
    }

    /// <summary>Reads records by their ids: what is there is taken in, a merged one leads to its survivor, and what is left out is gone.</summary>
    private async Task<bool> AskForAsync(
        StreamDescription stream, IReadOnlyList<RecordRow> rows, ReconcilePosition position, ReconcilePosition? next, CursorRow night, CursorRow listing, CancellationToken cancellation)
    {
        var found = rows.Count > 0 ? await session.Crm.FetchAsync(stream.Name, [.. rows.Select(row => row.ExternalId)], cancellation) : StreamRows.Empty;
        var there = found.Records.SelectMany(record => record.Aliases.Append(record.Id)).ToHashSet();
        var missing = rows.Where(row => !there.Contains(row.ExternalId)).ToList();
        // What the deleted ones' list shows is still in the CRM.
        var erased = position.Step == ReconcileStep.Gone ? [] : await _erasure.FindAsync(ObjectOf(stream), missing, cancellation);
        return await CommitAsync(
            position, next, night, listing,
            async ledger =>
            {
                await TakeInAsync(ledger, stream, found);
                var gone = (await ledger.Records.GetAsync([.. missing.Select(row => row.Id)])).Where(row => !row.IsGone).ToList();
                await ledger.Records.SaveAsync([.. gone.Select(row => row with { IsGone = true })]);
                await ledger.Leads.MarkDueAsync([.. gone.Where(row => row.LeadId > 0).Select(row => row.LeadId).Distinct()]);
                if (gone.Count > 0)
                {
                    session.Notices.Add(string.Create(CultureInfo.InvariantCulture, $"{session.Connection.Name}: {gone.Count} {stream.Name} are no longer in the CRM"));
                }

                await _erasure.EraseAsync(ledger, erased);
            },
            cancellation);
    }

    private async Task TakeInAsync(ILedgerTransaction ledger, StreamDescription stream, StreamRows rows, bool isListing = false)
    {
        if (stream.Content == StreamContentKind.Records)
        {
            var news = await _records.NewsAsync(ledger, ObjectOf(stream), rows.Records);
            await _intake.TakeInAsync(ledger, stream, rows with { Records = news }, isFirstRead: false);
            if (isListing)
            {
                await ledger.Records.MarkSeenAsync([.. (await ledger.Records.GetAsync(session.Connection.Id, ObjectOf(stream), [.. rows.Records.Select(record => record.Id)])).Select(row => row.Id)], at);
            }

            return;
        }

        await _intake.TakeInAsync(ledger, stream, rows, isFirstRead: false);
        if (rows.EndedRelations.Count > 0)
        {
            await ledger.Activities.EndRelationsAsync(session.Connection.Id, rows.EndedRelations);
        }

        if (stream is { Content: StreamContentKind.Activities, Tracking: ChangeTracking.ModifiedSince })
        {
            await ledger.Activities.KeepOnlyAsync(
                session.Connection.Id, [.. rows.Activities.Where(activity => activity.Email is null).GroupBy(PageIntake.RowIdOf).Select(same => KeyValuePair.Create(same.Key, same.Last().RecordIds))]);
        }
    }

    /// <summary>Of changed records those that show something new; without previews, all.</summary>
    private async Task<IReadOnlyList<string>> ChangedAsync(IReadOnlyList<ChangedRow> changed, CancellationToken cancellation)
    {
        var ids = changed.Where(row => row.Preview is null).Select(row => row.Id).ToList();
        await using var transaction = await session.BeginAsync(cancellation);
        foreach (var previews in changed.Select(row => row.Preview).OfType<CrmRecord>().GroupBy(preview => preview.Object))
        {
            ids.AddRange((await _records.NewsAsync(transaction, previews.Key, [.. previews])).Select(record => record.Id));
        }

        return ids;
    }

    private async Task<StreamPage> ReadPageAsync(PageRequest request, CancellationToken cancellation)
    {
        var page = await session.Crm.ReadPageAsync(request, cancellation);
        return page.Next is null || page.Next != request.Position
            ? page
            : throw new RetriableCrmException($"{request.Stream} repeats the page {request.Position}: reading it would never end", TimeSpan.Zero);
    }

    /// <param name="next">Null: the night ends with this page.</param>
    private async Task<bool> CommitAsync(
        ReconcilePosition position, ReconcilePosition? next, CursorRow night, CursorRow listing, Func<ILedgerTransaction, Task> takeIn, CancellationToken cancellation)
    {
        if (next is null && position.Step == ReconcileStep.Unseen)
        {
            // All was seen: the next night lists from the beginning.
            listing = listing with { Position = null, Fast = null, ReadAt = at };
        }

        await using var transaction = await session.BeginAsync(cancellation);
        await takeIn(transaction);
        await transaction.Cursors.SaveAsync(next is null ? night with { Position = null, WindowFrom = null, WindowTo = null, ReadAt = at } : night with { Position = next.ToString() });
        await transaction.Cursors.SaveAsync(listing);
        await transaction.CommitAsync(cancellation);
        return next is not null;
    }

    /// <summary>The next page of the stream, or what comes after it.</summary>
    private ReconcilePosition? Next(ReconcilePosition position, string? after, CursorRow listing) => after is not null ? position with { After = after } : NextStream(position, listing);

    /// <summary>The step's next stream, else the next step's first one; the listing goes on where the last night left it. Null: that was all.</summary>
    private ReconcilePosition? NextStream(ReconcilePosition position, CursorRow listing)
    {
        if (StreamsOf(position.Step).SkipWhile(stream => stream.Name != position.Stream).Skip(1).FirstOrDefault() is { } other)
        {
            return position with { Stream = other.Name, After = null };
        }

        return position.Step switch
        {
            ReconcileStep.Again => position with { Step = ReconcileStep.Gone, Stream = People.First().Name, After = null },
            ReconcileStep.Gone => position with { Step = ReconcileStep.Erased, Stream = People.First().Name, After = null },
            ReconcileStep.Erased when listing.Position is { } left => ReconcilePosition.Parse(left) with { Listed = position.Listed },
            ReconcileStep.Erased => position with { Step = ReconcileStep.Listing, Stream = StreamsOf(ReconcileStep.Listing).First().Name, After = null },
            ReconcileStep.Listing => position with { Step = ReconcileStep.Unseen, Stream = People.First().Name, After = null },
            _ => null,
        };
    }

    private IEnumerable<StreamDescription> StreamsOf(ReconcileStep step) => step switch
    {
        ReconcileStep.Again => Windowed,
        // Who is on a deal moves no modification time either; activities are never listed whole again.
        ReconcileStep.Listing => session.Crm.Streams.Where(stream => stream.Content is StreamContentKind.Records or StreamContentKind.Deals),
        _ => People,
    };

    private IEnumerable<StreamDescription> Windowed => session.Crm.Streams.Where(stream => stream.Tracking != ChangeTracking.FullRead);

    private IEnumerable<StreamDescription> People => session.Crm.Streams.Where(stream => stream.Content == StreamContentKind.Records);

    private StreamDescription Stream(ReconcilePosition position) => session.Crm.Streams.First(stream => stream.Name == position.Stream);

    /// <summary>The object whose records a stream brings; the stream is called after it: <c>leads</c>.</summary>
    private string ObjectOf(StreamDescription stream) => session.Crm.PersonObjects.First(name => stream.Name.StartsWith(name, StringComparison.Ordinal));

    private static string Words(ReconcilePosition position) => position.Step switch
    {
        ReconcileStep.Again => $"the last 48 hours of {position.Stream}",
        ReconcileStep.Gone => $"deleted {position.Stream}",
        ReconcileStep.Erased => $"{position.Stream} that were erased",
        ReconcileStep.Listing => $"all {position.Stream}",
        _ => $"{position.Stream} that no list shows",
    };

    private async Task<IReadOnlyDictionary<string, CursorRow>> ReadCursorsAsync(CancellationToken cancellation)
    {
        await using var transaction = await session.BeginAsync(cancellation);
        return (await transaction.Cursors.ListAsync(session.Connection.Id)).ToDictionary(cursor => cursor.Stream);
    }
}
