using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;

namespace CrmLeadQualifier.Sync.Tests.Fakes;

/// <summary>
/// A CRM in memory, strict where a real one is: its search shows changes late, its lifecycle only moves forward and refuses silently, stamps move with every write, batches have limits.
/// Faults are thrown before or after a call was carried out.
/// </summary>
public sealed partial class FakeCrm(TimeProvider clock, string accountId = "4711") : ICrm
{
    public static readonly string[] Stages = ["subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer"];

    private readonly Dictionary<string, FakeContact> _contacts = [];
    private readonly List<(Instant IndexedAt, CrmActivity Activity)> _activities = [];
    private readonly Dictionary<string, CrmDeal> _deals = [];
    private readonly Dictionary<string, CrmCompany> _companies = [];
    private readonly Dictionary<string, CrmOwner> _owners = new()
    {
        ["alice"] = new CrmOwner("alice", "u-alice", "alice@us.example", "Alice Roy", true),
        ["bob"] = new CrmOwner("bob", "u-bob", "bob@us.example", "Bob Martin", true),
    };

    private Instant _lastStamp;
    private long _calls;

    public CrmKind Kind { get; init; } = CrmKind.HubSpot;

    public string AccountId { get; set; } = accountId;

    public IReadOnlyList<string> PersonObjects => Kind == CrmKind.Salesforce ? ["contact", "lead"] : ["contact"];

    public IReadOnlyList<StreamDescription> Streams =>
    [
        new("owners", StreamContentKind.Owners, ChangeTracking.FullRead, TimeSpan.FromHours(1)),
        new("companies", StreamContentKind.Companies, ChangeTracking.ModifiedSince, TimeSpan.FromMinutes(5)),
        .. PersonObjects.Select(name => new StreamDescription(name + "s", StreamContentKind.Records, ChangeTracking.ModifiedSince, TimeSpan.Zero)),
        new("visits", StreamContentKind.Activities, ChangeTracking.ModifiedSince, TimeSpan.Zero) 
        {
            Kinds = ["page_view", "form_submission"],
            Fallback = CountsVisits ? new StreamFallback("visits", ["page_view"], ["page_view"]) : null,
        },
        new("deals", StreamContentKind.Deals, ChangeTracking.ModifiedSince, TimeSpan.Zero),
    ];

    /// <summary>Null: it takes batches only.</summary>
    public FakeWriteJobs? Jobs { get; set; }

    public IWriteJobs? WriteJobs => Jobs;

    /// <summary>Our text fields that are shorter here than usual.</summary>
    public Dictionary<string, int> ShorterTexts { get; } = [];

