using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Indicators;

/// <summary>What is known of one lead over time: what a replay walks through.</summary>
/// <param name="Id">Unique among the leads of a replay.</param>
/// <param name="Name">As reports name the lead: its address, else its id.</param>
/// <param name="Periods">At least one, in the order of <see cref="AttributePeriod.From"/>.</param>
public sealed record HistoricLead(string Id, string Name, IReadOnlyList<AttributePeriod> Periods)
{
    public Instant? CreatedAt { get; init; }

    /// <summary>
    /// The first instant of its history: its creation, else its first activity, verdict or deal. Null: nothing says when the lead was there, and it cannot be replayed.
    /// </summary>
    public Instant? Since { get; init; }

    /// <summary>Some of what the attributes were in the past is not known: today's values stand in.</summary>
    public bool IsOfToday { get; init; }

    public IReadOnlyList<VerdictFact> Verdicts { get; init; } = [];

    public IReadOnlyList<DealFact> Deals { get; init; } = [];

    /// <summary>The attributes as of an instant.</summary>
    public AttributePeriod PeriodAt(Instant at) => Periods.LastOrDefault(period => period.From <= at) ?? Periods[0];
}

/// <summary>A time in which a lead's attributes stayed the same.</summary>
/// <param name="From">The first period also stands for the time before.</param>
/// <param name="Facts">One for each schema that is replayed; the activities are all there are, of every instant.</param>
public sealed record AttributePeriod(Instant From, IReadOnlyList<LeadFacts> Facts)
{
    /// <summary>As the CRM writes it; null or blank: none.</summary>
    public string? Source { get; init; }

    public string? SourceDetail { get; init; }

    public string? Country { get; init; }

    public string? Owner { get; init; }
}
