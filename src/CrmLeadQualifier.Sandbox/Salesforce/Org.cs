using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.Salesforce.Access;
using CrmLeadQualifier.Sandbox.Salesforce.Behaviours;
using CrmLeadQualifier.Sandbox.Salesforce.Bulk;
using CrmLeadQualifier.Sandbox.Salesforce.Metadata;
using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;

namespace CrmLeadQualifier.Sandbox.Salesforce;

/// <summary>One emulated Salesforce org: everything that it holds. Whoever reads or changes it holds <see cref="Gate"/>.</summary>
internal sealed class Org
{
    private readonly Dictionary<string, SObjectType> _types = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, RecordStore> _stores = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, RecordStore> _byPrefix = new(StringComparer.Ordinal);

    /// <param name="clock">The clock of all emulated CRMs.</param>
    /// <param name="gate">Held by whoever reads or changes any of them.</param>
    /// <param name="longestCommit">How long, at most, what others than the API user change stays unseen after its stamp.</param>
    public Org(SandboxClock clock, Lock gate, TimeSpan longestCommit)
    {
        Clock = clock;
        Gate = gate;
        foreach (var type in StandardObjects.All().Concat(SetupObjects.All()))
            AddType(type);
        Given = new GivenValues(Journal);
        Users = new OrgUsers(this);
        Access = new FieldAccess(this);
        History = new FieldHistory(this);
        Checks = new RecordChecks(this);
        Writer = new RecordWriter(this);
        Commits = new PendingCommits(longestCommit, Journal);
        Held = new HeldVerdicts(this);
        Deploys = new Deploys(this);
        Archive = new ActivityArchive(this);
        Setup = new SetupRows(this);
        Setup.AddStandard();
    }

    public SandboxClock Clock { get; }

    public Lock Gate { get; }

    public OrgUsers Users { get; }

    public FieldAccess Access { get; }

    public FieldHistory History { get; }

    public GivenValues Given { get; }

    public Journal Journal { get; } = new();

    public BulkJobs Jobs { get; } = new();

    public OrgBehaviours Behaviours { get; } = new();

    public RecordChecks Checks { get; }

    public RecordWriter Writer { get; }

    public PendingCommits Commits { get; }

    public HeldVerdicts Held { get; }

    public Deploys Deploys { get; }

    public ActivityArchive Archive { get; }

    public SetupRows Setup { get; }

    public Components Components { get; } = new();

    /// <summary>What the data API shows.</summary>
    public IEnumerable<SObjectType> Types => _types.Values.Where(type => type.Api != SObjectApi.Tooling);

    public IEnumerable<SObjectType> AllTypes => _types.Values;

    /// <summary>An object that the org has from now on.</summary>
    public void AddType(SObjectType type)
    {
        _types.Add(type.Name, type);
        var store = new RecordStore(type, Journal);
        _stores.Add(type.Name, store);
        if (type.KeyPrefix is { } prefix)
            _byPrefix.TryAdd(prefix, store);
    }

    public SObjectType? FindType(string name, bool tooling = false) => _types.GetValueOrDefault(name) is { } type
        && type.Api != (tooling ? SObjectApi.Data : SObjectApi.Tooling) ? type : null;

    public RecordStore Store(string type) => _stores[type];

    public RecordStore Store(SObjectType type) => _stores[type.Name];

    /// <summary>Any record by its id of 15 or 18 characters, deleted ones too; an object's definition by its name.</summary>
    public SObject? Find(string? id) =>
        id is not null && SalesforceId.Read(id) is { } whole && _byPrefix.TryGetValue(whole[..3], out var store) ? store.Find(whole)
            : Store("EntityDefinition").Find(id);

    /// <summary>Lets everything happen that is due by <paramref name="now"/>: transactions commit, held verdicts show, deployments end.</summary>
    public void Settle(long now)
    {
        Commits.Commit(now);
        Jobs.Work(now);
        Deploys.Finish(now);
        Held.Show(now);
        Archive.Sweep(now);
    }
}