    public Task<IReadOnlyDictionary<string, int>> ShorterTextsAsync(string personObject, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyDictionary<string, int>>(ShorterTexts);

    public BatchSizes BatchSizes { get; set; } = new(100, 100, 50);

    public CallCounts Calls => new(_calls, 0);

    public CallQuota? Quota { get; set; }

    public int SideBySide { get; set; } = 1;

    /// <summary>Visits of before a contact was known, by contact: told of single contacts only.</summary>
    public Dictionary<string, CrmActivity> LateVisits { get; } = [];

    public StreamDescription? LateStream => Streams.First(stream => stream.Name == "visits");

    /// <summary>What it counts on a contact stands for its visits where it refuses them.</summary>
    public bool CountsVisits { get; set; }

    public int PageSize { get; set; } = 100;

    /// <summary>How late windows show a change.</summary>
    public TimeSpan IndexingLag { get; set; }

    /// <summary>Asked with the call's name before it is carried out; throws what the CRM answers instead.</summary>
    public Action<string> BeforeCall { get; set; } = _ => { };

    /// <summary>Asked after the call was carried out: its answer is lost.</summary>
    public Action<string> AfterCall { get; set; } = _ => { };

    /// <summary>Why the CRM refuses a record's write; null: it takes it.</summary>
    public Func<RecordWrite, string?> Refuses { get; set; } = _ => null;

    /// <summary>Records that another transaction holds: not written, and by no fault of theirs.</summary>
    public HashSet<string> Held { get; } = [];

    /// <summary>Records for which the CRM refuses a batch as a whole, without saying which it was.</summary>
    public HashSet<string> RefusedInBatch { get; } = [];

    /// <summary>Our fields that this account lacks.</summary>
    public HashSet<string> MissingFields { get; } = [];

    public HashSet<string> RefusedStreams { get; } = [];

    /// <summary>Attributes whose field is hidden or deleted.</summary>
    public HashSet<string> HiddenAttributes { get; } = [];

    public Dictionary<string, HashSet<string>> Lists { get; } = [];

    /// <summary>Rows of a stream that cannot be read, by their id.</summary>
    public HashSet<string> UnreadableVisits { get; } = [];

    /// <summary>Every field that we wrote, in order.</summary>
    public List<Written> Log { get; } = [];

    /// <summary>The names of the calls, in order.</summary>
    public List<string> CallLog { get; } = [];

    public FakeContact this[string id] => _contacts[id];

    public IEnumerable<FakeContact> Contacts => _contacts.Values;

    private Instant Now => Instant.Now(clock);

    public Task<CrmAccount> GetAccountAsync(CancellationToken cancellation) =>
        Call("account", () => new CrmAccount(Kind, AccountId, "Europe/Paris", Now), cancellation);

    public Task<StreamPage> ReadPageAsync(PageRequest request, CancellationToken cancellation) => Call($"page {request.Stream}", () =>
    {
        if (RefusedStreams.Contains(request.Stream))
        {
            throw new StreamRefusedException(request.Stream, "the plan does not include it", "Ask for the scope.");
        }

        return request.Stream switch
        {
            "contacts" or "leads" when request.IsGone => Page(
                request, _contacts.Values.Where(contact => contact is { IsGone: true, IsPurged: false } && contact.Object + "s" == request.Stream),
                contact => contact.Stamp, contact => contact.IndexedAt, contact => contact.Id,
                (page, rows) => page with { Changed = [.. rows.Select(contact => new ChangedRow(contact.Id, contact.Stamp))] }),
            "owners" => new StreamPage(Now, null) { Content = new StreamRows { Owners = [.. _owners.Values] }, RowsRead = _owners.Count },
            "contacts" or "leads" when Kind == CrmKind.Salesforce => Page(
                request, _contacts.Values.Where(contact => contact.Object + "s" == request.Stream && !(contact.IsGone && request.Window is null)),
                contact => contact.Stamp, contact => contact.IndexedAt, contact => contact.Id,
                (page, rows) => page with { Content = new StreamRows { Records = [.. rows.Select(Read)] } }),
            "contacts" => Page(
                request, _contacts.Values.Where(contact => !contact.IsGone), contact => contact.Stamp, contact => contact.IndexedAt, contact => contact.Id,
                (page, rows) => request.Window is null
                    ? page with { Content = new StreamRows { Records = [.. rows.Select(Read)] } }
                    : page with { Changed = [.. rows.Select(contact => new ChangedRow(contact.Id, contact.Stamp, Read(contact)))] }),
            "companies" => Page(
                request, _companies.Values, company => company.Stamp, company => company.Stamp, company => company.Id,
                (page, rows) => page with { Content = new StreamRows { Companies = [.. rows] } }),
            "visits" => Page(
                request, _activities.Where(row => !row.Activity.RecordIds.Any(id => _contacts.GetValueOrDefault(id)?.IsPurged == true)), row => row.Activity.Stamp!.Value, row => row.IndexedAt, row => row.Activity.Id,
                (page, rows) => page with
                {
                    Content = new StreamRows
                    {
                        Activities = [.. rows.Select(row => row.Activity).Where(activity => !UnreadableVisits.Contains(activity.Id))],
                        Unreadable = [.. rows.Where(row => UnreadableVisits.Contains(row.Activity.Id)).Select(row => new UnreadableRow(row.Activity.Id, "it has no time"))],
                    },
                }),
            "deals" => Page(
                request, _deals.Values, deal => deal.Stamp, deal => deal.Stamp, deal => deal.Id, (page, rows) => page with { Content = new StreamRows { Deals = [.. rows] } }),
            _ => throw new InvalidOperationException($"There is no stream {request.Stream}."),
        };
    }, cancellation);

    public Task<StreamRows> ReadLateAsync(IReadOnlyList<string> recordIds, CancellationToken cancellation) => Call(
        "late " + string.Join(' ', recordIds),
        () => new StreamRows { Activities = [.. recordIds.Where(LateVisits.ContainsKey).Select(id => LateVisits[id] with { RecordIds = [id] })] },
        cancellation);

    public Task<StreamRows> FetchAsync(string stream, IReadOnlyList<string> ids, CancellationToken cancellation) => Call("fetch", () =>
        new StreamRows
        {
            Records = [.. ids.Select(id => _contacts[id].IsGone ? _contacts.Values.FirstOrDefault(other => other.Aliases.Contains(id)) : _contacts[id]).OfType<FakeContact>().Distinct().Select(Read)],
        }, cancellation);

    public Task<IReadOnlyList<string>> ErasedAsync(string personObject, IReadOnlyList<string> ids, CancellationToken cancellation) => Call<IReadOnlyList<string>>(
        "erased", () => [.. ids.Where(id => !_contacts.TryGetValue(id, out var contact) || contact.IsPurged)], cancellation);

    public Task<IReadOnlyList<CrmRecord>> ReadRecordsAsync(string personObject, IReadOnlyList<string> ids, CancellationToken cancellation) => Call<IReadOnlyList<CrmRecord>>(
        "read", () => [.. ids.Where(_contacts.ContainsKey).Select(id => _contacts[id]).Where(contact => !contact.IsGone).Select(Read)], cancellation);

    public Task<IReadOnlyList<FieldChange>> ReadHistoryAsync(string personObject, IReadOnlyList<string> ids, IReadOnlyList<string> fields, CancellationToken cancellation) =>
        Call<IReadOnlyList<FieldChange>>(
            "history",
            () => [.. ids.Where(_contacts.ContainsKey).Select(id => _contacts[id]).Where(contact => !contact.IsGone)
                .SelectMany(contact => contact.History.Where(change => fields.Contains(change.Field))).OrderByDescending(change => change.At)],
            cancellation);

    /// <summary>The tasks that owners got.</summary>
    public List<OwnerTask> Tasks { get; } = [];

    public Task CreateTaskAsync(OwnerTask task, CancellationToken cancellation) => Call("task", () =>
    {
        if (task.MayBeThere && Tasks.Any(made => made.RecordId == task.RecordId && made.Subject == task.Subject))
        {
            return 0;
        }

        Tasks.Add(task);
        return 0;
    }, cancellation);

    public Task<IReadOnlyList<WriteResult>> WriteAsync(string personObject, IReadOnlyList<RecordWrite> batch, CancellationToken cancellation) => Call<IReadOnlyList<WriteResult>>("write", () =>
    {
        Assert.All(batch.Where(write => _contacts.ContainsKey(write.RecordId)), write => Assert.Equal(_contacts[write.RecordId].Object, personObject));
        Assert.DoesNotContain(batch, write => _contacts[write.RecordId].Conversion is not null);
        Assert.InRange(batch.Count, 1, BatchSizes.Write);
        Assert.Equal(batch.Count, batch.DistinctBy(write => write.RecordId).Count());
        Assert.All(batch, write => Assert.True(write.Fields.Count > 0 || write.Lifecycle is not null, "an empty write"));
        Assert.All(batch.SelectMany(write => write.Fields.Keys), field => Assert.NotNull(LeadField.Find(field)));
        var missing = batch.SelectMany(write => write.Fields.Keys).Where(MissingFields.Contains).Distinct().ToList();
        if (missing.Count > 0)
        {
            throw new BatchRefusedException("the account does not have all of these properties", missing);
        }

        return batch.Any(write => RefusedInBatch.Contains(write.RecordId))
            ? throw new BatchRefusedException("something in this batch is wrong", [])
            : [.. batch.Select(Write)];
    }, cancellation);

    public Task<IReadOnlyList<string>> ReadListAsync(string list, CancellationToken cancellation) => Call<IReadOnlyList<string>>("list", () => [.. Lists[list]], cancellation);

    public Task<IReadOnlyList<LifecycleStage>> GetLifecycleAsync(CancellationToken cancellation) =>
        Call<IReadOnlyList<LifecycleStage>>("lifecycle", () => Kind == CrmKind.Salesforce ? [] : [.. Stages.Select(stage => new LifecycleStage(stage, stage))], cancellation);

    public Task<IReadOnlySet<string>> ReadableAttributesAsync(CancellationToken cancellation) =>
        Call<IReadOnlySet<string>>("describe", () => AttributeSchema.StandardAttributes.Select(attribute => attribute.Name).Except(HiddenAttributes).ToHashSet(), cancellation);

    /// <summary>The token may not create fields.</summary>
    public bool RefusesProvisioning { get; set; }

    public Task<IReadOnlyList<ProvisioningStep>> PlanProvisioningAsync(IReadOnlyList<FieldDefinition> fields, CancellationToken cancellation) => Call<IReadOnlyList<ProvisioningStep>>(
        "plan", () => [.. fields.Where(field => MissingFields.Contains(field.Field.Name)).Select(field => new ProvisioningStep(field.Field.Name, $"create {field.Field.Name}"))], cancellation);

    public Task<IReadOnlyList<string>> ProvisionAsync(IReadOnlyList<FieldDefinition> fields, IReadOnlyList<ProvisioningStep> steps, CancellationToken cancellation) => Call<IReadOnlyList<string>>(
        "provision",
        () =>
        {
            if (RefusesProvisioning)
            {
                throw new FatalCrmException("the scope to create fields is missing", "Give it.");
            }

            MissingFields.ExceptWith(steps.Select(step => step.Target));
            return [];
        },
        cancellation);

    public Task<RemovalPlan> PlanRemovalAsync(CancellationToken cancellation) => throw new InvalidOperationException("A sync removes nothing.");

    public Task RemoveAsync(IReadOnlyList<ProvisioningStep> steps, CancellationToken cancellation) => throw new InvalidOperationException("A sync removes nothing.");

    public IAsyncEnumerable<CheckFinding> CheckAsync(IReadOnlyList<FieldDefinition> fields, CancellationToken cancellation) =>
        throw new InvalidOperationException("A sync checks nothing.");

    internal Task<T> Call<T>(string name, Func<T> answer, CancellationToken cancellation) =>
        SideBySide > 1 ? CallLaterAsync(name, answer, cancellation) : Task.FromResult(CallNow(name, answer, cancellation));

    private async Task<T> CallLaterAsync<T>(string name, Func<T> answer, CancellationToken cancellation)
    {
        await Task.Yield();
        lock (_contacts)
        {
            return CallNow(name, answer, cancellation);
        }
    }

    private T CallNow<T>(string name, Func<T> answer, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        _calls++;
        CallLog.Add(name);
        BeforeCall(name);
        var answered = answer();
        AfterCall(name);
        return answered;
    }

    internal WriteResult Write(RecordWrite write)
    {
        Assert.All(write.Fields, field => Assert.True(field.Value.Length <= ShorterTexts.GetValueOrDefault(field.Key, int.MaxValue), "a text that does not fit"));
        if (!_contacts.TryGetValue(write.RecordId, out var contact) || contact.IsGone)
        {
            return new WriteResult(write.RecordId, WriteOutcome.Gone);
        }

        if (Held.Contains(write.RecordId))
        {
            return new WriteResult(write.RecordId, WriteOutcome.Again) { Reason = "somebody holds it" };
        }

        if (Refuses(write) is { } reason)
        {
            return new WriteResult(write.RecordId, WriteOutcome.Refused) { Reason = reason };
        }

        Touch(contact);
        foreach (var (field, value) in write.Fields)
        {
            Put(contact.Fields, field, value);
            contact.History.Add(new FieldChange(contact.Id, field, value, contact.Stamp, false, null, "INTEGRATION") { IsOurs = true });
            Log.Add(new Written(contact.Id, field, value));
        }

        if (write.Lifecycle is { } stage)
        {
            Log.Add(new Written(contact.Id, "lifecycle", stage));
            if (stage.Length == 0 || Array.IndexOf(Stages, stage) >= Array.IndexOf(Stages, contact.Lifecycle))
            {
                contact.Lifecycle = stage.Length == 0 ? null : stage;
            }
        }

        return new WriteResult(contact.Id, WriteOutcome.Written) { Stamp = contact.Stamp };
    }

    private StreamPage Page<T>(
        PageRequest request, IEnumerable<T> all, Func<T, Instant> stamp, Func<T, Instant> indexedAt, Func<T, string> id, Func<StreamPage, IReadOnlyList<T>, StreamPage> fill)
    {
        // A page goes on after the row that ended the one before: rows that change meanwhile leave the window and shift nothing.
        var rows = request.Window is { } window
            ? all.Where(row => stamp(row) >= window.From && stamp(row) < window.To && indexedAt(row) <= Now).Select(row => (Place: $"{stamp(row).UnixMilliseconds:D15} {id(row)}", Row: row))
            : all.Select(row => (Place: id(row), Row: row));
        var page = rows.OrderBy(row => row.Place, StringComparer.Ordinal)
            .Where(row => request.Position is null || string.CompareOrdinal(row.Place, request.Position) > 0)
            .Take(PageSize + 1)
            .ToList();
        var shown = page.Take(PageSize).ToList();
        return fill(new StreamPage(Now, page.Count > PageSize ? shown[^1].Place : null) { RowsRead = shown.Count }, [.. shown.Select(row => row.Row)]);
    }

    private CrmRecord Read(FakeContact contact) => new(contact.Object, contact.Id, contact.Stamp)
    {
        Attributes = contact.Attributes.Where(attribute => !HiddenAttributes.Contains(attribute.Key)).ToDictionary(x => x.Key, x => x.Value),
        Unread = HiddenAttributes,
        Fields = new Dictionary<string, string>(contact.Fields),
        Lifecycle = contact.Lifecycle,
        OwnerId = contact.OwnerId,
        CompanyId = contact.CompanyId,
        Emails = [.. contact.Emails],
        Aliases = [.. contact.Aliases],
        SameAs = [.. contact.SameAs],
        Counters = contact.Visits is { } visits
            ? [new CrmCounter("visits", "visits", "page_view", visits.Count) { LastAt = visits.LastAt, LastAttributes = new Dictionary<string, string> { ["url"] = "https://us.example/last" } }]
            : [],
        HasLateActivities = LateVisits.Count > 0,
        IsGone = contact.IsGone,
        Conversion = contact.Conversion,
    };

    private CrmActivity Demo(Instant? at) =>
        new($"form:{_activities.Count + 1}", "form_submission", at ?? Now, new Dictionary<string, string> { ["form"] = "Ask for a demo" });

    private void AddActivity(CrmActivity activity) => _activities.Add((Now + IndexingLag, activity with { RowId = activity.Id, Stamp = NextStamp() }));

    private void Touch(FakeContact contact)
    {
        contact.Stamp = NextStamp();
        contact.IndexedAt = Now + IndexingLag;
    }

    private Instant NextStamp() => _lastStamp = Instant.Latest(Now, _lastStamp + TimeSpan.FromMilliseconds(1));

    private static void Put(Dictionary<string, string> fields, string field, string value)
    {
        if (value.Length > 0)
        {
            fields[field] = value;
        }
        else
        {
            fields.Remove(field);
        }
    }
}
