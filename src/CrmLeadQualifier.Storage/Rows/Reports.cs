using CrmLeadQualifier.Core.Indicators;
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

    /// <summary>Whether reports count the lead alike.</summary>
    public bool SaysTheSameAs(StandingRow other) => this with { Since = other.Since, Because = other.Because } == other && Because.SequenceEqual(other.Because);
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
public readonly record struct ReportedStage(long LeadId, StageChange Change);

public readonly record struct ReportedVerdict(long LeadId, VerdictFact Verdict);

/// <param name="Written">The value that was written; with <see cref="IsDue"/> the agreed time's end, else the hand-over.</param>
/// <param name="SentAt">When the batch that carries it was committed as sent.</param>
public readonly record struct ReportedClock(long LeadId, bool IsDue, string Written, Instant SentAt, bool IsConfirmed);

/// <summary>An outgoing call, a one-to-one e-mail that was sent or a meeting, by a user.</summary>
/// <param name="Attributes">The activity's, as JSON.</param>
public readonly record struct ReportedContact(long LeadId, Instant At, bool IsDayOnly, string Kind, string Attributes);

/// <summary>That we saw a record at one of the portal's own lifecycle stages.</summary>
/// <param name="IsEntry">It was elsewhere before; false: it stood there when we first read it.</param>
public readonly record struct LifecycleSighting(long RecordId, Instant At, string Stage, bool IsEntry);

/// <summary>A record that entered one of the portal's own lifecycle stages.</summary>
/// <param name="IsOurs">By our own write.</param>
public readonly record struct LifecycleEntry(long LeadId, long ConnectionId, string Stage, Instant At, bool IsOurs);

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

    /// <summary>As of the instants, of the leads that have a row of their own.</summary>
    Task<IReadOnlyList<StandingRow>> StandingsAsync(ReportInstants instants);

    /// <summary>Of leads created in a window that have no row of their own, counted together.</summary>
    Task<IReadOnlyList<NewLeadGroup>> OtherNewLeadsAsync(Instant from, Instant to, ReportInstants instants);

    Task<IReadOnlyList<ReportedStage>> StagesAsync(ReportInstants instants);

    /// <summary>In the order of their instants.</summary>
    Task<IReadOnlyList<ReportedVerdict>> VerdictsAsync(ReportInstants instants);

    /// <summary>The deals of each lead as they stand, mirrors of opportunities among them.</summary>
    Task<IReadOnlyList<(long LeadId, DealRow Deal)>> DealsAsync(ReportInstants instants);

    /// <summary>In the order in which they were sent.</summary>
    Task<IReadOnlyList<ReportedClock>> ClocksAsync(ReportInstants instants);

    /// <summary>What users did towards the leads, in the order of its instants.</summary>
    Task<IReadOnlyList<ReportedContact>> ContactsAsync(ReportInstants instants);

    /// <summary>A second sighting of a record at one instant replaces the first.</summary>
    Task AddSightingsAsync(IReadOnlyList<LifecycleSighting> sightings);

    /// <summary>Entries to these stages between two instants, the first included: seen, or made by our own confirmed writes.</summary>
    Task<IReadOnlyList<LifecycleEntry>> LifecycleEntriesAsync(Instant from, Instant to, IReadOnlyCollection<string> stages);

    /// <summary>Where the records of these leads stood last by an instant, in the portal's own stages.</summary>
    Task<IReadOnlyList<LifecycleEntry>> LifecyclesAsync(IReadOnlyCollection<long> leadIds, Instant at);

    /// <summary>False: there is a report of that week, and it stays as it is.</summary>
    Task<bool> AddAsync(ReportRow report);

    Task MarkMailedAsync(string week, Instant at);

    /// <summary>Null: no report of that week was stored.</summary>
    Task<ReportRow?> FindAsync(string week);

    /// <summary>The weeks of which a report is stored, newest first.</summary>
    Task<IReadOnlyList<string>> WeeksAsync();
}
