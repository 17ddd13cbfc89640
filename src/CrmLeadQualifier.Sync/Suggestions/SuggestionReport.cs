using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Suggestions;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Sync.Backtest;

namespace CrmLeadQualifier.Sync.Suggestions;

/// <summary>What feedback says about a definition: text, JSON and the weekly report are written from this object. Every sentence is there in English and French.</summary>
/// <param name="History">Where the leads are from.</param>
public sealed record SuggestionReport(Definition Definition, string History, Proposal Proposal)
{
    /// <summary>One for each change of the proposal, in its order.</summary>
    public IReadOnlyList<Suggestion> Suggestions { get; init; } = [];

    /// <summary>What all the changes together would do; null: nothing is proposed.</summary>
    public SuggestionEffect? Effect { get; init; }

    public IReadOnlyList<RejectedSegmentSentence> RejectedSegments { get; init; } = [];

    public IReadOnlyList<HealthFinding> Health { get; init; } = [];
}

/// <param name="Effect">Of the change alone (of a threshold, with all the changes); null: alone it would be no valid definition.</param>
public sealed record Suggestion(ProposedChange Change, SuggestionEffect? Effect);

public sealed record RejectedSegmentSentence(RejectedSegment Segment, LocalizedText Sentence);

/// <summary>What a definition would do over the last days, against the present one.</summary>
/// <param name="From">The first instant of the window.</param>
/// <param name="Gained">MQL by the amended definition only, in the order of their instants.</param>
/// <param name="Lost">MQL by the present one only.</param>
public sealed record SuggestionEffect(Instant From, Instant To, int PresentMqls, int ProposedMqls, IReadOnlyList<ChangedLead> Gained, IReadOnlyList<ChangedLead> Lost);

/// <param name="Capacity">MQLs a week that sales can answer; null: as many as now.</param>
/// <param name="AcceptanceAtLeast">From 0 to 1: of MQLs with a verdict, those accepted; null: none is asked for.</param>
public sealed record SuggestionOptions(SuggestionOutcome Outcome, double? Capacity = null, double? AcceptanceAtLeast = null);
