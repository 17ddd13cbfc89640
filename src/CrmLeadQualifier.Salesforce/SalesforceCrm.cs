using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Salesforce.Checks;
using CrmLeadQualifier.Salesforce.Http;
using CrmLeadQualifier.Salesforce.Mapping;
using CrmLeadQualifier.Salesforce.Provisioning;
using CrmLeadQualifier.Salesforce.Queries;
using CrmLeadQualifier.Salesforce.Streams;
using CrmLeadQualifier.Salesforce.Writing;

namespace CrmLeadQualifier.Salesforce;

/// <summary>One Salesforce org.</summary>
public sealed class SalesforceCrm : ICrm, IDisposable
{
    /// <summary>What a condition of a list begins with where it is for one object only.</summary>
    private const string LeadCondition = "Lead:";
    private const string ContactCondition = "Contact:";

    private readonly SalesforceTransport _transport;
    private readonly QueryReading _queries;
    private readonly StreamTable _table;
    private readonly ObjectDescriptions _descriptions;
    private readonly Organization _organization;
    private readonly Dictionary<string, PersonAccess> _people;
    private readonly MetadataProvisioning _provisioning;
    private readonly MetadataRemoval _removal;
    private readonly ConnectionCheck _check;
    private readonly Dictionary<string, ISalesforceStream> _streams;
    private readonly IReadOnlyList<LeadAttribute> _attributes;
    private readonly bool _writesLeadStatus;

    /// <param name="known">What clients before this one were told of the org.</param>
    internal SalesforceCrm(SalesforceConnection connection, Func<HttpClient> newClient, TimeProvider clock, KnownOrg? known = null)
    {
        known ??= new KnownOrg();
        _transport = new SalesforceTransport(connection, newClient, clock);
        _queries = new QueryReading(_transport);
        _descriptions = new ObjectDescriptions(_transport, known, clock);
        _organization = new Organization(_queries);
        _attributes = connection.Attributes;
        _writesLeadStatus = connection.Mapping.WritesLeadStatus;
        var users = new UserDirectory(_transport, _queries, connection.Mapping, known, clock);
        _table = new StreamTable(connection, _transport, _queries, new QueryJobs(_transport, connection, clock), _descriptions, users, _organization, clock);
        _streams = _table.All.ToDictionary(stream => stream.Description.Name);
        Streams = [.. _table.All.Select(stream => stream.Description)];
        var written = new[] { _table.Contacts, _table.Leads }.ToDictionary(reader => reader.Object, reader => Written(reader, clock));
        _people = written.Values.ToDictionary(
            person => person.Reader.Object,
            person => new PersonAccess(person.Reader, person.Batches, new RecordHistory(_queries, _descriptions, users, person.Reader), new DeletedRows(_queries, person.Reader)));
        WriteJobs = new IngestJobs(_transport, _descriptions, written, connection.Timeout, clock);
        var deployment = new MetadataDeployment(_transport, clock);
        var parts = new OrgParts(_transport, _queries, _descriptions, new MetadataRetrieval(_transport, connection.ApiVersion));
        _provisioning = new MetadataProvisioning(_transport, _queries, _descriptions, parts, deployment, connection.ApiVersion, clock);
        _removal = new MetadataRemoval(_transport, _queries, _descriptions, parts, deployment, connection.ApiVersion);
        _check = new ConnectionCheck(
            this, connection, _table, _transport, _descriptions, users, new OrgCheck(_transport, _queries, _descriptions),
            new LayoutCheck(_transport, _queries, parts), new LimitCheck(_transport, connection.ShareOfDay), clock);
    }

    public CrmKind Kind => CrmKind.Salesforce;

    /// <summary><c>contact</c> and <c>lead</c>: the same word for the Contact of either CRM, since it is the same thing to whoever reads it.</summary>
    public IReadOnlyList<string> PersonObjects { get; } = [PersonReader.Contact, PersonReader.Lead];

    public IReadOnlyList<StreamDescription> Streams { get; }

    public BatchSizes BatchSizes { get; } = new(RecordWriting.PerCall, Soql.MostIds, RecordHistory.PerCall);

    public CallCounts Calls => _transport.Calls;

    /// <summary>The org's calls of the last 24 hours as the last answer told them; null before the first one.</summary>
    public ApiUsage? Usage => _transport.Usage;

    public CallQuota? Quota => Usage is { } usage ? new CallQuota(usage.Used, usage.Allowed) : null;

