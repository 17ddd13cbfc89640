using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Budget;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Checks;
using CrmLeadQualifier.HubSpot.Http;
using CrmLeadQualifier.HubSpot.Mapping;
using CrmLeadQualifier.HubSpot.Provisioning;
using CrmLeadQualifier.HubSpot.Streams;
using CrmLeadQualifier.HubSpot.Writing;

namespace CrmLeadQualifier.HubSpot;

/// <summary>One HubSpot portal.</summary>
public sealed class HubSpotCrm : ICrm, IDisposable
{
    /// <summary>A page of a list's members takes up to this many.</summary>
    private const int MembersPerPage = 250;

    private readonly HubSpotTransport _transport;
    private readonly PortalDescription _description;
    private readonly ContactProperties _properties;
    private readonly ContactReader _contacts;
    private readonly ContactWriting _writing;
    private readonly ContactHistory _history;
    private readonly PropertyProvisioning _provisioning;
    private readonly Removal _removal;
    private readonly ConnectionCheck _check;
    private readonly Dictionary<string, IHubSpotStream> _streams;
    private readonly PageViewStream _pageViews;

    /// <param name="description">What is known of the portal from clients before this one.</param>
    internal HubSpotCrm(HubSpotConnection connection, HttpClient client, ICallBudget budget, TimeProvider clock, PortalDescription? description = null)
    {
        _transport = new HubSpotTransport(connection, client, budget, clock);
        _description = description ?? new PortalDescription(clock);
        _properties = new ContactProperties(_transport, clock, _description);
        var conversions = new RecentConversions();
        _contacts = new ContactReader(connection, _properties, conversions);
        _writing = new ContactWriting(_transport);
        _history = new ContactHistory(_transport, connection.AppId);
        var room = new PropertyRoom(_transport);
        var lists = new ListProvisioning(_transport);
        _provisioning = new PropertyProvisioning(_transport, _properties, room, lists);
        _removal = new Removal(_transport, _properties, lists);
        var companies = new CompanyReader(connection);
        IHubSpotStream[] streams = [.. StreamTable.Of(connection, _transport, _contacts, companies, conversions)];
        _streams = streams.ToDictionary(stream => stream.Description.Name);
        _pageViews = streams.OfType<PageViewStream>().Single();
        Streams = [.. streams.Select(stream => stream.Description)];
        _check = new ConnectionCheck(
            this,
            [.. streams.Where(stream => stream is not AllFormsStream)],
            _properties,
            new ScopeCheck(connection, _transport),
            new PropertyCheck(_transport, _properties, _contacts, companies, room),
            new PortalCheck(_transport, lists, connection.ShareOfDay),
            clock);
    }

    public CrmKind Kind => CrmKind.HubSpot;

    public IReadOnlyList<string> PersonObjects { get; } = [ContactReader.Object];

    public IReadOnlyList<StreamDescription> Streams { get; }

    public BatchSizes BatchSizes { get; } = new(ContactWriting.PerCall, ObjectReading.PerCall, ObjectReading.PerCallWithHistory);

    /// <summary>All streams together have fewer requests ready than the gate lets out.</summary>
    public int SideBySide => 16;

    public CallCounts Calls => _transport.Calls;

    public CallQuota? Quota => _transport is { Daily: { } allowed, DailyRemaining: { } left } ? new CallQuota(allowed - left, allowed) : null;

    public async Task<CrmAccount> GetAccountAsync(CancellationToken cancellation)
    {
        var answer = await _transport.CallAsync(
            new CallContext("the account"), t => _transport.Account.GetDetailsAsync(_transport.Paths.Account, t), cancellation).ConfigureAwait(false);
        _transport.AccountTimeZone = answer.Body.TimeZone;
        return answer.Body.PortalId is { Length: > 0 } id
            ? new CrmAccount(CrmKind.HubSpot, id, answer.Body.TimeZone, answer.Date)
            : throw new FatalCrmException("HubSpot's answer names no portal.", "Check the connection's BaseUrl.");
    }

    public Task<StreamPage> ReadPageAsync(PageRequest request, CancellationToken cancellation) =>
        Stream(request.Stream).ReadPageAsync(request.Window, request.Position ?? (request.IsGone ? PagePosition.Archived : null), cancellation);

    public StreamDescription? LateStream => _pageViews.Description;

    public Task<StreamRows> ReadLateAsync(IReadOnlyList<string> recordIds, CancellationToken cancellation) => _pageViews.OfContactsAsync(recordIds, cancellation);

    public Task<StreamRows> FetchAsync(string stream, IReadOnlyList<string> ids, CancellationToken cancellation) => Stream(stream).FetchAsync(ids, cancellation);

