using System.Globalization;
using System.Runtime.CompilerServices;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Inspect;
using CrmLeadQualifier.Sync.Score;

namespace CrmLeadQualifier.Sync.Backtest;

/// <summary>The ledger's leads with their histories, batch after batch in the order of their ids: memory holds one batch.</summary>
/// <param name="schemas">The attributes of the definitions that are replayed.</param>
internal sealed class LedgerHistory(ILedger ledger, IReadOnlyList<AttributeSchema> schemas)
{
    private const int BatchSize = 500;
    private static readonly int CreatedAtSlot = AttributeSchema.Standard.IndexOf("created_at");

    private readonly LeadFactsBuilder[] _builders = [.. schemas.Select(schema => new LeadFactsBuilder(schema))];
    private readonly FactsOfActivities _activities = new();

    public async IAsyncEnumerable<HistoricLead> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        long after = 0;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            List<HistoricLead> batch = [];
            await using (var transaction = await ledger.BeginReadAsync(cancellation))
            {
                var leads = await transaction.Leads.ListAsync(after, BatchSize);
                if (leads.Count == 0)
                {
                    yield break;
                }

                var bundles = await LeadBundle.ReadAsync(transaction, leads);
                var values = (await transaction.Leads.AttributeValuesAsync([.. bundles.SelectMany(bundle => bundle.Records).Select(record => record.Id)])).ToLookup(value => value.RecordId);
                batch.AddRange(bundles.Select(bundle => HistoryOf(bundle, new BundleHistory(bundle, bundle.Records.SelectMany(record => values[record.Id])))));
                after = leads[^1].Id;
            }

            foreach (var lead in batch)
            {
                yield return lead;
            }
        }
    }

    private HistoricLead HistoryOf(LeadBundle bundle, BundleHistory history)
    {
        IReadOnlyList<AttributePeriod> periods = [.. history.Changes.Prepend(Instant.MinValue).Select(from => PeriodOf(history.At(from), from))];
        var facts = periods[^1].Facts[0];
        var created = facts.Values[CreatedAtSlot];
        Instant? createdAt = created.IsKnown ? created.Date : null;
        var since = createdAt ?? First(facts, bundle);
        var id = bundle.Lead.Id.ToString(CultureInfo.InvariantCulture);
        return new HistoricLead(id, FactsOfLead.Values(bundle).TryGetValue("email", out var email) ? email.Value : $"lead {id}", periods)
        {
            CreatedAt = createdAt,
            Since = since,
            IsOfToday = since is { } at && !history.IsKnownSince(at),
            Verdicts = [.. bundle.Verdicts.Select(row => new VerdictFact(row.Verdict.Value, row.Verdict.Reason, row.Verdict.At, row.SeenAt, row.Verdict.IsWithdrawal))],
            Deals = [.. bundle.Deals.Select(row => new DealFact(row.Deal.Id, row.Deal.CreatedAt, row.Deal.Outcome, row.Deal.ClosedAt))],
        };
    }

    private AttributePeriod PeriodOf(LeadBundle then, Instant from)
    {
        var values = FactsOfLead.Values(then);
        return new AttributePeriod(from, [.. schemas.Select((schema, i) => FactsOfLead.Build(then, schema, _builders[i], _activities))])
        {
            Source = Text("source"), SourceDetail = Text("source_detail"), Country = Text("country"), Owner = Text("owner_email"),
        };

        string? Text(string name) => values.TryGetValue(name, out var value) ? value.Value : null;
    }

    private static Instant? First(LeadFacts facts, LeadBundle bundle) => bundle.Verdicts.Select(row => row.Verdict.At)
        .Concat(bundle.Deals.Select(row => row.Deal.CreatedAt))
        .Concat(facts.Activities is [.., var oldest] ? [oldest.At] : (Instant[])[])
        .Select(at => (Instant?)at)
        .Min();
}
