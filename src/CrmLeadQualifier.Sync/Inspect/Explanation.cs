using CrmLeadQualifier.Storage;

namespace CrmLeadQualifier.Sync.Inspect;

/// <summary>How a lead's score and stage came about.</summary>
public static class Explain
{
    /// <summary>By e-mail address or <c>CONNECTION:RECORD</c>; null: nobody has it.</summary>
    public static Task<Explanation?> ByEmailAsync(ILedger ledger, string email, CancellationToken cancellation)
        => throw new InvalidOperationException($"Being written. {ledger} {email}");
}

/// <summary>Lines that a person reads, section by section; the same object is printed as JSON.</summary>
/// <param name="Title">Such as <c>Records</c>, <c>Attributes</c>, <c>Criteria</c>, <c>Stages</c>, <c>Verdicts</c>, <c>Writes</c>.</param>
public sealed record ExplanationSection(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);

public sealed record Explanation(string Summary, IReadOnlyList<ExplanationSection> Sections);
