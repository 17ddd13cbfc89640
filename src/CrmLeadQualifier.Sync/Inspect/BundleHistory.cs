using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Score;

namespace CrmLeadQualifier.Sync.Inspect;

/// <summary>
/// A lead's records as they were at any instant. The history of their attributes begins with the first read of each record: what a record was then stands in for the time before.
/// Companies' and owners' attributes have no history.
/// </summary>
internal sealed class BundleHistory
{
    private readonly LeadBundle _bundle;
    private readonly Dictionary<long, List<IGrouping<string, AttributeValueRow>>> _byRecord;
    private readonly Dictionary<long, Instant> _firstReads;

    /// <param name="values">Of the bundle's records, in the order of their instants.</param>
    public BundleHistory(LeadBundle bundle, IEnumerable<AttributeValueRow> values)
    {
        _bundle = bundle;
        _byRecord = values.GroupBy(value => value.RecordId).ToDictionary(ofRecord => ofRecord.Key, ofRecord => ofRecord.GroupBy(value => value.Name).ToList());
        _firstReads = _byRecord.ToDictionary(ofRecord => ofRecord.Key, ofRecord => ofRecord.Value.Min(ofName => ofName.First().From));
    }

    /// <summary>The instants at which an attribute or a deal changed, in order; the first read of a record is none.</summary>
    public IReadOnlyList<Instant> Changes =>
    [
        .. _byRecord.SelectMany(ofRecord => ofRecord.Value.SelectMany(ofName => ofName).Select(value => value.From).Where(from => from > _firstReads[ofRecord.Key]))
            .Concat(_bundle.Deals.Select(deal => deal.Deal.CreatedAt))
            .Concat(_bundle.Deals.Select(deal => deal.Deal.ClosedAt).OfType<Instant>())
            .Distinct()
            .Order(),
    ];

    /// <summary>Whether every record was read by then: nothing stands in for the time after.</summary>
    public bool IsKnownSince(Instant at) => _bundle.Present.All(record => _firstReads.TryGetValue(record.Id, out var first) && first <= at);

    /// <summary>Made anew, not copied: what a bundle has worked out of its records must not outlive them. Activities and verdicts are all there are.</summary>
    public LeadBundle At(Instant at)
    {
        DealRow[] deals = [.. _bundle.Deals.Where(deal => deal.Deal.CreatedAt <= at).Select(deal => deal with { Deal = At(deal.Deal, at) })];
        return new LeadBundle(_bundle.Lead, [.. _bundle.Records.Select(record => record with { Attributes = AttributesOf(record, at) })])
        {
            Connections = _bundle.Connections,
            Activities = _bundle.Activities,
            Verdicts = _bundle.Verdicts,
            Deals = deals,
            MirroredDeals = _bundle.MirroredDeals,
            Transitions = _bundle.Transitions,
            CompanyOf = _bundle.CompanyOf,
            OwnerOf = _bundle.OwnerOf,
        };
    }

    private static Deal At(Deal deal, Instant at) => deal.Outcome != DealOutcome.Open && (deal.ClosedAt ?? deal.CreatedAt) > at ? deal with { Outcome = DealOutcome.Open } : deal;

    private IReadOnlyDictionary<string, string> AttributesOf(RecordRow record, Instant at)
    {
        if (!_byRecord.TryGetValue(record.Id, out var names))
        {
            return record.Attributes;
        }

        var attributes = new Dictionary<string, string>();
        foreach (var ofName in names)
        {
            var value = ofName.LastOrDefault(value => value.From <= at) ?? (ofName.First().From == _firstReads[record.Id] ? ofName.First() : null);
            if (value is { Value.Length: > 0 })
            {
                attributes[ofName.Key] = value.Value;
            }
        }

        return attributes;
    }
}
