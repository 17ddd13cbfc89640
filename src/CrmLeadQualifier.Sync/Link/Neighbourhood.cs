using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Sync.Link;

/// <summary>Records that have to be looked at together: those that are due, those of the same leads, and all that share a joining key with them.</summary>
internal sealed class Neighbourhood
{
    private readonly Dictionary<long, RecordRow> _records = [];
    private readonly Dictionary<IdentityKey, List<long>> _holders = [];

    public static async Task<Neighbourhood> OfAsync(ILedgerTransaction transaction, IReadOnlyList<RecordRow> due, int largest)
    {
        var neighbourhood = new Neighbourhood();
        var frontier = await neighbourhood.AddAsync(transaction, due);
        while (frontier.Count > 0 && neighbourhood._records.Count <= due.Count + largest)
        {
            frontier = await neighbourhood.AddAsync(transaction, frontier);
        }

        return neighbourhood;
    }

    /// <summary>The connected components: each is one person, its records in the order of their ids, the person with the lowest record first.</summary>
    public List<List<RecordRow>> People()
    {
        var root = _records.Keys.ToDictionary(id => id);
        long Find(long id)
        {
            while (root[id] != id)
            {
                id = root[id] = root[root[id]];
            }

            return id;
        }

        // Where the search for more stopped, some holders were not looked at.
        foreach (var holders in _holders.Values.Select(ofKey => ofKey.Where(_records.ContainsKey).ToList()))
        {
            foreach (var other in holders)
            {
                var (a, b) = (Find(holders[0]), Find(other));
                root[Math.Max(a, b)] = Math.Min(a, b);
            }
        }

        return [.. _records.Values.OrderBy(record => record.Id).GroupBy(record => Find(record.Id)).Select(person => person.ToList())];
    }

    /// <summary>Adds records and what joins them; answers the further records met, not yet looked at.</summary>
    private async Task<IReadOnlyList<RecordRow>> AddAsync(ILedgerTransaction transaction, IReadOnlyList<RecordRow> records)
    {
        foreach (var record in records)
        {
            _records[record.Id] = record;
        }

        var keys = (await transaction.Records.KeysAsync([.. records.Select(record => record.Id)])).Values.SelectMany(ofRecord => ofRecord).ToHashSet();
        keys.ExceptWith(_holders.Keys);
        var further = new HashSet<long>();
        foreach (var ofKey in (await transaction.Records.HoldersAsync(keys)).GroupBy(holder => holder.Key))
        {
            if (Joins(ofKey))
            {
                _holders[ofKey.Key] = [.. ofKey.Select(holder => holder.RecordId)];
                further.UnionWith(_holders[ofKey.Key]);
            }
            else
            {
                // The records that it joined while it was on fewer part again.
                further.UnionWith(ofKey.Where(holder => holder.LeadId > 0).GroupBy(holder => holder.LeadId).Where(ofLead => ofLead.Count() > 1).SelectMany(ofLead => ofLead).Select(holder => holder.RecordId));
            }
        }

        var ofLeads = await transaction.Records.OfLeadsAsync([.. records.Select(record => record.LeadId).Where(lead => lead > 0).Distinct()]);
        further.UnionWith(ofLeads.Select(record => record.Id));
        further.ExceptWith(_records.Keys);
        return further.Count > 0 ? await transaction.Records.GetAsync([.. further]) : [];
    }

    /// <summary>An address on too many records of one connection is somebody's shared address, and joins nobody. What merges and deletions left behind is no record any more.</summary>
    private static bool Joins(IGrouping<IdentityKey, IdentityHolder> holders) =>
        holders.Key.Kind != IdentityKeys.EmailKind
        || holders.GroupBy(holder => holder.ConnectionId).All(connection => connection.Count(holder => !holder.IsGone) <= IdentityKeys.SharedAbove);
}
