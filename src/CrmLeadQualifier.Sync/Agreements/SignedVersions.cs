using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Sync.Agreements;

/// <summary>
/// What the signatures come to. A version is agreed each time both roles have signed it, by two accounts, since it was last agreed: the first time it comes into force, and again
/// it is renewed, or is back in force after another one. The version agreed last is in force.
/// </summary>
public sealed class SignedVersions
{
    /// <summary>The roles that both have to sign the same fingerprint.</summary>
    public static readonly IReadOnlyList<string> Roles = ["marketing", "sales"];

    private readonly Dictionary<int, List<SignatureRow>> _open = [];
    private readonly List<AgreedVersion> _agreed = [];

    /// <param name="signatures">In the order of signing.</param>
    public SignedVersions(IEnumerable<SignatureRow> signatures)
    {
        foreach (var signature in signatures.Where(signature => signature.WithdrawnAt is null))
        {
            if (!_open.TryGetValue(signature.Version, out var open))
            {
                _open[signature.Version] = open = [];
            }

            if (open.Exists(other => other.Role == signature.Role))
            {
                continue;
            }

            if (open.Find(other => other.By != signature.By && other.Fingerprint == signature.Fingerprint) is { } first)
            {
                _agreed.Add(new AgreedVersion(signature.Version, Instant.Latest(first.At, signature.At), [first, signature]));
                _open.Remove(signature.Version);
            }
            else
            {
                open.Add(signature);
            }
        }

        // By their instants: --at may have signed in another order.
        _agreed = [.. _agreed.OrderBy(agreed => agreed.At).ThenBy(agreed => agreed.Signatures[1].Id)];
    }

    /// <summary>The version in force; null: none was signed by both roles yet.</summary>
    public AgreedVersion? InForce => _agreed.Count == 0 ? null : _agreed[^1];

    /// <summary>Every version that was ever agreed, in the order in which they were first.</summary>
    public IReadOnlyList<int> Versions => [.. _agreed.Select(agreed => agreed.Version).Distinct()];

    /// <summary>From when the version in force was, without another one in between: renewing it does not begin it anew.</summary>
    public Instant? InForceSince
    {
        get
        {
            if (InForce is not { } inForce)
            {
                return null;
            }

            var first = _agreed.Count - 1;
            while (first > 0 && _agreed[first - 1].Version == inForce.Version)
            {
                first--;
            }

            return _agreed[first].At;
        }
    }

    /// <summary>The signatures of a version that wait for the other role's; those that can still be withdrawn.</summary>
    public IReadOnlyList<SignatureRow> Open(int version) => _open.GetValueOrDefault(version) ?? [];

    /// <summary>The roles that have still to sign before the version is agreed.</summary>
    public IReadOnlyList<string> Missing(int version) => [.. Roles.Where(role => !Open(version).Any(signature => signature.Role == role))];
}

/// <param name="At">The second signature's instant, from which the review counts.</param>
/// <param name="Signatures">The two, in the order of signing.</param>
public sealed record AgreedVersion(int Version, Instant At, IReadOnlyList<SignatureRow> Signatures);
