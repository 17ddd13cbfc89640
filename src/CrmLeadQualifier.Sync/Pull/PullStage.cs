using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Link;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Pull;

/// <summary>
/// Reads what changed, stream by stream.
/// <list type="number">
/// <item>A page's facts and the cursor that covers them are one transaction: a process that dies reads at most one page again, and reading it again changes nothing.</item>
/// <item>The fast cursor gives speed; the slow one, behind it by the CRM's indexing lag, is the truth: a row that the CRM indexed late is met by the slow one.</item>
/// <item>A row that comes with a stamp we know (read before, or carried by the answer to our own write) is echo: no further read, no scoring, no write.</item>
/// </list>
/// </summary>
/// <param name="hear">
/// Reads, scores and writes what the CRM told to have changed, while its streams are read; between two pages the ledger stands as if the process had died there, so that anybody may go on from it.
/// Null: it is read first, and decided with the rest.
/// </param>
public sealed class PullStage(
    ConnectionSession session, LinkStage link, Instant at, bool hasAgreement, IProgress<RunProgress>? progress, Func<CancellationToken, Task>? hear = null) : IDisposable
{
    /// <summary>Records that are linked in one go, while the CRM is being asked for more.</summary>
    private const int LinkAfter = 1000;

    private const int LateAtOnce = 200;

    private static readonly TimeSpan ListenEvery = TimeSpan.FromMilliseconds(100);

    private readonly PageIntake _intake = new(session, at, hasAgreement);
    private readonly SemaphoreSlim _alone = new(1);
    private int _unlinked;
    private int _heard;

    public void Dispose() => _alone.Dispose();

    private async Task ReadLateUnlessRefusedAsync(StreamDescription stream, CancellationToken cancellation)
    {
        try
        {
            await ReadLateAsync((await ReadCursorsAsync(cancellation))[stream.Name], cancellation);
        }
        catch (Exception left) when (left is StreamRefusedException or BudgetSpentException)
        {
            // The stream's own reading says what is to be done about it; what is marked stays so.
        }
    }

    /// <summary>Reads record by record what came with old times: of those that are new, have their first address, or were merged. They are marked in the ledger with the page that says so.</summary>
    private async Task ReadLateAsync(CursorRow cursor, CancellationToken cancellation)
    {
        while (true)
        {
            await using var due = await session.BeginAsync(cancellation);
            var ids = await due.Cursors.LateReadsAsync(session.Connection.Id, at, LateAtOnce);
            await due.DisposeAsync();
            if (ids.Count == 0)
            {
                return;
            }

            // Of a stream that is refused nothing comes late either.
            var rows = cursor.Refusal is null ? await session.Crm.ReadLateAsync(ids, cancellation) : StreamRows.Empty;
            await using var transaction = await session.BeginAsync(cancellation);
            await _intake.TakeInAsync(transaction, session.Crm.LateStream!, rows, isFirstRead: false);
            await transaction.Cursors.RemoveLateReadsAsync(session.Connection.Id, ids, at);
            await transaction.CommitAsync(cancellation);
        }
    }

    /// <summary>Streams are read side by side where the CRM takes that; what they bring is taken in one page at a time.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var cursors = await ReadCursorsAsync(cancellation);
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var listens = hear is not null && StreamWindows.AreRecent(session.Crm.Streams, cursors, at);
        if (!listens)
        {
            await new TouchedRows(session, link, at, hasAgreement).RunAsync(cancellation);
        }

        var listening = listens ? ListenAsync(hear!, reading.Token, cancellation) : Task.CompletedTask;
        try
        {
            await ReadStreamsAsync(cursors, cancellation);
        }
        finally
        {
            await reading.CancelAsync();
            await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await listening;
        if (session.Crm.LateStream is { } late && cursors[late.Name].IsFirstReadDone)
        {
            await ReadLateUnlessRefusedAsync(late, cancellation);
        }
    }

    /// <param name="reading">Ends with the streams; what is being heard then is heard to its end.</param>
    private async Task ListenAsync(Func<CancellationToken, Task> heard, CancellationToken reading, CancellationToken cancellation)
    {
        while (!reading.IsCancellationRequested)
        {
            await AloneAsync(
                async () =>
                {
                    var isTold = !reading.IsCancellationRequested && await TouchedRows.AreThereAsync(session, cancellation);
                    if (isTold)
                    {
                        _heard++;
                        await heard(cancellation);
                    }

                    return isTold;
                },
                cancellation);
            await Task.Delay(ListenEvery, reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReadStreamsAsync(Dictionary<string, CursorRow> cursors, CancellationToken cancellation)
    {
        var first = await AskFirstAsync(cursors, cancellation);
        var options = new ParallelOptions { MaxDegreeOfParallelism = session.Crm.SideBySide, CancellationToken = cancellation };
        var due = session.Crm.Streams.Where(stream => StreamWindows.IsDue(stream, cursors[stream.Name], at)).ToList();
        var records = due.FindLastIndex(stream => stream.Content == StreamContentKind.Records);
        var inOrder = due[..(records + 1)].Where(stream => !Follows(stream)).Concat(due.Where(Follows)).Concat(due[(records + 1)..].Where(stream => !Follows(stream)));
        await Parallel.ForEachAsync(InTurn(inOrder, cursors), options, async (turn, token) =>
        {
            var before = turn.Before.WaitAsync(token);
            await (Follows(turn.Stream) ? before : Task.CompletedTask);
            await ReadUnlessRefusedAsync(turn.Stream, cursors[turn.Stream.Name], before, first.GetValueOrDefault(turn.Stream.Name), token);
            turn.Done.SetResult();
        });

        // A first read follows nobody: it takes all there is.
        bool Follows(StreamDescription stream) => stream.FollowsRecords && cursors[stream.Name].IsFirstReadDone;
    }

    /// <summary>
    /// The first page of each stream that was never asked for and has counters to stand for it: whether it is given decides what the counters say of the records that come meanwhile.
    /// Those that are refused are so in the ledger when this is done.
    /// </summary>
    private async Task<Dictionary<string, Task<StreamPage>>> AskFirstAsync(Dictionary<string, CursorRow> cursors, CancellationToken cancellation)
    {
        var pages = new Dictionary<string, Task<StreamPage>>();
        var untried = session.Crm.Streams.Where(stream => stream.Fallback?.Stream == stream.Name && cursors[stream.Name] is { IsFirstReadDone: false, Position: null, Refusal: null }).ToList();
        await Parallel.ForEachAsync(untried, new ParallelOptions { MaxDegreeOfParallelism = session.Crm.SideBySide, CancellationToken = cancellation }, async (stream, token) =>
        {
            var asked = AskAsync(stream, token);
            try
            {
                await asked;
            }
            catch (StreamRefusedException refused)
            {
                await SwitchOffAsync(stream, cursors[stream.Name], refused, token);
                return;
            }
            catch (CrmException)
            {
                // Whoever reads the stream meets it.
            }

            lock (pages)
            {
                pages[stream.Name] = asked;
            }
        });
        foreach (var stream in untried.Where(stream => !pages.ContainsKey(stream.Name)))
        {
            cursors[stream.Name] = cursors[stream.Name] with { Refusal = "asked for at the beginning of this run", RefusedAt = at };
        }

        return pages;

        async Task<StreamPage> AskAsync(StreamDescription stream, CancellationToken token) => await session.Crm.ReadPageAsync(new PageRequest(stream.Name, null, null), token);
    }

    /// <summary>
    /// What others refer to is in the ledger before them: of changes, a stream's are asked for beside those of the streams before it (of one that follows the records after them), and taken in after them.
    /// So whoever scores meanwhile, or after one of them failed, sees what reading one after the other would have shown. A first read has no order: until all of it is there, nobody of it is scored.
    /// </summary>
    private static IEnumerable<(StreamDescription Stream, Task Before, TaskCompletionSource Done)> InTurn(IEnumerable<StreamDescription> streams, Dictionary<string, CursorRow> cursors)
    {
        var before = Task.CompletedTask;
        foreach (var stream in streams)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            yield return (stream, cursors[stream.Name].IsFirstReadDone ? before : Task.CompletedTask, done);
            before = cursors[stream.Name].IsFirstReadDone ? done.Task : before;
        }
    }

    private Task<bool> SwitchOffAsync(StreamDescription stream, CursorRow cursor, StreamRefusedException refused, CancellationToken cancellation) => AloneAsync(
        async () =>
        {
            var instead = stream.Fallback is { Kinds: var kinds } fallback && fallback.Stream == stream.Name
                ? $" Until it is given, what the CRM counts on each record stands for {string.Join(", ", kinds)}: how many, and of the newest one its details."
                : "";
            session.Notices.Add($"{session.Connection.Name}: {stream.Name} is switched off: {refused.WithAdvice}{instead}");
            await using var transaction = await session.BeginAsync(cancellation);
            await transaction.Cursors.SaveAsync(cursor with { Refusal = refused.Message, RefusedAt = at });
            await CountedActivities.BeginAsync(transaction, stream, cursor, session.Account.Date);
            await transaction.CommitAsync(cancellation);
            return true;
        },
        cancellation);

    /// <param name="asked">Its first page, where that was asked for already.</param>
    private async Task ReadUnlessRefusedAsync(StreamDescription stream, CursorRow cursor, Task before, Task<StreamPage>? asked, CancellationToken cancellation)
    {
        try
        {
            await ReadAsync(stream, cursor, before, asked, cancellation);
        }
        catch (StreamRefusedException refused)
        {
            await SwitchOffAsync(stream, cursor, refused, cancellation);
        }
        catch (BudgetSpentException spent)
        {
            // What matters more goes on; the cursor stands where it was, and a first read goes on from there tomorrow.
            await AloneAsync(
                () =>
                {
                    session.Notices.Add($"{session.Connection.Name}: {stream.Name} waits: {spent.Message}");
                    return Task.FromResult(true);
                },
                cancellation);
        }
    }

    /// <summary>The session, its ledger and its lease are used by one stream at a time.</summary>
    private async Task<T> AloneAsync<T>(Func<Task<T>> use, CancellationToken cancellation)
    {
        await _alone.WaitAsync(cancellation);
        try
        {
            return await use();
        }
        finally
        {
            _alone.Release();
        }
    }

    private async Task ReadAsync(StreamDescription stream, CursorRow cursor, Task before, Task<StreamPage>? asked, CancellationToken cancellation)
    {
        var window = StreamWindows.Of(stream, cursor, session.Account.Date);
        cursor = cursor with { WindowFrom = window?.From, WindowTo = window?.To, Refusal = null, RefusedAt = null };
        var isFirstRead = !cursor.IsFirstReadDone;
        var position = cursor.Position;
        long rows = 0;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var ahead = asked;
        try
        {
            do
            {
                cancellation.ThrowIfCancellationRequested();
                var page = await (ahead ?? session.Crm.ReadPageAsync(new PageRequest(stream.Name, window, position), stop.Token));
                if (page.Next is not null && page.Next == position)
                {
                    throw new RetriableCrmException($"{stream.Name} repeats the page {position}: reading it would never end", TimeSpan.Zero);
                }

                // While a page is taken in, the next one is on its way.
                ahead = session.Crm.SideBySide > 1 && page.Next is { } next ? session.Crm.ReadPageAsync(new PageRequest(stream.Name, window, next), stop.Token) : null;
                cursor = StreamWindows.Advance(stream, cursor, window, page, at);
                rows += await TakeInAsync(stream, page, cursor, before, window is null, isFirstRead, cancellation);
                position = page.Next;
                progress?.Report(new RunProgress(session.Connection.Name, $"pull {stream.Name}", rows, null));
            }
            while (position is not null);
        }
        finally
        {
            await stop.CancelAsync();
            await (ahead?.ContinueWith(unread => unread.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default) ?? Task.CompletedTask);
        }
    }

    private async Task<int> TakeInAsync(StreamDescription stream, StreamPage page, CursorRow cursor, Task before, bool isWhole, bool isFirstRead, CancellationToken cancellation)
    {
        var (heard, news) = await AloneAsync(async () => (_heard, await Echo.NewsAsync(session, stream, page, cancellation)), cancellation);
        var rows = await FetchAsync(stream, page, news, cancellation);
        await before;
        return await AloneAsync(
            async () =>
            {
                if (page.NeedsFetch && _heard > heard)
                {
                    // What was fetched before somebody was heard, and written, is not what the records show now.
                    rows = await FetchAsync(stream, page, await Echo.NewsAsync(session, stream, page, cancellation), cancellation);
                }

                session.BringsHistory |= isFirstRead && stream.Content == StreamContentKind.Activities && page.RowsRead > 0;
                await CommitAsync(stream, page, rows, cursor, isWhole, cancellation);
                return page.RowsRead;
            },
            cancellation);
    }

    private async Task<StreamRows> FetchAsync(StreamDescription stream, StreamPage page, IReadOnlyList<string> news, CancellationToken cancellation)
    {
        if (!page.NeedsFetch)
        {
            return page.Content;
        }

        var fetched = news.Count > 0 ? await session.Crm.FetchAsync(stream.Name, news, cancellation) : StreamRows.Empty;
        return fetched with { Unreadable = [.. page.Content.Unreadable, .. fetched.Unreadable] };
    }

    private async Task CommitAsync(StreamDescription stream, StreamPage page, StreamRows rows, CursorRow cursor, bool isWhole, CancellationToken cancellation)
    {
        await using (var transaction = await session.BeginAsync(cancellation))
        {
            await CountedActivities.EndAsync(transaction, stream, session.Connection.Id, page.Date);
            await _intake.TakeInAsync(transaction, stream, rows, isWhole);
            await transaction.Cursors.RememberStampsAsync(session.Connection.Id, stream.Name, Echo.StampsOf(page.Changed, rows, cursor));
            if (page.Next is null && cursor.Slow is { } slow)
            {
                await transaction.Cursors.ForgetStampsAsync(session.Connection.Id, stream.Name, slow);
            }

            await transaction.Cursors.SaveAsync(cursor);
            await transaction.CommitAsync(cancellation);
        }

        _unlinked += rows.Records.Count;
        if (_unlinked >= LinkAfter || (_unlinked > 0 && page.Next is null))
        {
            // Activities and deals find their leads through linked records.
            await link.RunAsync(cancellation);
            _unlinked = 0;
        }
    }

    private async Task<Dictionary<string, CursorRow>> ReadCursorsAsync(CancellationToken cancellation)
    {
        await using var transaction = await session.BeginAsync(cancellation);
        var cursors = (await transaction.Cursors.ListAsync(session.Connection.Id)).ToDictionary(cursor => cursor.Stream);
        foreach (var stream in session.Crm.Streams.Where(stream => !cursors.ContainsKey(stream.Name)))
        {
            // On disk before anything is read: the connection's leads are scored once all that it has was read.
            cursors[stream.Name] = new CursorRow(session.Connection.Id, stream.Name);
            await transaction.Cursors.SaveAsync(cursors[stream.Name]);
        }

        await transaction.CommitAsync(cancellation);
        return cursors;
    }
}
