using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;

namespace CrmLeadQualifier.Crm;

/// <summary>
/// What any CRM is to us: streams of records, activities and deals to read, fields to write. One instance serves one connection.
/// <para>
/// Every member may throw <see cref="Errors.RetriableCrmException"/> (try again, not before its time), <see cref="Errors.FatalCrmException"/> (the connection stops until an
/// admin acts) or, where it says so, <see cref="Errors.StreamRefusedException"/> and <see cref="Errors.BatchRefusedException"/>. Retries within a call (a 429, a 5xx, one refresh of a
/// token) are the implementation's own; what reaches the caller is what is left after them. Nothing here knows scores, stages or the ledger.
/// </para>
/// </summary>
public interface ICrm
{
    CrmKind Kind { get; }

    /// <summary>The object whose records stand for people and are written: <c>contact</c>; Salesforce has two.</summary>
    IReadOnlyList<string> PersonObjects { get; }

    /// <summary>The streams in the order in which they are read: what others refer to comes first.</summary>
    IReadOnlyList<StreamDescription> Streams { get; }

    /// <summary>
    /// How many streams are best read, and batches written, side by side, so that the CRM's answering time is not what limits. 1: the order matters, or nothing is won. Where it is more, members may be
    /// called beside each other, but for pages of one stream.
    /// </summary>
    int SideBySide => 1;

    /// <summary>How many records one <see cref="WriteAsync"/> takes, and one <see cref="ReadHistoryAsync"/> costs one call for.</summary>
    BatchSizes BatchSizes { get; }

    /// <summary>API calls sent so far by this instance, and those the CRM refused; for the run's counts.</summary>
    CallCounts Calls { get; }

    /// <summary>The account's calls of the day, whoever made them, as the last answer told; null: it did not.</summary>
    CallQuota? Quota { get; }

    /// <summary>Who the token belongs to; one call.</summary>
    Task<CrmAccount> GetAccountAsync(CancellationToken cancellation);

    /// <summary>
    /// One page of a stream: of everything (first read) or of what changed in a window. Where <see cref="StreamPage.NeedsFetch"/>, the rows are ids with stamps and the
    /// content of those that are news is asked for by <see cref="FetchAsync"/>. A page may be empty and still have a next one.
    /// </summary>
    /// <exception cref="Errors.StreamRefusedException">The plan or the scopes do not give this stream: it is switched off, not the connection.</exception>
    Task<StreamPage> ReadPageAsync(PageRequest request, CancellationToken cancellation);

    /// <summary>
    /// The stream whose activities may come long after they happened: when the CRM learns who somebody was, it gives that person what was nobody's, with old times. Null: there is none.
    /// </summary>
    StreamDescription? LateStream => null;

    /// <summary>The activities of <see cref="LateStream"/> of single records, as far back as they may have come late.</summary>
    /// <exception cref="Errors.StreamRefusedException">The plan or the scopes do not give this stream.</exception>
    Task<StreamRows> ReadLateAsync(IReadOnlyList<string> recordIds, CancellationToken cancellation) => Task.FromResult(StreamRows.Empty);

    /// <summary>The present content of rows of a stream, in any number; rows that are gone are left out, a merged one comes back under its new id with the old one in its aliases.</summary>
    Task<StreamRows> FetchAsync(string stream, IReadOnlyList<string> ids, CancellationToken cancellation);

