using System.Globalization;
using System.Text;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Score;

namespace CrmLeadQualifier.Sync.Shadow;

/// <summary>
/// Scores every lead by the shadowed version beside the agreement in force, as of one instant, and keeps the day's difference. No lead, record or CRM is written. One walk over the ledger
/// a day, batch after batch: scoring twice costs little beside reading.
/// </summary>
public sealed class ShadowScoring(ILedger ledger)
{
    private const int BatchSize = 500;

    /// <summary>So many gained and lost leads are kept by name.</summary>
    private const int Kept = 20;

    /// <summary>Answers the day's difference; null: no version is shadowed, or no agreement is in force.</summary>
    /// <exception cref="ConfigurationException">The shadowed version can no longer be read.</exception>
    public async Task<ShadowDayRow?> RunAsync(Instant at, CancellationToken cancellation)
    {
        var (shadow, active) = await FindAsync(cancellation);
        if (shadow is null || active is null)
        {
            return null;
        }

        var definition = await DefinitionAsync(shadow.Version, cancellation);
        var counted = new Counted(active, definition, at);
        long after = 0;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            await using var transaction = await ledger.BeginReadAsync(cancellation);
            var leads = await transaction.Leads.ListAsync(after, BatchSize);
            if (leads.Count == 0)
            {
                break;
            }

            foreach (var bundle in await LeadBundle.ReadAsync(transaction, leads))
            {
                counted.Add(bundle);
            }

            after = leads[^1].Id;
        }

        var calendar = new AgreementCalendar(active.Definition.Sales.BusinessHours.Zone);
        var day = counted.Day(shadow.Version, AgreementCalendar.Day(calendar.DayOf(at)));
        await using var writing = await ledger.BeginAsync(null, cancellation);
        await writing.Shadows.SaveDayAsync(day);
        await writing.CommitAsync(cancellation);
        return day;
    }

    /// <summary>The difference as a sentence.</summary>
    public static string InWords(ShadowDayRow day) => string.Create(
        CultureInfo.InvariantCulture,
        $"Version {day.Version}, beside version {day.ActiveVersion} on {day.Day}: of {day.Leads} leads it qualifies {day.Qualified} instead of {day.ActiveQualified}; {day.Gained} only by it, {day.Lost} no longer.");

    private async Task<(ShadowRow? Shadow, AgreementInForce? Active)> FindAsync(CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginReadAsync(cancellation);
        return (await transaction.Shadows.FindAsync(), await AgreementInForce.ReadAsync(transaction));
    }

    private async Task<Definition> DefinitionAsync(int version, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginReadAsync(cancellation);
        var row = await transaction.Definitions.FindAsync(version) ?? throw new ConfigurationException($"Version {version} is shadowed but not in the ledger.");
        var reading = DefinitionReader.Read(Encoding.UTF8.GetBytes(row.Yaml), $"version {version}");
        return reading.Definition ?? throw new ConfigurationException($"Version {version}, which is shadowed, can no longer be read: {reading.Problems[0]}");
    }

    private sealed class Counted(AgreementInForce active, Definition shadow, Instant at)
    {
        private readonly ScoringPlan _plan = ScoringPlan.Compile(shadow);
        private readonly LeadFactsBuilder _facts = new(active.Definition.Attributes);
        private readonly LeadFactsBuilder _shadowFacts = new(shadow.Attributes);
        private readonly FactsOfActivities _activities = new();
        private readonly List<long> _gainedLeads = [];
        private readonly List<long> _lostLeads = [];
        private int _leads;
        private int _qualified;
        private int _activeQualified;
        private int _gained;
        private int _lost;

        public void Add(LeadBundle bundle)
        {
            if (!bundle.Present.Any())
            {
                return;
            }

            var byActive = IsQualified(active.Plan, FactsOfLead.Build(bundle, active.Definition.Attributes, _facts, _activities));
            var byShadow = IsQualified(_plan, FactsOfLead.Build(bundle, shadow.Attributes, _shadowFacts, _activities));
            _leads++;
            _qualified += byShadow ? 1 : 0;
            _activeQualified += byActive ? 1 : 0;
            if (byShadow != byActive)
            {
                Keep(byShadow ? _gainedLeads : _lostLeads, bundle.Lead.Id);
                _gained += byShadow ? 1 : 0;
                _lost += byActive ? 1 : 0;
            }
        }

        public ShadowDayRow Day(int version, string day) => new(version, day, at, active.Version, _leads, _qualified, _activeQualified, _gained, _lost)
        {
            GainedLeads = _gainedLeads,
            LostLeads = _lostLeads,
        };

        private bool IsQualified(ScoringPlan plan, LeadFacts facts) => plan.Score(facts, at, findNextChange: false).Status == LeadStatus.Qualified;

        private static void Keep(List<long> leads, long lead)
        {
            if (leads.Count < Kept)
            {
                leads.Add(lead);
            }
        }
    }
}
