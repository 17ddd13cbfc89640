using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Link;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Pull;

/// <summary>
/// Reads the rows that the CRM told to have changed. What it told is a hint and nothing more: the rows are read as they are now, no cursor moves, and the polling that follows finds them
/// known. A row that is told of again while it is read stays noted.
/// </summary>
public sealed class TouchedRows(ConnectionSession session, LinkStage link, Instant at, bool hasAgreement)
{
    /// <summary>In one run; more follow with the next.</summary>
    private const int Most = 2_000;

    private readonly PageIntake _intake = new(session, at, hasAgreement);
    private readonly Erasure _erasure = new(session);

    /// <summary>Whether anything is told that was not read since.</summary>
    public static async Task<bool> AreThereAsync(ConnectionSession session, CancellationToken cancellation)
    {
        await using var transaction = await session.BeginAsync(cancellation);
        return (await transaction.Cursors.TouchedAsync(session.Connection.Id, 1)).Count > 0;
    }

    public async Task RunAsync(CancellationToken cancellation)
    {
        IReadOnlyList<TouchedRow> touched;
        Dictionary<string, CursorRow> cursors;
        await using (var transaction = await session.BeginAsync(cancellation))
        {
            touched = await transaction.Cursors.TouchedAsync(session.Connection.Id, Most);
            cursors = (await transaction.Cursors.ListAsync(session.Connection.Id)).ToDictionary(cursor => cursor.Stream);
        }

        if (touched.Count == 0)
        {
            return;
        }

        var byStream = touched.ToLookup(row => row.Stream);
        foreach (var stream in session.Crm.Streams.Where(stream => byStream.Contains(stream.Name)))
        {
            // What a first read or a refused stream misses now comes with that stream.
            if (cursors.GetValueOrDefault(stream.Name) is not { IsFirstReadDone: true, Refusal: null } cursor)
            {
                continue;
            }

            try
            {
                foreach (var chunk in byStream[stream.Name].Chunk(session.Crm.BatchSizes.Read))
                {
                    cancellation.ThrowIfCancellationRequested();
                    await ReadAsync(stream, cursor, chunk, cancellation);
                }
            }
            catch (StreamRefusedException)
            {
                // The stream's own reading says what is to be done about it.
                continue;
            }

            if (stream.Content == StreamContentKind.Records)
            {
                // Activities and deals find their leads through linked records.
                await link.RunAsync(cancellation);
            }
        }

        await using var last = await session.BeginAsync(cancellation);
        await last.Cursors.ForgetTouchedAsync(session.Connection.Id, [.. touched.Select(row => row.Number)]);
        await last.CommitAsync(cancellation);
    }

    private async Task ReadAsync(StreamDescription stream, CursorRow cursor, TouchedRow[] touched, CancellationToken cancellation)
    {
        var rows = await session.Crm.FetchAsync(stream.Name, [.. touched.Select(row => row.RowId)], cancellation);
        var erased = stream.Content == StreamContentKind.Records ? await ErasedAsync(stream, touched, rows, cancellation) : [];
        await using var transaction = await session.BeginAsync(cancellation);
        await _intake.TakeInAsync(transaction, stream, rows, isFirstRead: false);
        if (stream.Content == StreamContentKind.Records)
        {
            await RetireAsync(transaction, stream, touched, rows);
            await _erasure.EraseAsync(transaction, erased);
        }

        await transaction.Cursors.RememberStampsAsync(session.Connection.Id, stream.Name, Echo.StampsOf([], rows, cursor));
        await transaction.Cursors.ForgetTouchedAsync(session.Connection.Id, [.. touched.Select(row => row.Number)]);
        await transaction.CommitAsync(cancellation);
    }

    private async Task<IReadOnlyList<RecordRow>> ErasedAsync(StreamDescription stream, TouchedRow[] touched, StreamRows rows, CancellationToken cancellation)
    {
        IReadOnlyList<RecordRow> missing;
        await using (var transaction = await session.BeginAsync(cancellation))
        {
            missing = [.. (await MissingAsync(transaction, stream, touched, rows)).Where(record => record.Parked != Erasure.Erased)];
        }

        return await _erasure.FindAsync(ObjectOf(stream), missing, cancellation);
    }

    private string ObjectOf(StreamDescription stream) => session.Crm.PersonObjects.First(name => stream.Name.StartsWith(name, StringComparison.Ordinal));

    /// <summary>Of the records that were told of, those that lead nowhere any more.</summary>
    private async Task<IReadOnlyList<RecordRow>> MissingAsync(ILedgerTransaction transaction, StreamDescription stream, TouchedRow[] touched, StreamRows rows)
    {
        var there = rows.Records.SelectMany(record => record.Aliases.Append(record.Id)).Concat(rows.Unreadable.Select(row => row.Id)).ToHashSet();
        var missing = touched.Select(row => row.RowId).Where(id => !there.Contains(id)).ToList();
        return missing.Count > 0 ? await transaction.Records.GetAsync(session.Connection.Id, ObjectOf(stream), missing) : [];
    }

    /// <summary>A record that leads nowhere any more was deleted.</summary>
    private async Task RetireAsync(ILedgerTransaction transaction, StreamDescription stream, TouchedRow[] touched, StreamRows rows)
    {
        var gone = (await MissingAsync(transaction, stream, touched, rows)).Where(record => !record.IsGone).ToList();
        await transaction.Records.SaveAsync([.. gone.Select(record => record with { IsGone = true })]);
        await transaction.Leads.MarkDueAsync([.. gone.Where(record => record.LeadId > 0).Select(record => record.LeadId).Distinct()]);
    }
}
