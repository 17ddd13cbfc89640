using System.Globalization;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Storage.Rows;

/// <summary>What reports count a lead as: the same from <see cref="Since"/> until a later row says otherwise, so that any instant of the past is answered without replaying it.</summary>
/// <param name="CreatedAt">Null: no CRM says it.</param>
/// <param name="Source">As the CRM writes it; null: none.</param>
/// <param name="Status"><see cref="LeadStatus.Excluded"/>, <see cref="LeadStatus.Unscorable"/>, or <see cref="LeadStatus.NotYet"/> for every other: only these are told apart here.</param>
public sealed record StandingRow(long LeadId, Instant Since, Instant? CreatedAt, string? Source, string? SourceDetail, string? Country, LeadStatus Status)
{
    /// <summary>With status excluded the exclusions' ids, with unscorable the missing attributes.</summary>
    public IReadOnlyList<string> Because { get; init; } = [];

    /// <summary>The attributes that the agreement's criteria ask for and that are known, in ordinal order. Empty where a report reads rows one by one: it counts them.</summary>
    public IReadOnlyList<string> Known { get; init; } = [];

    /// <summary>The connections on which the lead has a record, in order. Empty as <see cref="Known"/>.</summary>
    public IReadOnlyList<long> Connections { get; init; } = [];

    /// <summary>Whether reports count the lead alike.</summary>
    public bool SaysTheSameAs(StandingRow other) =>
        this with { Since = other.Since, Because = other.Because, Known = other.Known, Connections = other.Connections } == other
        && Because.SequenceEqual(other.Because) && Known.SequenceEqual(other.Known) && Connections.SequenceEqual(other.Connections);
}

/// <summary>As of when a report is asked for.</summary>
/// <param name="AsOf">Facts with a later instant do not count.</param>
/// <param name="KnownAt">Facts seen later do not count.</param>
public readonly record struct ReportInstants(Instant AsOf, Instant KnownAt)
{
    /// <summary>What only has the instant at which we saw or did it counts by that.</summary>
    public Instant SeenBy => Instant.Earliest(AsOf, KnownAt);
}

/// <summary>A transition, its owner as the CRM's id and its agreement as the fingerprint.</summary>
/// <param name="Number">In the order in which they were added.</param>
public readonly record struct ReportedStage(long LeadId, long Number, Stage From, Stage To, Instant At, string Cause, Instant SeenAt, string? Grade, string? Source, string? Owner, string Agreement);

/// <param name="Number">In the order in which they were added.</param>
public readonly record struct ReportedVerdict(long LeadId, long Number, VerdictFact Verdict);

/// <summary>A row of a hand-over's clock. Of the rows of one lead and one <paramref name="MqlAt"/> the one with the highest number stands.</summary>
/// <param name="Number">In the order in which they were added.</param>
public readonly record struct ReportedHandOver(long LeadId, long Number, Instant MqlAt, Instant? HandedOverAt, Instant? DueAt, Instant? FirstContactAt, Instant SeenAt);

/// <summary>
/// Who takes the facts of the leads that have a row of their own: those that became MQL, or SQL through sales alone, by the instants asked about. They come in no order; those of one kind one
/// after the other, those of different kinds beside each other, on any threads.
/// </summary>
public sealed record ReportedFactsTaker
{
    public required Action<ReportedStage> Stage { get; init; }

    public required Action<StandingRow> Standing { get; init; }

    public required Action<ReportedVerdict> Verdict { get; init; }

    /// <summary>The deals of each lead as they were known to stand, mirrors of opportunities among them.</summary>
    public required Action<long, DealRow> Deal { get; init; }

    /// <summary>Every row that was added by then, also of leads that have no other row here.</summary>
    public required Action<ReportedHandOver> HandOver { get; init; }

    /// <summary>A lead of which the present hand-over is still to be written, or its write to be confirmed: whatever the instants asked about.</summary>
    public required Action<long> UnconfirmedHandOver { get; init; }

    /// <summary>Of leads created in the window that have no row of their own, counted together.</summary>
    public required Action<NewLeadGroup> OtherNewLeads { get; init; }

    /// <summary>All leads, those of which the same is known counted together.</summary>
    public required Action<KnownAttributes> Known { get; init; }
}

/// <summary>How many leads, with records on these connections, these of the attributes that the agreement asks for are known of.</summary>
public sealed record KnownAttributes(IReadOnlyList<string> Attributes, IReadOnlyList<long> Connections, int Count);

/// <summary>That we saw a record at one of the portal's own lifecycle stages.</summary>
/// <param name="IsEntry">It was elsewhere before; false: it stood there when we first read it.</param>
public readonly record struct LifecycleSighting(long RecordId, Instant At, string Stage, bool IsEntry);

