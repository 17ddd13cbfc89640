using CrmLeadQualifier.Sandbox.HubSpot.Objects;

namespace CrmLeadQualifier.Sandbox.HubSpot.Associations;

/// <summary>Which records belong together, both ways.</summary>
internal sealed class AssociationStore
{
    private static readonly IReadOnlyList<Association> None = [];

    private readonly Dictionary<(ObjectType From, ObjectType To), Dictionary<long, List<Association>>> _links = [];

    public IReadOnlyList<Association> Of(CrmObject from, ObjectType to) => Of(from.Type, from.Id, to);

    public IReadOnlyList<Association> Of(ObjectType from, long id, ObjectType to) =>
        _links.TryGetValue((from, to), out var byId) && byId.TryGetValue(id, out var links) ? links : None;

    /// <summary>Associates two records. The first company of a contact or deal becomes its primary one.</summary>
    /// <returns>Whether the records were not associated before.</returns>
    public bool Link(CrmObject from, CrmObject to, bool primary = false)
    {
        var company = from.Type == ObjectType.Company ? from : to.Type == ObjectType.Company ? to : null;
        var other = company == from ? to : from;
        var hasPrimary = company is not null && AssociationTypes.Of(other.Type, ObjectType.Company)?.Primary is not null;
        var isPrimary = hasPrimary && (primary || Of(other, ObjectType.Company).Count == 0);
        if (isPrimary)
        {
            foreach (var earlier in Of(other, ObjectType.Company).Where(link => link.Primary && link.ToId != company!.Id).ToList())
            {
                Put(other.Type, other.Id, ObjectType.Company, earlier.ToId, primary: false);
                Put(ObjectType.Company, earlier.ToId, other.Type, other.Id, primary: false);
            }
        }
        var known = Of(from, to.Type).Any(link => link.ToId == to.Id);
        if (known && !isPrimary)
            return false;
        Put(from.Type, from.Id, to.Type, to.Id, isPrimary);
        Put(to.Type, to.Id, from.Type, from.Id, isPrimary);
        return !known;
    }

    public void Unlink(CrmObject from, ObjectType to, long toId)
    {
        Drop(from.Type, from.Id, to, toId);
        Drop(to, toId, from.Type, from.Id);
    }

    /// <summary>Moves every association of a merged record to the survivor.</summary>
    public void Move(CrmObject merged, CrmObject survivor, Func<ObjectType, long, CrmObject?> find)
    {
        foreach (var type in ObjectType.All)
        {
            foreach (var link in Of(merged, type).ToList())
            {
                Unlink(merged, type, link.ToId);
                if (find(type, link.ToId) is { } other)
                    Link(survivor, other);
            }
        }
    }

    private void Put(ObjectType from, long id, ObjectType to, long toId, bool primary)
    {
        if (!_links.TryGetValue((from, to), out var byId))
            _links[(from, to)] = byId = [];
        if (!byId.TryGetValue(id, out var links))
            byId[id] = links = [];
        var known = links.FindIndex(link => link.ToId == toId);
        if (known >= 0)
            links[known] = new Association(toId, primary);
        else
            links.Add(new Association(toId, primary));
    }

    private void Drop(ObjectType from, long id, ObjectType to, long toId)
    {
        if (_links.TryGetValue((from, to), out var byId) && byId.TryGetValue(id, out var links))
            links.RemoveAll(link => link.ToId == toId);
    }
}

internal readonly record struct Association(long ToId, bool Primary);
