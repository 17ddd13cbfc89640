using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Indicators;

namespace CrmLeadQualifier.Core.Suggestions;

/// <summary>A definition with the text that people wrote.</summary>
/// <param name="Yaml">What <paramref name="Definition"/> was read from.</param>
/// <param name="Name">As reports call it.</param>
public sealed record WrittenDefinition(Definition Definition, string Yaml, string Name);

/// <summary>What is proposed to change in a definition, or why nothing is.</summary>
public sealed record Proposal(SuggestionOutcome Outcome)
{
    /// <summary>Leads of which it is known what became of them, and how many of them are good.</summary>
    public required Rate Good { get; init; }

    /// <summary>The newest fifth of them, on which the definitions are judged.</summary>
    public int Judged { get; init; }

    /// <summary>The present definition on the newest fifth; null: it cannot be computed.</summary>
    public AreaUnderCurve? Present { get; init; }

    /// <summary>The proposed definition, as it would score with its integer points, on the same leads; null: there is none.</summary>
    public AreaUnderCurve? Proposed { get; init; }

    public PairedDifference? Improvement { get; init; }

    /// <summary>Empty where <see cref="WhyNone"/> is not null.</summary>
    public IReadOnlyList<ProposedChange> Changes { get; init; } = [];

    /// <summary>All changes together; null: none.</summary>
    public WrittenDefinition? Amended { get; init; }

    /// <summary>The sentence that says why nothing is proposed; null: something is.</summary>
    public LocalizedText? WhyNone { get; init; }
}

/// <summary>One change of a definition.</summary>
/// <param name="Kind">One of the constants.</param>
/// <param name="Where">The criterion's id, the new exclusion's, or the threshold, such as <c>mql.total</c>.</param>
/// <param name="From">Points or threshold at present; null: it is new.</param>
/// <param name="To">Points or threshold proposed; null: none any more, or an exclusion.</param>
/// <param name="Why">For people.</param>
public sealed record ProposedChange(string Kind, string Where, int? From, int? To, LocalizedText Why)
{
    public const string Points = "points";
    public const string Remove = "remove";
    public const string Criterion = "criterion";
    public const string Exclusion = "exclusion";
    public const string Threshold = "threshold";

    /// <summary>The tier that is meant, from 1; null: the criterion has none.</summary>
    public int? Tier { get; init; }

    /// <summary>
    /// The definition with this change alone; a threshold's with all the changes, since it belongs to the new points. Null: alone it would be no valid definition.
    /// </summary>
    public WrittenDefinition? Amended { get; init; }
}