/// <summary>An entry of which it is not known yet who made it.</summary>
/// <param name="Object">Of the CRM, with <paramref name="ExternalId"/> its id of the record.</param>
public readonly record struct UnexplainedEntry(long RecordId, Instant At, string Stage, string Object, string ExternalId);

/// <summary>A record that entered one of the portal's own lifecycle stages.</summary>
/// <param name="IsOurs">By our own write.</param>
/// <param name="MovedBy">Who else, as <see cref="IReportRows.ExplainEntriesAsync"/> was told; null: not known.</param>
public readonly record struct LifecycleEntry(long LeadId, long ConnectionId, string Stage, Instant At, bool IsOurs, string? MovedBy = null);

/// <summary>A text about a person in a stored report: a name, or what sales wrote. The report holds its place, so that it goes when the person is erased.</summary>
/// <param name="Place">Its number in the report.</param>
/// <param name="LeadId">0: it is known by its text, an address.</param>
public sealed record ReportName(int Place, long LeadId, string Text)
{
    /// <summary>How JSON and page hold a place.</summary>
    public static string PlaceOf(int place) => string.Create(CultureInfo.InvariantCulture, $"\u27E6{place}\u27E7");
}

/// <summary>A report as both teams were given it.</summary>
/// <param name="Week">The ISO week that it reports on: <c>2026-W47</c>.</param>
/// <param name="Language"><c>en</c> or <c>fr</c>.</param>
/// <param name="Json">As <c>report --format json</c> printed it then.</param>
/// <param name="Html">The page that was mailed.</param>
public sealed record ReportRow(string Week, Instant MadeAt, Instant AsOf, Instant KnownAt, string Language, string Json, string Html)
{
    /// <summary>Null: not mailed.</summary>
    public Instant? MailedAt { get; init; }
}

/// <summary>
/// What reports read: whole sets, not lead by lead. The leads that have a row of their own are those that became MQL, or SQL through sales alone, by the instants asked about; all
/// others are counted together.
/// </summary>
public interface IReportRows
{
    /// <summary>The present standings of these leads.</summary>
    Task<IReadOnlyList<StandingRow>> StandingsAsync(IReadOnlyCollection<long> leadIds);

    /// <summary>Ends the leads' present standings at the new ones' <see cref="StandingRow.Since"/> and adds these; one of the same instant is replaced.</summary>
    Task SaveStandingsAsync(IReadOnlyList<StandingRow> rows);

    /// <summary>Nothing stands for these leads any more, from an instant on.</summary>
    Task EndStandingsAsync(IReadOnlyCollection<long> leadIds, Instant at);

    /// <summary>The facts of all leads that have a row of their own, and how many others were created in a window.</summary>
    Task ReadFactsAsync(Instant from, Instant to, ReportInstants instants, ReportedFactsTaker taker);

    /// <summary>Of leads created in a window that have no row of their own, counted together.</summary>
    Task<IReadOnlyList<NewLeadGroup>> OtherNewLeadsAsync(Instant from, Instant to, ReportInstants instants);

    /// <summary>A second sighting of a record at one instant replaces the first.</summary>
    Task AddSightingsAsync(IReadOnlyList<LifecycleSighting> sightings);

    /// <summary>Entries of a connection's records to these stages of which it was not asked yet who made them, the latest first.</summary>
    Task<IReadOnlyList<UnexplainedEntry>> UnexplainedEntriesAsync(long connectionId, IReadOnlyCollection<string> stages, int limit);

    /// <summary>Notes who moved the records; an empty text: the CRM does not tell, and is not asked again.</summary>
    Task ExplainEntriesAsync(IReadOnlyList<(UnexplainedEntry Entry, string MovedBy)> explained);

    /// <summary>Entries to these stages between two instants, the first included: seen, or made by our own confirmed writes.</summary>
    Task<IReadOnlyList<LifecycleEntry>> LifecycleEntriesAsync(Instant from, Instant to, IReadOnlyCollection<string> stages);

    /// <summary>Where the records of these leads stood last by an instant, in the portal's own stages.</summary>
    Task<IReadOnlyList<LifecycleEntry>> LifecyclesAsync(IReadOnlyCollection<long> leadIds, Instant at);

    /// <summary>False: there is a report of that week, and it stays as it is.</summary>
    /// <param name="report">With places instead of the names.</param>
    Task<bool> AddAsync(ReportRow report, IReadOnlyList<ReportName> names);

    Task MarkMailedAsync(string week, Instant at);

    /// <summary>With the names of all who were not erased since. Null: no report of that week was stored.</summary>
    Task<ReportRow?> FindAsync(string week);

    /// <summary>The weeks of which a report is stored, newest first.</summary>
    Task<IReadOnlyList<string>> WeeksAsync();
}
