using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Suggestions;
using CrmLeadQualifier.Core.Tests.Definitions;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Tests.Suggestions;

/// <summary>Leads whose outcome is known to depend on what a test says, or on nothing.</summary>
internal sealed class PlantedLeads(string yaml)
{
    public static readonly Instant Beginning = Instant.From(new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero));

    public WrittenDefinition Definition { get; } = new(Examples.Read(yaml).Definition!, yaml, "planted");

    public JudgedLead Lead(int i, bool isGood, IReadOnlyDictionary<string, string> attributes)
    {
        var builder = new LeadFactsBuilder(Definition.Definition.Attributes);
        foreach (var (name, value) in attributes)
        {
            builder.Set(name, value);
        }

        return new JudgedLead($"L{i:00000}", builder.Build(), Beginning + TimeSpan.FromHours(i), isGood) { Source = attributes.GetValueOrDefault("source"), Reason = isGood ? null : "no_need" };
    }

    public Proposal Propose(IReadOnlyList<JudgedLead> leads) =>
        ProposalMaker.Make(Definition, SuggestionOutcome.Verdict, leads, [.. leads.Select(lead => (lead.Facts, lead.At))]);
}