    public async Task<IReadOnlyList<string>> ErasedAsync(string personObject, IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        var call = new CallContext("deleted contacts") { Importance = CallImportance.Reconcile };
        var path = _transport.Paths.Objects(ContactReader.ObjectType);
        var erased = new List<string>();
        foreach (var chunk in ids.Distinct().Chunk(ObjectReading.PerCall))
        {
            var request = new BatchReadRequest([.. chunk.Select(id => new ObjectId(id))], [ContactReader.StampProperty], null);
            var answer = await _transport.CallAsync(call, t => _transport.Objects.BatchReadDeletedAsync(path, request, t), cancellation).ConfigureAwait(false);
            var kept = (answer.Body.Results ?? []).Select(row => row?.Id).ToHashSet();
            foreach (var id in chunk.Where(id => !kept.Contains(id)))
            {
                // What is erased does not come back: a read of it alone has to say so as well, and it leads from a merged contact to its survivor.
                if (await MergedContacts.FindAsync(_transport, call, id, [ContactReader.StampProperty], cancellation).ConfigureAwait(false) is null)
                {
                    erased.Add(id);
                }
            }
        }

        return erased;
    }

    public async Task<IReadOnlyList<CrmRecord>> ReadRecordsAsync(string personObject, IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        var call = new CallContext("contacts");
        string[] properties = [.. LeadProperties.All, LeadProperties.Lifecycle, ContactReader.StampProperty, "hubspot_owner_id", "hs_merged_object_ids"];
        var found = await ObjectReading.ReadAsync(_transport, call, ContactReader.ObjectType, ids, properties, history: null, cancellation).ConfigureAwait(false);
        var all = await MergedContacts.AddAsync(_transport, call, ids, properties, found, cancellation).ConfigureAwait(false);
        return [.. all.Where(row => row.Id is { Length: > 0 }).Select(_contacts.Read).OfType<CrmRecord>()];
    }

    public Task<IReadOnlyList<FieldChange>> ReadHistoryAsync(string personObject, IReadOnlyList<string> ids, IReadOnlyList<string> fields, CancellationToken cancellation) =>
        _history.ReadAsync(ids, fields, cancellation);

    public Task<IReadOnlyList<WriteResult>> WriteAsync(string personObject, IReadOnlyList<RecordWrite> batch, CancellationToken cancellation) =>
        _writing.WriteAsync(batch, cancellation);

    public Task CreateTaskAsync(OwnerTask task, CancellationToken cancellation) => new OwnerTasks(_transport).CreateAsync(task, cancellation);

    public async Task<IReadOnlyList<string>> ReadListAsync(string list, CancellationToken cancellation)
    {
        var call = new CallContext("the list " + list);
        var path = _transport.Paths.ListMemberships(list);
        var guard = new LoopGuard("the list " + list);
        var members = new List<string>();
        string? after = null;
        do
        {
            var position = after;
            var answer = await _transport.FindAsync(call, t => _transport.Lists.ListMembersAsync(path, MembersPerPage, position, t), cancellation).ConfigureAwait(false)
                ?? throw new FatalCrmException(
                    $"HubSpot has no list {list}.", "A list is named by its number, which ends the list's address in the browser: mode NAME pilot --only NUMBER, or Connections:NAME:Scope.");
            members.AddRange((answer.Body.Results ?? []).Select(member => member?.RecordId).OfType<string>());
            after = Cursor.Next(answer.Body.Paging);
            guard.Follow(position, after);
        }
        while (after is not null);
        return members;
    }

    public async Task<IReadOnlyList<LifecycleStage>> GetLifecycleAsync(CancellationToken cancellation)
    {
        if (_description.Lifecycle is { } known)
        {
            return known;
        }

        var answer = await _transport.CallAsync(
            new CallContext("the lifecycle stages"), t => _transport.Account.ListPipelinesAsync(_transport.Paths.Pipelines("contacts"), t), cancellation).ConfigureAwait(false);
        return _description.Lifecycle =
        [
            .. (answer.Body.Results ?? []).FirstOrDefault()?.Stages?.Where(stage => stage is { Id: not null, Archived: not true })
                .OrderBy(stage => stage!.DisplayOrder).Select(stage => new LifecycleStage(stage!.Id!, stage.Label ?? stage.Id!)) ?? [],
        ];
    }

    public Task<IReadOnlySet<string>> ReadableAttributesAsync(CancellationToken cancellation) => _contacts.ReadableAttributesAsync(cancellation);

    public Task<IReadOnlyList<ProvisioningStep>> PlanProvisioningAsync(IReadOnlyList<FieldDefinition> fields, CancellationToken cancellation) =>
        _provisioning.PlanAsync(fields, cancellation);

    public Task<IReadOnlyList<string>> ProvisionAsync(IReadOnlyList<FieldDefinition> fields, IReadOnlyList<ProvisioningStep> steps, CancellationToken cancellation) =>
        _provisioning.ApplyAsync(fields, steps, cancellation);

    public async Task<RemovalPlan> PlanRemovalAsync(CancellationToken cancellation) =>
        new(await _removal.PlanAsync(cancellation).ConfigureAwait(false), ByHand: null);

    public Task RemoveAsync(IReadOnlyList<ProvisioningStep> steps, CancellationToken cancellation) => _removal.ApplyAsync(steps, cancellation);

    public IAsyncEnumerable<CheckFinding> CheckAsync(IReadOnlyList<FieldDefinition> fields, CancellationToken cancellation) => _check.RunAsync(fields, cancellation);

    public void Dispose() => _transport.Dispose();

    private IHubSpotStream Stream(string name) =>
        _streams.GetValueOrDefault(name) ?? throw new ArgumentException($"HubSpot has no stream {name}.", nameof(name));
}
