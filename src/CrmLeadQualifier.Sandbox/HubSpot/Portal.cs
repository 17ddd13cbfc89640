using System.Globalization;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.HubSpot.Account;
using CrmLeadQualifier.Sandbox.HubSpot.Associations;
using CrmLeadQualifier.Sandbox.HubSpot.Lists;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;
using CrmLeadQualifier.Sandbox.HubSpot.Properties;
using CrmLeadQualifier.Sandbox.HubSpot.Search;
using CrmLeadQualifier.Sandbox.HubSpot.Signals;
using CrmLeadQualifier.Sandbox.HubSpot.Webhooks;

namespace CrmLeadQualifier.Sandbox.HubSpot;

/// <summary>One emulated HubSpot account: everything that it holds. Whoever reads or changes it holds <see cref="Gate"/>.</summary>
internal sealed class Portal
{
    public const long Id = 44237313;

    /// <summary>The app whose token is given out: what it writes has this source id in the history.</summary>
    public const string AppId = "19083857";

    private readonly Dictionary<ObjectType, ObjectStore> _stores;
    private readonly Dictionary<ObjectType, PropertyCatalogue> _properties;

    public Portal(SandboxClock clock, Lock gate, IndexLag indexLag)
    {
        Gate = gate;
        Clock = clock;
        IndexLag = indexLag;
        _stores = ObjectType.All.Select((type, order) => new ObjectStore(type, 110_000_000_501 + (order * 10_000_000_000), 50, indexLag))
            .ToDictionary(store => store.Type);
        _properties = ObjectType.All.ToDictionary(type => type, type => new PropertyCatalogue(type));
        Writer = new ObjectWriter(this);
        Lists = new ListStore(this);
        Held = new HeldChanges(this);
    }

    public Lock Gate { get; }

    public SandboxClock Clock { get; }

    public IndexLag IndexLag { get; }

    public PortalSettings Settings { get; } = new();

    /// <summary>What is to happen by itself.</summary>
    public DueActions Later { get; } = new();

    /// <summary>What happens to records, for whoever listens.</summary>
    public ChangeFeed Changes { get; } = new();

    public Owners Owners { get; } = new();

    public AssociationStore Associations { get; } = new();

    public ListStore Lists { get; }

    public PageViews PageViews { get; } = new();

    public Forms Forms { get; } = new();

    public EmailEvents EmailEvents { get; } = new();

    public ObjectWriter Writer { get; }

    public HeldChanges Held { get; }

    public ObjectStore Store(ObjectType type) => _stores[type];

    public PropertyCatalogue Properties(ObjectType type) => _properties[type];

    public CrmObject? Find(ObjectType type, long id) => _stores[type].Find(id);

    public CrmObject? Find(ObjectType type, string id) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? _stores[type].Find(number) : null;

    public CrmObject? Resolve(ObjectType type, string id) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? _stores[type].Resolve(number) : null;

    /// <summary>The user who works on a record: its owner, else the portal's first user.</summary>
    public ChangeSource UserOf(CrmObject record) =>
        ChangeSource.User((Owners.ById(record["hubspot_owner_id"] ?? "") ?? Owners.All[0]).UserId);

    /// <summary>Removes a property with its values; HubSpot's own cannot be removed.</summary>
    public void RemoveProperty(ObjectType type, string name)
    {
        if (_properties[type].Find(name) is not { HubSpotDefined: false })
            return;
        _properties[type].Remove(name);
        foreach (var record in _stores[type].Ordered)
            record.Drop(name);
    }

    /// <summary>To the recycle bin.</summary>
    public void Delete(CrmObject record, long now, ChangeSource source)
    {
        _stores[record.Type].Archive(record, now);
        Changes.Deleted(record, now, source);
    }

    public void Restore(CrmObject record, long now, ChangeSource source)
    {
        _stores[record.Type].Restore(record, now);
        Changes.Restored(record, now, source);
    }

    /// <summary>Deletes a contact as the privacy laws ask: with all that is known of it, and its address never becomes a contact again.</summary>
    public void DeleteForPrivacy(CrmObject contact, long now, ChangeSource source)
    {
        var store = _stores[ObjectType.Contact];
        if (contact["email"] is { Length: > 0 } email)
        {
            store.KeepEmail(contact, email, null);
            store.Blocked.Add(email);
            Forms.Forget(email);
            EmailEvents.Forget(email);
        }
        PageViews.Forget(contact.Id);
        foreach (var type in ObjectType.All)
        {
            foreach (var link in Associations.Of(contact, type).ToList())
                Associations.Unlink(contact, type, link.ToId);
        }
        store.Erase(contact);
        Changes.DeletedForPrivacy(contact, now, source);
    }

    /// <summary>Lets everything happen that is due by <paramref name="now"/>: held changes show, search learns of changes.</summary>
    public void Settle(long now)
    {
        Later.Run(now);
        Held.Show(now);
        foreach (var store in _stores.Values)
            store.Index.CatchUp(now);
    }
}
