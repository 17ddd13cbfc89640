namespace CrmLeadQualifier.Sync.Charts;

/// <summary>A part of a report for a person to read: a title, sentences, charts and a table where there is one. One without sentences and rows is left out.</summary>
public sealed record PageSection(string Title, IReadOnlyList<string> Sentences, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>Inline SVG, for the page only.</summary>
    public IReadOnlyList<string> Charts { get; init; } = [];

    public bool IsEmpty => Sentences.Count + Rows.Count == 0;
}