    public Task<CrmAccount> GetAccountAsync(CancellationToken cancellation) => _organization.ReadAsync(cancellation);

    public Task<StreamPage> ReadPageAsync(PageRequest request, CancellationToken cancellation) =>
        request.IsGone
            ? _people.Values.First(person => person.Reader.Object + "s" == request.Stream).Deleted.ReadPageAsync(request.Position, cancellation)
            : Stream(request.Stream).ReadPageAsync(request, cancellation);

    public Task<StreamRows> FetchAsync(string stream, IReadOnlyList<string> ids, CancellationToken cancellation) =>
        Stream(stream).FetchAsync(ids, cancellation);

    public async Task<IReadOnlyList<CrmRecord>> ReadRecordsAsync(string personObject, IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        var reader = Person(personObject).Reader;
        var fields = await _descriptions.ExistingAsync(reader.SObject, reader.OwnFields, stream: null, cancellation).ConfigureAwait(false);
        return await reader.ReadByIdsAsync(ids, fields, cancellation).ConfigureAwait(false);
    }

    public Task<IReadOnlyList<FieldChange>> ReadHistoryAsync(
        string personObject, IReadOnlyList<string> ids, IReadOnlyList<string> fields, CancellationToken cancellation) =>
        Person(personObject).History.ReadAsync(ids, fields, cancellation);

    public IWriteJobs WriteJobs { get; }

    public async Task<IReadOnlyDictionary<string, int>> ShorterTextsAsync(string personObject, CancellationToken cancellation)
    {
        var fields = await _descriptions.GetAsync(Person(personObject).Reader.SObject, stream: null, cancellation).ConfigureAwait(false);
        return LeadField.All
            .Where(field => field.Type is LeadFieldType.Text or LeadFieldType.LongText)
            .Select(field => (field.Name, Length: fields.GetValueOrDefault(LeadFieldNames.Of(field))?.Length ?? 0, Usual: field.Type == LeadFieldType.Text ? LeadField.TextLength : LeadField.LongTextLength))
            .Where(field => field.Length > 0 && field.Length < field.Usual)
            .ToDictionary(field => field.Name, field => field.Length);
    }

    public Task<IReadOnlyList<WriteResult>> WriteAsync(string personObject, IReadOnlyList<RecordWrite> batch, CancellationToken cancellation) =>
        Person(personObject).Writing.WriteAsync(batch, cancellation);

    public Task CreateTaskAsync(OwnerTask task, CancellationToken cancellation) => new OwnerTasks(_transport, _queries, _organization).CreateAsync(task, cancellation);

    /// <param name="list">A SOQL condition such as <c>Country = 'FR'</c>; of one object only with <c>Lead:</c> or <c>Contact:</c> before it.
    /// Unconverted Leads only.</param>
    public async Task<IReadOnlyList<string>> ReadListAsync(string list, CancellationToken cancellation)
    {
        var condition = list.Trim();
        var isOfLeads = condition.StartsWith(LeadCondition, StringComparison.OrdinalIgnoreCase);
        var isOfContacts = condition.StartsWith(ContactCondition, StringComparison.OrdinalIgnoreCase);
        condition = isOfLeads ? condition[LeadCondition.Length..].Trim() : isOfContacts ? condition[ContactCondition.Length..].Trim() : condition;
        var ids = new List<string>();
        StreamRefusedException? refused = null;
        var answered = 0;
        foreach (var (sobject, also) in new[] { ("Contact", ""), ("Lead", " AND IsConverted = false") })
        {
            if ((isOfLeads && sobject != "Lead") || (isOfContacts && sobject != "Contact"))
            {
                continue;
            }

            try
            {
                var call = new CallContext($"the condition on {sobject}", "the list");
                var rows = await _queries.ReadAllAsync(call, $"SELECT Id FROM {sobject} WHERE ({condition}){also} ORDER BY Id", withDeleted: false,
                    cancellation).ConfigureAwait(false);
                ids.AddRange(rows.Select(row => row.Id).OfType<string>());
                answered++;
            }
            catch (StreamRefusedException one)
            {
                // A field that only the other object has.
                refused = one;
            }
            catch (StaleDescriptionException one)
            {
                refused = (StreamRefusedException)one.Lasting;
            }
        }

        return answered > 0 ? ids : throw new FatalCrmException(refused!.Message,
            "Correct the pilot's condition: it is SOQL as it stands behind WHERE, on Lead or Contact.", refused);
    }

