using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Storage.Rows;

/// <summary>A CRM object that stands for a person.</summary>
/// <param name="Id">The ledger's; 0: not yet saved.</param>
public sealed record RecordRow(long Id, long ConnectionId, string Object, string ExternalId)
{
    /// <summary>0: not yet linked.</summary>
    public long LeadId { get; init; }

    public Instant Stamp { get; init; }

    /// <summary>Archived, deleted or merged away in the CRM.</summary>
    public bool IsGone { get; init; }

    /// <summary>Mapped attributes as the CRM writes them.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = Nothing;

    public string? OwnerId { get; init; }

    public string? CompanyId { get; init; }

    public string? Lifecycle { get; init; }

    /// <summary>Our fields' values when last read or written, in normal form; an empty one is left out.</summary>
    public IReadOnlyDictionary<string, string> Known { get; init; } = Nothing;

    /// <summary>The values that the worker's fields should have, in normal form; an empty text is an empty field. Null: nothing was decided yet, so nothing is to be pushed.</summary>
    public IReadOnlyDictionary<string, string>? Desired { get; init; }

    /// <summary>Sales fields that are to be emptied (by a hand-over) or set (copy of a verdict), once; an empty text empties.</summary>
    public IReadOnlyDictionary<string, string> SalesDue { get; init; } = Nothing;

    /// <summary>Our stage for which the CRM's lifecycle is to be moved, once; null: not.</summary>
    public string? LifecycleDue { get; init; }

    /// <summary>The hand-over that the next write of this record carries; 0: none.</summary>
    public int HandOverDue { get; init; }

    /// <summary>Values that people set in our fields, by field; the worker does not write those fields here.</summary>
    public IReadOnlyDictionary<string, FieldOverride> Overrides { get; init; } = NoOverrides;

    /// <summary>Foreign values that were read and are not yet explained, by field.</summary>
    public IReadOnlyDictionary<string, string> Foreign { get; init; } = Nothing;

    /// <summary>What the CRM counts on it, by counter, as last read: <c>page_views</c> -> 12.</summary>
    public IReadOnlyDictionary<string, string> Counters { get; init; } = Nothing;

    /// <summary>Its e-mail addresses, CRM ids or links changed: it is to be linked.</summary>
    public bool IsLinkDue { get; init; }

    /// <summary>A sales field changed, or a foreign value was met: the CRM's history is to be read.</summary>
    public bool IsHistoryDue { get; init; }

    /// <summary>Only time changed what it should show: not pushed before this instant; null: at once.</summary>
    public Instant? PushNotBefore { get; init; }

    /// <summary>It came with a first full read, or before any agreement was in force: its lead's first stage is a baseline.</summary>
    public bool IsBaseline { get; init; }

    /// <summary>Why it is not written until a person or a change lifts it (<c>quarantine</c>, <c>loop</c>, <c>another writer</c>); null: it is.</summary>
    public string? Parked { get; init; }

    private static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>();
    private static readonly IReadOnlyDictionary<string, FieldOverride> NoOverrides = new Dictionary<string, FieldOverride>();

    /// <summary>The field that rides along with another change and is never sent alone.</summary>
    public const string RidesAlong = "definition";

    /// <summary>The worker's fields whose desired value differs from the known one and that nobody overrode, with the value to send; an empty text empties.</summary>
    public IReadOnlyDictionary<string, string> Differences()
    {
        if (Desired is null)
        {
            return Nothing;
        }

        var differences = new Dictionary<string, string>();
        foreach (var (field, value) in Desired)
        {
            if (!Overrides.ContainsKey(field) && (Known.TryGetValue(field, out var known) ? known : "") != value)
            {
                differences[field] = value;
            }
        }

        return differences.Count == 1 && differences.ContainsKey(RidesAlong) ? Nothing : differences;
    }

    /// <summary>Something is to be written on this record. While the history of a changed value is to be read, nothing is: a person may have spoken.</summary>
    public bool IsPushDue => !IsGone && !IsHistoryDue && Parked is null && (LifecycleDue is not null || HandOverDue > 0 || SalesDue.Count > 0 || Differences().Count > 0);
}

/// <param name="By">Who set it, as the CRM's history names them.</param>
public sealed record FieldOverride(string Value, string? By, Instant At);

/// <summary>What joins records to leads: (<c>email</c>, address), (<c>hubspot:CONNECTION</c>, contact id) and the like.</summary>
public readonly record struct IdentityKey(string Kind, string Value);

/// <param name="ConnectionId">The record's.</param>
/// <param name="LeadId">0: not yet linked.</param>
/// <param name="IsGone">The record is gone; its keys still lead to its person.</param>
public readonly record struct IdentityHolder(IdentityKey Key, long RecordId, long ConnectionId, long LeadId, bool IsGone = false);

public sealed record CompanyRow(long ConnectionId, string ExternalId, IReadOnlyDictionary<string, string> Attributes);

