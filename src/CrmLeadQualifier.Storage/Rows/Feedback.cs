using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Storage.Rows;

/// <summary>What sales said, on one record; identity (record, value, reason, at).</summary>
/// <param name="Verdict">Its <see cref="Verdict.Record"/> is the record's ledger id as text.</param>
public sealed record VerdictRow(long RecordId, Verdict Verdict)
{
    public Instant SeenAt { get; init; }

    /// <summary>A decision has applied it, or kept it.</summary>
    public bool IsDecided { get; init; }
}

/// <param name="Deal">As it stands.</param>
public sealed record DealRow(long ConnectionId, Deal Deal)
{
    public decimal? Amount { get; init; }

    /// <summary>When it was read. Of a deal out of the ledger: when it was read first.</summary>
    public Instant SeenAt { get; init; }

    /// <summary>The CRM's ids of the person records on it, and the opportunity of another CRM that it mirrors (<c>salesforce:006…</c>).</summary>
    public IReadOnlyList<string> RecordIds { get; init; } = [];

    /// <summary>The opportunity that it mirrors; null: it is a deal of its own.</summary>
    public string? CopyOf => RecordIds.FirstOrDefault(id => id.StartsWith(MirrorPrefix, StringComparison.Ordinal))?[MirrorPrefix.Length..];

    private const string MirrorPrefix = "salesforce:";
}

public interface IFeedbackRows
{
    /// <summary>Adds verdicts that are not there yet and marks their leads due. Answers how many were new.</summary>
    Task<int> AddVerdictsAsync(IReadOnlyList<VerdictRow> rows);

    /// <summary>By lead, in the order of their instants; follows the record's present lead.</summary>
    Task<IReadOnlyDictionary<long, IReadOnlyList<VerdictRow>>> VerdictsAsync(IReadOnlyCollection<long> leadIds);

    Task MarkDecidedAsync(IReadOnlyCollection<VerdictRow> rows);

    /// <summary>Inserts or replaces; marks due the leads on deals that changed, before or after.</summary>
    Task SaveDealsAsync(IReadOnlyList<DealRow> rows);

    /// <summary>Of the deals won in [from, to), mirrors of another CRM's left out: how many there are, and how many of them name no person.</summary>
    Task<(int WithoutPerson, int Won)> CountWonAsync(Instant from, Instant to);

    Task<IReadOnlyDictionary<long, IReadOnlyList<DealRow>>> DealsAsync(IReadOnlyCollection<long> leadIds);
}
