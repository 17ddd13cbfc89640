using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Storage.Rows;

/// <summary>How far a stream has been read; committed with the page that it covers.</summary>
public sealed record CursorRow(long ConnectionId, string Stream)
{
    /// <summary>Up to where changes were read for speed, in the CRM's clock; null: the first read has not begun.</summary>
    public Instant? Fast { get; init; }

    /// <summary>Up to where changes were read for truth: behind by the CRM's indexing lag.</summary>
    public Instant? Slow { get; init; }

    public bool IsFirstReadDone { get; init; }

    /// <summary>The read in progress: its window (none: a first read) and where its next page is asked for; null: none is in progress.</summary>
    public string? Position { get; init; }

    public Instant? WindowFrom { get; init; }

    public Instant? WindowTo { get; init; }

    /// <summary>When the stream was last read to its end, by the program's clock: decides when it is due again.</summary>
    public Instant? ReadAt { get; init; }

    /// <summary>Why the CRM refused this stream, and since when it is switched off; null: it works.</summary>
    public string? Refusal { get; init; }

    public Instant? RefusedAt { get; init; }
}

public interface ICursorRows
{
    Task<IReadOnlyList<CursorRow>> ListAsync(long connectionId);

    Task SaveAsync(CursorRow row);

    /// <summary>The stamps remembered for these rows of a stream: a row that comes with the same stamp again is no news.</summary>
    Task<IReadOnlyDictionary<string, Instant>> StampsAsync(long connectionId, string stream, IReadOnlyCollection<string> rowIds);

    /// <summary>Remembers stamps; a later one replaces an earlier one, an earlier one changes nothing.</summary>
    Task RememberStampsAsync(long connectionId, string stream, IReadOnlyCollection<KeyValuePair<string, Instant>> stamps);

    /// <summary>Forgets stamps before an instant: no query goes back there.</summary>
    Task ForgetStampsAsync(long connectionId, string stream, Instant before);

    /// <summary>Notes rows that the CRM told to have changed. One that is noted already is noted anew: who reads it now does not forget the later change.</summary>
    Task TouchAsync(long connectionId, IReadOnlyCollection<(string Stream, string RowId)> rows);

    /// <summary>In the order in which they were noted.</summary>
    Task<IReadOnlyList<TouchedRow>> TouchedAsync(long connectionId, int limit);

    /// <summary>They were read as they are since they were noted.</summary>
    Task ForgetTouchedAsync(long connectionId, IReadOnlyCollection<long> numbers);

    /// <summary>The spans in which counters stand for streams of a connection.</summary>
    Task<IReadOnlyList<CountedSpan>> CountedSpansAsync(long connectionId);

    /// <summary>One for each (connection, stream, beginning): a second replaces the first.</summary>
    Task SaveCountedSpanAsync(CountedSpan span);

    /// <summary>From then on the activities of these records, by the CRM's ids, are to be read record by record.</summary>
    Task AddLateReadsAsync(long connectionId, IReadOnlyCollection<string> recordIds, Instant dueAt);

    /// <summary>Records whose time for that has come, each once.</summary>
    Task<IReadOnlyList<string>> LateReadsAsync(long connectionId, Instant at, int limit);

    /// <summary>It was done at that instant; what is due later stays.</summary>
    Task RemoveLateReadsAsync(long connectionId, IReadOnlyCollection<string> recordIds, Instant at);
}

/// <summary>A row that the CRM told to have changed, and that is to be read.</summary>
/// <param name="Number">Of this note: rises with every one.</param>
public readonly record struct TouchedRow(long Number, string Stream, string RowId);

/// <summary>A span of time in which growing counters stand for a stream that the CRM refuses.</summary>
/// <param name="Until">When the stream was given again; null: it is refused still.</param>
/// <param name="IsWhole">Of the stream itself nothing was ever read before.</param>
public sealed record CountedSpan(long ConnectionId, string Stream, Instant Since, Instant? Until, bool IsWhole);
