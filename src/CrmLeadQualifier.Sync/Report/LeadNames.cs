using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Sync.Score;

namespace CrmLeadQualifier.Sync.Report;

/// <summary>Who the leads are, for the few that a report names: their addresses.</summary>
/// <param name="kept">What is said of people in a report that is to be stored; null: it is not.</param>
internal sealed class LeadNames(ILedgerTransaction transaction, ReportNames? kept)
{
    private readonly Dictionary<string, LeadBundle> _bundles = [];

    /// <param name="ids">As <see cref="LedgerFacts.IdOf"/> writes them.</param>
    public async Task ReadAsync(IReadOnlyCollection<string> ids)
    {
        long[] missing = [.. ids.Where(id => !_bundles.ContainsKey(id)).Distinct().Select(LedgerFacts.NumberOf)];
        if (missing.Length > 0)
        {
            foreach (var bundle in await LeadBundle.ReadAsync(transaction, await transaction.Leads.GetAsync(missing)))
            {
                _bundles[LedgerFacts.IdOf(bundle.Lead.Id)] = bundle;
            }
        }
    }

    public LeadBundle? Find(string id) => _bundles.GetValueOrDefault(id);

    public string Of(string id) => _bundles.TryGetValue(id, out var bundle) && FactsOfLead.Values(bundle).TryGetValue("email", out var email) ? Said(id, email.Value) : $"lead {id}";

    /// <summary>A text about the lead, as the report holds it.</summary>
    public string Said(string id, string text) => kept?.PlaceOf(LedgerFacts.NumberOf(id), text) ?? text;

    /// <summary>The indicators with their problems' leads by name.</summary>
    public async Task<IndicatorSet> InAsync(IndicatorSet set)
    {
        await ReadAsync([.. set.Problems.SelectMany(problem => problem.Leads)]);
        return set with { Problems = [.. set.Problems.Select(problem => problem with { Leads = [.. problem.Leads.Select(Of)] })] };
    }
}