    /// <summary>The values of Lead.Status where the mapping lets it be written; else none, and nothing is moved.</summary>
    public async Task<IReadOnlyList<LifecycleStage>> GetLifecycleAsync(CancellationToken cancellation)
    {
        if (!_writesLeadStatus)
        {
            return [];
        }

        var fields = await _descriptions.GetAsync("Lead", stream: null, cancellation).ConfigureAwait(false);
        return
        [
            .. (fields.GetValueOrDefault("Status")?.PicklistValues ?? []).Where(value => value is { Value: not null, Active: not false })
                .Select(value => new LifecycleStage(value!.Value!, value.Label ?? value.Value!)),
        ];
    }

    /// <summary>
    /// The attributes for which each of Lead and Contact that maps them has a field that we may read: one that is hidden on Leads alone would hand out Leads
    /// that nobody may call. What an Account gives, or is worked out, counts as readable; so does what an object would give that our user may not see at all.
    /// </summary>
    public async Task<IReadOnlySet<string>> ReadableAttributesAsync(CancellationToken cancellation)
    {
        var readable = _attributes.Select(attribute => attribute.Name).ToHashSet();
        foreach (var reader in _people.Values.Select(person => person.Reader))
        {
            try
            {
                foreach (var attribute in readable.Where(attribute => reader.FieldsOf(attribute).Count > 0).ToList())
                {
                    var existing = await _descriptions.ExistingAsync(reader.SObject, reader.FieldsOf(attribute), reader.Object, cancellation).ConfigureAwait(false);
                    if (existing.Count == 0)
                    {
                        readable.Remove(attribute);
                    }
                }
            }
            catch (StreamRefusedException)
            {
                // The org does without this object, or keeps it from us: its stream says so.
                continue;
            }
        }

        return readable;
    }

    public Task<IReadOnlyList<ProvisioningStep>> PlanProvisioningAsync(IReadOnlyList<FieldDefinition> fields, CancellationToken cancellation) =>
        _provisioning.PlanAsync(fields, cancellation);

    public async Task<IReadOnlyList<string>> ProvisionAsync(IReadOnlyList<FieldDefinition> fields, IReadOnlyList<ProvisioningStep> steps, CancellationToken cancellation)
    {
        await _provisioning.ApplyAsync(fields, steps, cancellation).ConfigureAwait(false);
        return [];
    }

    public Task<IReadOnlyList<string>> RehearseProvisioningAsync(
        IReadOnlyList<FieldDefinition> fields, IReadOnlyList<ProvisioningStep> steps, CancellationToken cancellation) => _provisioning.RehearseAsync(fields, steps, cancellation);

    public Task<IReadOnlyList<PackageFile>> ExportProvisioningAsync(IReadOnlyList<FieldDefinition> fields, CancellationToken cancellation) =>
        _provisioning.ExportAsync(fields, cancellation);

    public async Task<RemovalPlan> PlanRemovalAsync(CancellationToken cancellation)
    {
        var steps = await _removal.PlanAsync(cancellation).ConfigureAwait(false);
        return new RemovalPlan(
            steps,
            steps.Count == 0 ? null
            : "Salesforce keeps deleted fields for 15 days (Setup, Object Manager, Lead, then Contact, Fields & Relationships, Deleted Fields): an admin erases them there for good. Layouts that show the "
            + "quick action lose it.");
    }

    public Task RemoveAsync(IReadOnlyList<ProvisioningStep> steps, CancellationToken cancellation) => _removal.RemoveAsync(steps, cancellation);

    public IAsyncEnumerable<CheckFinding> CheckAsync(IReadOnlyList<FieldDefinition> fields, CancellationToken cancellation) =>
        _check.RunAsync(fields, cancellation);

    public void Dispose()
    {
        _table.Dispose();
        _transport.Dispose();
    }

    private IngestedObject Written(PersonReader reader, TimeProvider clock)
    {
        var values = new RecordValues(reader, _writesLeadStatus);
        return new IngestedObject(reader, values, new RecordWriting(_transport, reader, values, clock));
    }

    private ISalesforceStream Stream(string name) =>
        _streams.GetValueOrDefault(name) ?? throw new ArgumentException($"Salesforce has no stream {name}.", nameof(name));

    private PersonAccess Person(string personObject) =>
        _people.GetValueOrDefault(personObject) ?? throw new ArgumentException($"Salesforce has no object {personObject} for people.", nameof(personObject));

    private sealed record PersonAccess(PersonReader Reader, RecordWriting Writing, RecordHistory History, DeletedRows Deleted);
}
