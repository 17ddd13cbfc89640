using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Storage.Rows;

/// <summary>A version of the agreement; never edited or deleted.</summary>
/// <param name="Version">From 1, without gaps.</param>
/// <param name="Yaml">The file as proposed.</param>
public sealed record DefinitionRow(int Version, string AgreementFingerprint, string ScoringFingerprint, string Yaml, Instant ProposedAt)
{
    public string? ProposedBy { get; init; }

    public string? Note { get; init; }
}

/// <summary>A signature, kept for ever: one that was withdrawn counts no more and is still there to be read.</summary>
/// <param name="Role"><c>marketing</c> or <c>sales</c>.</param>
/// <param name="By">The account's name when it signed.</param>
/// <param name="Fingerprint">The agreement fingerprint that was signed.</param>
public sealed record SignatureRow(int Version, string Role, string By, Instant At, string Fingerprint)
{
    /// <summary>0: not in the ledger yet.</summary>
    public long Id { get; init; }

    /// <summary>What the review came to; null: nothing was noted.</summary>
    public string? Note { get; init; }

    /// <summary>Null: it stands.</summary>
    public Instant? WithdrawnAt { get; init; }

    public string? WithdrawnBy { get; init; }
}

public interface IDefinitionRows
{
    /// <summary>In the order of versions.</summary>
    Task<IReadOnlyList<DefinitionRow>> ListAsync();

    Task<DefinitionRow?> FindAsync(int version);

    /// <summary>Adds the next version and answers its number; content that is already the newest version's gets no new one.</summary>
    Task<int> AddAsync(string agreementFingerprint, string scoringFingerprint, string yaml, Instant at, string? by, string? note);

    /// <summary>In the order of signing, withdrawn ones among them.</summary>
    Task<IReadOnlyList<SignatureRow>> SignaturesAsync();

    /// <summary>A second signature of a version by the same role is kept beside the first.</summary>
    Task SignAsync(SignatureRow row);

    /// <summary>Marks a signature as withdrawn; one that was withdrawn already stays as it is.</summary>
    Task WithdrawAsync(long signatureId, Instant at, string by);
}
