using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Sync.Link;

/// <summary>
/// Joins records to leads: by the CRMs' own links, then by e-mail. Records that share a key are one person; a record whose keys changed is looked at again together with all
/// that it was joined with, so that a join and a split are the same computation. Both sides are scored again; activities follow their records.
/// </summary>
public sealed class LinkStage(ILedger ledger)
{
    private const int BatchSize = 1000;

    /// <summary>A person with more records than this is a data problem, not a person: the search for more stops there.</summary>
    private const int LargestComponent = 1000;

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            await using var transaction = await ledger.BeginAsync(null, cancellation);
            var due = await transaction.Records.LinkDueAsync(BatchSize);
            if (due.Count == 0)
            {
                return;
            }

            await LinkAsync(transaction, due);
            await transaction.CommitAsync(cancellation);
        }
    }

    private static async Task LinkAsync(ILedgerTransaction transaction, IReadOnlyList<RecordRow> due)
    {
        var neighbourhood = await Neighbourhood.OfAsync(transaction, due, LargestComponent);
        var people = neighbourhood.People();
        var leadOf = ChooseLeads(people, await StandingAsync(transaction, people), out var newLeads);
        var made = await transaction.Leads.CreateAsync(newLeads);
        var changed = new List<RecordRow>();
        var moved = new List<long>();
        var dueLeads = new HashSet<long>();
        var emptied = new Dictionary<long, long>();
        for (var i = 0; i < people.Count; i++)
        {
            var lead = leadOf[i] < 0 ? made[(int)(-leadOf[i] - 1)] : leadOf[i];
            foreach (var record in people[i])
            {
                if (record.LeadId != lead)
                {
                    moved.Add(record.Id);
                    dueLeads.Add(lead);
                    if (record.LeadId > 0)
                    {
                        dueLeads.Add(record.LeadId);
                        emptied[record.LeadId] = lead;
                    }
                }

                if (record.LeadId != lead || record.IsLinkDue)
                {
                    changed.Add(record with { LeadId = lead, IsLinkDue = false });
                }
            }
        }

        await transaction.Records.SaveAsync(changed);
        await transaction.Activities.FollowRecordsAsync(moved);
        var stillHeld = (await transaction.Records.OfLeadsAsync([.. emptied.Keys])).Select(record => record.LeadId).ToHashSet();
        foreach (var (from, to) in emptied.Where(pair => !stillHeld.Contains(pair.Key)))
        {
            await transaction.Leads.JoinAsync(from, to);
        }

        await transaction.Leads.MarkDueAsync([.. dueLeads]);
    }

    /// <summary>
    /// Of the leads that become one: where each stands beyond <c>lead</c>, and since when. Only one state survives a join, and what people said must not be lost by it: the latest, but
    /// what the program alone made of one of them, an MQL, does not take back whom sales has as SAL, SQL or in a deal.
    /// </summary>
    private static async Task<Dictionary<long, (Stage Stage, Instant Since)>> StandingAsync(ILedgerTransaction transaction, List<List<RecordRow>> people)
    {
        var joined = people.Select(person => person.Select(record => record.LeadId).Where(lead => lead > 0).Distinct().ToList()).Where(leads => leads.Count > 1).SelectMany(leads => leads);
        var leads = await transaction.Leads.GetAsync([.. joined.Distinct()]);
        return leads.Where(lead => lead.State.Stage != Stage.Lead).ToDictionary(
            lead => lead.Id,
            lead => (lead.State.Stage, lead.State.StageSince ?? Instant.MinValue));
    }

    /// <summary>
    /// For each person the lead that it keeps, of those that its records have and that no person before it kept: the one that stands (<see cref="StandingAsync"/>), else the lowest; a
    /// negative number stands for the n-th new lead.
    /// </summary>
    private static List<long> ChooseLeads(List<List<RecordRow>> people, Dictionary<long, (Stage Stage, Instant Since)> standing, out int newLeads)
    {
        newLeads = 0;
        var taken = new HashSet<long>();
        var chosen = new List<long>(people.Count);
        foreach (var person in people)
        {
            var leads = person.Select(record => record.LeadId).Where(lead => lead > 0 && !taken.Contains(lead)).ToList();
            var isWithSales = leads.Any(lead => standing.TryGetValue(lead, out var state) && state.Stage is Stage.Sal or Stage.Sql or Stage.Opportunity or Stage.Customer);
            var kept = leads
                .OrderByDescending(lead => standing.TryGetValue(lead, out var state) && !(isWithSales && state.Stage == Stage.Mql) ? state.Since.UnixMilliseconds : long.MinValue)
                .ThenBy(lead => lead)
                .FirstOrDefault();
            if (kept == 0)
            {
                newLeads++;
                kept = -newLeads;
            }

            taken.Add(kept);
            chosen.Add(kept);
        }

        return chosen;
    }
}