public sealed record OwnerRow(long ConnectionId, string ExternalId, string? UserId, string? Email, string? Name, bool IsActive);

public interface IRecordRows
{
    Task<IReadOnlyList<RecordRow>> GetAsync(long connectionId, string personObject, IReadOnlyCollection<string> externalIds);

    Task<IReadOnlyList<RecordRow>> GetAsync(IReadOnlyCollection<long> recordIds);

    Task<IReadOnlyList<RecordRow>> OfLeadsAsync(IReadOnlyCollection<long> leadIds);

    /// <summary>Inserts rows with id 0, updates the others whole. Answers the ids in the order of the rows.</summary>
    Task<IReadOnlyList<long>> SaveAsync(IReadOnlyList<RecordRow> rows);

    /// <summary>
    /// Of records that this transaction read: what scoring decides about them (<see cref="RecordRow.Desired"/>, <see cref="RecordRow.LifecycleDue"/>, <see cref="RecordRow.HandOverDue"/>,
    /// <see cref="RecordRow.SalesDue"/>, <see cref="RecordRow.PushNotBefore"/>), and nothing else.
    /// </summary>
    Task SaveDecidedAsync(IReadOnlyList<RecordRow> rows);

    /// <summary>Replaces the identity keys of a record.</summary>
    Task SaveKeysAsync(IReadOnlyCollection<KeyValuePair<long, IReadOnlyList<IdentityKey>>> keysByRecord);

    /// <summary>All records that hold any of these keys.</summary>
    Task<IReadOnlyList<IdentityHolder>> HoldersAsync(IReadOnlyCollection<IdentityKey> keys);

    /// <summary>By record; one without keys is left out.</summary>
    Task<IReadOnlyDictionary<long, IReadOnlyList<IdentityKey>>> KeysAsync(IReadOnlyCollection<long> recordIds);

    /// <summary>Records that are to be linked, of any connection, in the order of their ids.</summary>
    Task<IReadOnlyList<RecordRow>> LinkDueAsync(int limit);

    Task<IReadOnlyList<RecordRow>> HistoryDueAsync(long connectionId, int limit);

    /// <summary>Records of a connection that are to be pushed by T (<see cref="RecordRow.IsPushDue"/>, <see cref="RecordRow.PushNotBefore"/>), with an id above <paramref name="afterId"/>, in the order of their ids.</summary>
    Task<IReadOnlyList<RecordRow>> PushDueAsync(long connectionId, Instant at, long afterId, int limit);

    /// <summary>What is to be pushed by T, counted: for the breaker.</summary>
    Task<PushCounts> CountPushDueAsync(long connectionId, Instant at);

    /// <summary>Remembers that a listing of everything showed these records at an instant.</summary>
    Task MarkSeenAsync(IReadOnlyCollection<long> recordIds, Instant at);

    /// <summary>Records of an object that are not gone and that no listing showed since an instant, with an id above <paramref name="afterId"/>, in the order of their ids.</summary>
    Task<IReadOnlyList<RecordRow>> UnseenSinceAsync(long connectionId, string personObject, Instant since, long afterId, int limit);

    /// <summary>Records of an object that are gone, with an id above <paramref name="afterId"/>, in the order of their ids; those of one reason to be parked left out.</summary>
    Task<IReadOnlyList<RecordRow>> GoneAsync(long connectionId, string personObject, string exceptParked, long afterId, int limit);

    /// <summary>The account's records hold nothing in these fields any more: what they should show is to be pushed again.</summary>
    Task ForgetKnownAsync(long connectionId, IReadOnlyCollection<string> fields);

    Task<IReadOnlyList<RecordRow>> WithOverridesAsync(long? connectionId);

    Task<IReadOnlyList<CompanyRow>> CompaniesAsync(long connectionId, IReadOnlyCollection<string> externalIds);

    /// <summary>Answers the companies of which an attribute changed, so that their people are re-scored.</summary>
    Task<IReadOnlyList<string>> SaveCompaniesAsync(IReadOnlyList<CompanyRow> rows);

    Task<IReadOnlyList<OwnerRow>> OwnersAsync(long connectionId);

    /// <summary>Marks due the leads of records whose owner became active or inactive, has another address, or is new.</summary>
    /// <summary>Marks due the leads of owners that are new, or whose activity or address changed.</summary>
    Task SaveOwnersAsync(IReadOnlyList<OwnerRow> rows);

    /// <summary>Marks due the leads of all records of a connection: what its records should show changed.</summary>
    Task MarkDueByConnectionAsync(long connectionId);

    /// <summary>Marks due the leads of records of these companies.</summary>
    Task MarkDueByCompanyAsync(long connectionId, IReadOnlyCollection<string> companyIds);
}

/// <param name="Records">All records of the connection that are not gone.</param>
public readonly record struct PushCounts(int Records, int PushDue, int LifecycleMoves, int HandOvers);
