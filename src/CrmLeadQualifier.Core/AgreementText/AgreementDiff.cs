using CrmLeadQualifier.Core.Definitions;

namespace CrmLeadQualifier.Core.AgreementText;

/// <summary>What changes from one agreement to another, in plain words, in the order in which the agreement is read.</summary>
/// <param name="Rescores">The scoring fingerprint differs: everybody is scored again when it comes into force.</param>
/// <param name="IsSame">The agreement fingerprint is the same: there is nothing new to sign.</param>
public sealed record AgreementDiff(Language Language, bool IsSame, bool Rescores, IReadOnlyList<AgreementChange> Changes)
{
    public static AgreementDiff Between(Definition before, Definition after, Language language)
    {
        var changes = AgreementChanges.Of(before, after, language);
        var isSame = before.AgreementFingerprint == after.AgreementFingerprint;
        if (changes.Count == 0 && !isSame)
        {
            // Another order, another spelling of the same rule: another content to sign all the same.
            changes = [new AgreementChange(ChangeKind.Changed, "layout", null, null, language == Language.French
                ? "La même chose, écrite autrement (ordre des critères, forme abrégée ou complète)."
                : "The same, written otherwise (the order of criteria, a short form or a long one).")];
        }

        return new AgreementDiff(language, isSame, before.ScoringFingerprint != after.ScoringFingerprint, changes);
    }

    /// <summary>One sentence before the changes.</summary>
    public string Summary => (Language, IsSame, Rescores) switch
    {
        (Language.French, true, _) => "Les deux disent exactement la même chose.",
        (Language.French, _, true) => $"{Count("changement", "changements")}\u00A0; à l’entrée en vigueur, tous les leads seront notés de nouveau.",
        (Language.French, _, false) => $"{Count("changement", "changements")}\u00A0; aucun score ne change.",
        (_, true, _) => "Both say exactly the same.",
        (_, _, true) => $"{Count("change", "changes")}; when it comes into force, every lead is scored again.",
        _ => $"{Count("change", "changes")}; no score changes.",
    };

    private string Count(string one, string many) => $"{Changes.Count.ToString(System.Globalization.CultureInfo.InvariantCulture)} {(Changes.Count == 1 ? one : many)}";
}

/// <param name="Key">Where it is, such as <c>behaviour.pricing_page.points</c> or <c>exclusions.competitor</c>.</param>
/// <param name="Before">Null: it was not there.</param>
/// <param name="After">Null: it is no more.</param>
/// <param name="Text">The change as one line.</param>
public sealed record AgreementChange(ChangeKind Kind, string Key, string? Before, string? After, string Text);

public enum ChangeKind
{
    Added,
    Removed,
    Changed,
}
