using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Sync.Score;

/// <summary>All that the ledger knows of one lead, read together with its neighbours of the batch.</summary>
internal sealed record LeadBundle(LeadRow Lead, IReadOnlyList<RecordRow> Records)
{
    public IReadOnlyList<ActivityRow> Activities { get; init; } = [];

    public IReadOnlyList<VerdictRow> Verdicts { get; init; } = [];

    /// <summary>The deals that count: of a deal and the opportunity that it mirrors the opportunity's state stands.</summary>
    public IReadOnlyList<DealRow> Deals { get; init; } = [];

    /// <summary>The deals that mirror an opportunity of <see cref="Deals"/>.</summary>
    public IReadOnlyList<DealRow> MirroredDeals { get; init; } = [];

    public IReadOnlyList<TransitionRow> Transitions { get; init; } = [];

    /// <summary>The companies' attributes, by record id.</summary>
    public IReadOnlyDictionary<long, IReadOnlyDictionary<string, string>> CompanyOf { get; init; } = new Dictionary<long, IReadOnlyDictionary<string, string>>();

    /// <summary>The records' owners, by record id.</summary>
    public IReadOnlyDictionary<long, OwnerRow> OwnerOf { get; init; } = new Dictionary<long, OwnerRow>();

    /// <summary>The connections, by id.</summary>
    public IReadOnlyDictionary<long, ConnectionRow> Connections { get; init; } = new Dictionary<long, ConnectionRow>();

    /// <summary>Its records that are still there, in the fixed order of sources: Salesforce Contact, open Lead, converted Lead, HubSpot, then the lowest id.</summary>
    public IReadOnlyList<RecordRow> Present => present ??= Records is [{ IsGone: false }] ? Records : [.. Records.Where(record => !record.IsGone).OrderBy(Place).ThenBy(record => record.Id)];

    /// <summary><c>hubspot</c> or <c>salesforce</c>.</summary>
    public string CrmOf(RecordRow record) => CrmOf(record.ConnectionId);

    public string CrmOf(long connectionId) => Connections.TryGetValue(connectionId, out var connection) ? connection.Crm : "";

    public string NameOf(long connectionId) => Connections.TryGetValue(connectionId, out var connection) ? connection.Name : "";

    private IReadOnlyList<RecordRow>? present;

    private int Place(RecordRow record) =>
        CrmOf(record) != CrmWords.Salesforce ? 3 : record.Object == CrmWords.Contact ? 0 : record.Parked == Pull.RecordIntake.Converted ? 2 : 1;

    public static async Task<IReadOnlyList<LeadBundle>> ReadAsync(ILedgerTransaction ledger, IReadOnlyList<LeadRow> leads)
    {
        var ids = leads.Select(lead => lead.Id).ToList();
        var records = (await ledger.Records.OfLeadsAsync(ids)).ToLookup(record => record.LeadId);
        var activities = await ledger.Activities.OfLeadsAsync(ids);
        var verdicts = await ledger.Feedback.VerdictsAsync(ids);
        var deals = await ledger.Feedback.DealsAsync(ids);
        var transitions = await ledger.Leads.TransitionsAsync(ids);
        var connections = (await ledger.Connections.ListAsync()).ToDictionary(connection => connection.Id);
        var companies = new Dictionary<(long, string), IReadOnlyDictionary<string, string>>();
        var owners = new Dictionary<(long, string), OwnerRow>();
        foreach (var connection in records.SelectMany(ofLead => ofLead).GroupBy(record => record.ConnectionId))
        {
            var wanted = connection.Select(record => record.CompanyId).OfType<string>().Distinct().ToList();
            foreach (var company in wanted.Count > 0 ? await ledger.Records.CompaniesAsync(connection.Key, wanted) : [])
            {
                companies[(connection.Key, company.ExternalId)] = company.Attributes;
            }

            foreach (var owner in await ledger.Records.OwnersAsync(connection.Key))
            {
                owners[(connection.Key, owner.ExternalId)] = owner;
            }
        }

        return [.. leads.Select(lead => new LeadBundle(lead, [.. records[lead.Id]])
        {
            Connections = connections,
            Activities = ConnectorCopies.Mark(activities.GetValueOrDefault(lead.Id) ?? []),
            Verdicts = verdicts.GetValueOrDefault(lead.Id) ?? [],
            Deals = [.. OfLead(deals, lead.Id).Where(deal => !ConnectorCopies.IsMirror(deal, OfLead(deals, lead.Id)))],
            MirroredDeals = [.. OfLead(deals, lead.Id).Where(deal => ConnectorCopies.IsMirror(deal, OfLead(deals, lead.Id)))],
            Transitions = transitions.GetValueOrDefault(lead.Id) ?? [],
            CompanyOf = Joined(records[lead.Id], record => record.CompanyId, companies),
            OwnerOf = Joined(records[lead.Id], record => record.OwnerId, owners),
        })];
    }

    private static IReadOnlyList<DealRow> OfLead(IReadOnlyDictionary<long, IReadOnlyList<DealRow>> deals, long lead) => deals.GetValueOrDefault(lead) ?? [];

    private static Dictionary<long, T> Joined<T>(IEnumerable<RecordRow> records, Func<RecordRow, string?> reference, Dictionary<(long, string), T> rows)
    {
        var joined = new Dictionary<long, T>();
        foreach (var record in records)
        {
            if (reference(record) is { } id && rows.TryGetValue((record.ConnectionId, id), out var row))
            {
                joined[record.Id] = row;
            }
        }

        return joined;
    }
}
