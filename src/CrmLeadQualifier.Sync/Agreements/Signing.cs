using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Sync.Agreements;

/// <summary>The two keys: each role signs a version's fingerprint. Who signs has shown to be that account before this is called.</summary>
public static class Signing
{
    /// <param name="note">What the review came to.</param>
    /// <exception cref="ConfigurationException">No such version; or the role, or this account for the other role, has signed it and waits already.</exception>
    public static async Task<SigningResult> SignAsync(ILedgerTransaction ledger, int version, string role, string account, string? note, Instant at)
    {
        var row = await FindAsync(ledger, version);
        var before = new SignedVersions(await ledger.Definitions.SignaturesAsync());
        foreach (var open in before.Open(version))
        {
            if (open.Role == role)
            {
                throw new ConfigurationException($"Version {version} is signed for {role} already, by {open.By} at {open.At}. It waits for the other role.");
            }

            if (open.By == account)
            {
                throw new ConfigurationException($"{account} signed version {version} for {open.Role}: the other role's signature is another account's.");
            }
        }

        await ledger.Definitions.SignAsync(new SignatureRow(version, role, account, at, row.AgreementFingerprint) { Note = note });
        var after = new SignedVersions(await ledger.Definitions.SignaturesAsync());
        // With nothing open any more, the version was agreed by this signature.
        var missing = after.Open(version).Count == 0 ? [] : after.Missing(version);
        return new SigningResult(row, missing, missing.Count == 0 && before.InForce?.Version == version);
    }

    /// <summary>Takes back the role's signature while it waits for the other one. Answers the signature.</summary>
    /// <exception cref="ConfigurationException">There is none that waits.</exception>
    public static async Task<SignatureRow> WithdrawAsync(ILedgerTransaction ledger, int version, string role, string account, Instant at)
    {
        await FindAsync(ledger, version);
        var signed = new SignedVersions(await ledger.Definitions.SignaturesAsync());
        if (signed.Open(version).FirstOrDefault(signature => signature.Role == role) is not { } open)
        {
            throw new ConfigurationException(signed.InForce?.Version == version
                ? $"Version {version} has both signatures and is in force: none can be withdrawn any more. Another version, signed by both, takes its place."
                : $"Version {version} has no signature for {role} that waits for the other role's.");
        }

        await ledger.Definitions.WithdrawAsync(open.Id, at, account);
        return open;
    }

    /// <exception cref="ConfigurationException">There is no such version.</exception>
    public static async Task<DefinitionRow> FindAsync(ILedgerTransaction ledger, int version)
    {
        if (await ledger.Definitions.FindAsync(version) is { } row)
        {
            return row;
        }

        var known = (await ledger.Definitions.ListAsync()).Select(other => other.Version).ToList();
        throw new ConfigurationException($"There is no version {version}. " + (known.Count > 0 ? $"There is: {string.Join(", ", known)}." : "Run definition propose FILE first."));
    }
}

/// <param name="Missing">The roles that have still to sign; none: the version is agreed.</param>
/// <param name="IsRenewal">It was in force already, and both have signed it again.</param>
public sealed record SigningResult(DefinitionRow Version, IReadOnlyList<string> Missing, bool IsRenewal);