    /// <summary>
    /// Of person records that <see cref="FetchAsync"/> leaves out: those of which the CRM keeps nothing at all, not even among its deleted ones. They were deleted for privacy, or so long ago that the CRM
    /// erased them itself. Empty where the CRM does not let that be told apart.
    /// </summary>
    Task<IReadOnlyList<string>> ErasedAsync(string personObject, IReadOnlyList<string> ids, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>Our fields, the lifecycle and the stamp of person records as they are now; gone ones are left out.</summary>
    Task<IReadOnlyList<CrmRecord>> ReadRecordsAsync(string personObject, IReadOnlyList<string> ids, CancellationToken cancellation);

    /// <summary>Every change of the given fields of person records, newest first, with who made it, as far back as the CRM tells.</summary>
    Task<IReadOnlyList<FieldChange>> ReadHistoryAsync(string personObject, IReadOnlyList<string> ids, IReadOnlyList<string> fields, CancellationToken cancellation);

    /// <summary>
    /// Sends one batch; at most <see cref="BatchSizes.Write"/> records, each id once. Answers one result for each record, in any order.
    /// </summary>
    /// <exception cref="Errors.BatchRefusedException">The CRM refused the batch as a whole and does not say for which record; nothing was written.</exception>
    /// <exception cref="Errors.UnknownOutcomeException">The batch left and no answer came: it may have been written.</exception>
    Task<IReadOnlyList<WriteResult>> WriteAsync(string personObject, IReadOnlyList<RecordWrite> batch, CancellationToken cancellation);

    /// <summary>Null: this CRM takes batches only.</summary>
    IWriteJobs? WriteJobs => null;

    /// <summary>Our text fields that hold less in this account than <see cref="LeadField"/> says, with how many characters they hold: a value is cut to that before it is compared and written.</summary>
    Task<IReadOnlyDictionary<string, int>> ShorterTextsAsync(string personObject, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyDictionary<string, int>>(new Dictionary<string, int>());

    /// <summary>
    /// Gives the owner of a record a task. Never tried a second time by itself: after no answer the caller asks again with <see cref="OwnerTask.MayBeThere"/>.
    /// </summary>
    /// <exception cref="Errors.SkippableRecordException">The CRM does not take this task.</exception>
    /// <exception cref="Errors.UnknownOutcomeException">It left and no answer came: it may have been made.</exception>
    Task CreateTaskAsync(OwnerTask task, CancellationToken cancellation);

    /// <summary>The ids of the person records on a list (HubSpot list id), or that a condition selects (SOQL): the pilot's records.</summary>
    Task<IReadOnlyList<string>> ReadListAsync(string list, CancellationToken cancellation);

    /// <summary>The account's own lifecycle stages, first to last; empty where the CRM has none.</summary>
    Task<IReadOnlyList<LifecycleStage>> GetLifecycleAsync(CancellationToken cancellation);

    /// <summary>The attributes of the agreement for which the account has a mapped field that we may read.</summary>
    Task<IReadOnlySet<string>> ReadableAttributesAsync(CancellationToken cancellation);

    /// <summary>What provisioning would have to change so that the CRM has exactly these fields; empty if nothing.</summary>
    Task<IReadOnlyList<ProvisioningStep>> PlanProvisioningAsync(IReadOnlyList<FieldDefinition> fields, CancellationToken cancellation);

    /// <summary>What the CRM would refuse of planned steps, as far as it can say so beforehand; changes nothing.</summary>
    Task<IReadOnlyList<string>> RehearseProvisioningAsync(IReadOnlyList<FieldDefinition> fields, IReadOnlyList<ProvisioningStep> steps, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>All that provisioning makes, as files that an admin brings in by the CRM's own tools; empty: the CRM knows no such thing.</summary>
    Task<IReadOnlyList<PackageFile>> ExportProvisioningAsync(IReadOnlyList<FieldDefinition> fields, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<PackageFile>>([]);

    /// <summary>Carries out planned steps. Doing it again changes nothing. Answers what the CRM refused though it can be done without, and what to do about it.</summary>
    Task<IReadOnlyList<string>> ProvisionAsync(IReadOnlyList<FieldDefinition> fields, IReadOnlyList<ProvisioningStep> steps, CancellationToken cancellation);

    /// <summary>What of ours is in the CRM and would be taken out; reads only.</summary>
    Task<RemovalPlan> PlanRemovalAsync(CancellationToken cancellation);

    /// <summary>Takes planned steps out of the CRM, with the values that our fields hold. Doing it again changes nothing.</summary>
    Task RemoveAsync(IReadOnlyList<ProvisioningStep> steps, CancellationToken cancellation);

    /// <summary>Tests what the connection needs, one finding for each thing tested, each failure with what to do about it.</summary>
    IAsyncEnumerable<CheckFinding> CheckAsync(IReadOnlyList<FieldDefinition> fields, CancellationToken cancellation);
}

/// <param name="Write">Records in one write call.</param>
/// <param name="History">Records in one history call.</param>
public sealed record BatchSizes(int Write, int Read, int History);

/// <param name="Sent">Requests that left, retries included.</param>
/// <param name="Refused">Answers 401, 403, 423, 429 and 477 among them.</param>
public readonly record struct CallCounts(long Sent, long Refused)
{
    /// <summary>How long at least five independent calls were ready, so that only the CRM's limits decided how fast they left; zero: not measured.</summary>
    public TimeSpan Busy { get; init; }

    /// <summary>Calls that left in that time; those with a limit of their own left out.</summary>
    public long SentWhileBusy { get; init; }
}

/// <param name="Used">Of <paramref name="Allowed"/> calls, in the day (HubSpot) or the last 24 hours (Salesforce).</param>
public readonly record struct CallQuota(long Used, long Allowed)
{
    public long Left => Math.Max(0, Allowed - Used);
}

/// <param name="Id">As the record's lifecycle field holds it.</param>
public sealed record LifecycleStage(string Id, string Label);

/// <summary>One difference between the fields as they are and as they should be, in words, such as <c>create property lq_score</c>.</summary>
/// <param name="Target">The field or group it changes.</param>
public sealed record ProvisioningStep(string Target, string Description);

/// <param name="Path">Within the package's folder, with slashes.</param>
public sealed record PackageFile(string Path, string Text);

/// <param name="ByHand">What this program does not take out of that CRM, and where an admin does it; null: it takes out everything.</param>
public sealed record RemovalPlan(IReadOnlyList<ProvisioningStep> Steps, string? ByHand);

/// <param name="Subject">What was tested: <c>token</c>, <c>account</c>, <c>scope crm.objects.contacts.read</c>, <c>property lq_score</c>, <c>stream page_views</c>, <c>clock</c> …</param>
/// <param name="Advice">What to do about it; null when all is well.</param>
public sealed record CheckFinding(string Subject, CheckResult Result, string Finding, string? Advice = null);

public enum CheckResult
{
    Passed,
    Notice,
    Failed,
}
