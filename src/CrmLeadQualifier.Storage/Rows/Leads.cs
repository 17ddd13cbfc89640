using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Storage.Rows;

/// <summary>A person: where it stands, its score and when it is to be looked at again.</summary>
public sealed record LeadRow(long Id)
{
    public LeadState State { get; init; } = LeadState.New;

    /// <summary>Null: never scored.</summary>
    public LeadScore? Score { get; init; }

    public Instant? ScoredAt { get; init; }

    /// <summary>The agreement's version that scored it.</summary>
    public int Version { get; init; }

    /// <summary>A fact changed since it was scored.</summary>
    public bool IsDue { get; init; } = true;

    public Instant? NextDueAt { get; init; }

    /// <summary>A person, or the daily limit, released it and no decision has used that yet.</summary>
    public bool IsReleased { get; init; }

    /// <summary>The record on which sales works this lead; 0: none.</summary>
    public long HandOverRecordId { get; init; }

    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>A change of stage with what was true then; never updated.</summary>
public sealed record TransitionRow(long LeadId, Transition Transition)
{
    public Instant SeenAt { get; init; }

    public string AgreementFingerprint { get; init; } = "";

    public string ScoringFingerprint { get; init; } = "";

    public int Profile { get; init; }

    public int Behaviour { get; init; }

    public int Intent { get; init; }

    public string? Grade { get; init; }

    public string? Source { get; init; }

    public string? OwnerId { get; init; }

    public string Run { get; init; } = "";
}

/// <summary>What an attribute was, from when: answers "as of T".</summary>
/// <param name="Value">As the CRM wrote it; empty: it became unknown.</param>
/// <param name="Source">The record it came from, by its ledger id.</param>
public sealed record AttributeValueRow(long RecordId, string Name, string Value, Instant From, Instant SeenAt)
{
    public long Source => RecordId;
}

/// <param name="ByStage">Every stage, zeros included.</param>
public sealed record LeadCounts(int Total, int Held, IReadOnlyDictionary<Stage, int> ByStage);

public interface ILeadRows
{
    /// <summary>Makes new leads and answers their ids, ascending.</summary>
    Task<IReadOnlyList<long>> CreateAsync(int count);

    Task<IReadOnlyList<LeadRow>> GetAsync(IReadOnlyCollection<long> leadIds);

    /// <summary>Leads that have a record, due or not, with an id above <paramref name="afterId"/>, in the order of their ids: for whoever looks at all of them.</summary>
    Task<IReadOnlyList<LeadRow>> ListAsync(long afterId, int limit);

    /// <summary>
    /// The next leads of a walk along those that are due at T: a fact changed, they were released, their time has come, or they were scored under another scoring fingerprint; one reason after
    /// the other, within it in the order of ids, of instants first where time made them due. Fewer than asked for: the walk is at its end.
    /// They come without <see cref="LeadRow.Score"/>, which is about to be made anew. No two transactions take the same lead at one time. Leads without a record are not among them.
    /// On an engine with several workers a transaction that begins with this goes beside writers and beside others that do: it passes over what they have.
    /// </summary>
    Task<IReadOnlyList<LeadRow>> TakeDueAsync(DueWalk walk, int limit);

    /// <summary>How many leads a whole walk of <see cref="TakeDueAsync"/> would find.</summary>
    Task<int> CountDueAsync(Instant at, string scoringFingerprint);

    Task SaveAsync(IReadOnlyList<LeadRow> rows);

    Task MarkDueAsync(IReadOnlyCollection<long> leadIds);

    /// <summary>Everything of <paramref name="from"/> becomes <paramref name="to"/>'s: transitions, hand-overs and activities; the records' lead was set by the caller. The emptied lead stays as a row without records.</summary>
    Task JoinAsync(long from, long to);

    /// <summary>The held leads that are qualified when last scored and not yet released, highest total first or most recent activity first; for <c>release</c>.</summary>
    Task<IReadOnlyList<LeadRow>> HeldAsync(int limit, bool byRecency);

    Task<LeadCounts> CountAsync();

    /// <summary>Transitions with a cause at or after an instant, by <see cref="TransitionRow.SeenAt"/>.</summary>
    Task<int> CountTransitionsAsync(string cause, Instant since);

    Task AddTransitionsAsync(IReadOnlyList<TransitionRow> rows);

    /// <summary>By lead, in the order in which they were added.</summary>
    Task<IReadOnlyDictionary<long, IReadOnlyList<TransitionRow>>> TransitionsAsync(IReadOnlyCollection<long> leadIds);

    Task AddAttributeValuesAsync(IReadOnlyList<AttributeValueRow> rows);

    /// <summary>Of these records, in the order of <see cref="AttributeValueRow.From"/>.</summary>
    Task<IReadOnlyList<AttributeValueRow>> AttributeValuesAsync(IReadOnlyCollection<long> recordIds);
}
