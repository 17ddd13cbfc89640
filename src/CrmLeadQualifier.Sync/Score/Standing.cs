using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Sync.Score;

/// <summary>What reports count a lead as, written down whenever it changes: a report as of any instant then reads sets instead of scoring leads anew.</summary>
internal static class Standing
{
    private static readonly int CreatedAtSlot = AttributeSchema.Standard.IndexOf("created_at");

    /// <param name="asked">The attributes that the agreement's criteria ask for, in ordinal order.</param>
    public static StandingRow Of(LeadBundle bundle, LeadFacts facts, LeadScore score, IReadOnlyList<string> asked, Instant at)
    {
        var values = FactsOfLead.Values(bundle);
        var created = facts.Values[CreatedAtSlot];
        var status = score.Status is LeadStatus.Excluded or LeadStatus.Unscorable ? score.Status : LeadStatus.NotYet;
        return new StandingRow(bundle.Lead.Id, at, created.IsKnown ? created.Date : null, Text("source"), Text("source_detail"), Text("country"), status)
        {
            Because = status == LeadStatus.Excluded ? score.ExcludedBy : status == LeadStatus.Unscorable ? score.Missing : [],
            Known = [.. asked.Where(attribute => facts.Schema.IndexOf(attribute) is >= 0 and var slot && facts.Values[slot].IsKnown)],
            Connections = [.. bundle.Present.Select(record => record.ConnectionId).Distinct().Order()],
        };

        string? Text(string name) => values.TryGetValue(name, out var value) && value.Value.Trim() is { Length: > 0 } text ? text : null;
    }

    /// <summary>Which attributes of leads the criteria of an agreement ask for, in ordinal order.</summary>
    public static IReadOnlyList<string> AskedBy(Definition definition) =>
        [.. definition.Criteria.SelectMany(CriterionAttributes.Of).Where(attribute => definition.Attributes.IndexOf(attribute) >= 0).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Only what changed is written.</summary>
    public static async Task SaveAsync(ILedgerTransaction transaction, IReadOnlyList<StandingRow> standings)
    {
        var present = (await transaction.Reports.StandingsAsync([.. standings.Select(standing => standing.LeadId)])).ToDictionary(standing => standing.LeadId);
        await transaction.Reports.SaveStandingsAsync(
            [.. standings.Where(standing => !present.TryGetValue(standing.LeadId, out var before) || (before.Since <= standing.Since && !standing.SaysTheSameAs(before)))]);
    }
}
