using CrmLeadQualifier.Storage;

namespace CrmLeadQualifier.Sync.Runs;

/// <summary>Releases held leads: the next <c>sync</c> hands them over, and they count in its breaker.</summary>
public sealed class Releases(ILedger ledger)
{
    /// <summary>The leads that would be released, at most <paramref name="limit"/>.</summary>
    public async Task<int> ReleaseAsync(int? limit, bool byRecency, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginAsync(null, cancellation);
        var held = await transaction.Leads.HeldAsync(limit ?? int.MaxValue, byRecency);
        await transaction.Leads.SaveAsync([.. held.Select(lead => lead with { IsReleased = true })]);
        await transaction.CommitAsync(cancellation);
        return held.Count;
    }

    /// <summary>Releases one lead by an address that one of its records has. False: nobody has it, or it waits for nothing.</summary>
    public async Task<bool> ReleaseAsync(string email, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginAsync(null, cancellation);
        var holders = await transaction.Records.HoldersAsync([Link.IdentityKeys.Email(email)]);
        var leads = await transaction.Leads.GetAsync([.. holders.Select(holder => holder.LeadId).Where(lead => lead > 0).Distinct()]);
        var waiting = leads.Where(lead => lead.State.IsHeld || lead.State.NeedsRelease).ToList();
        await transaction.Leads.SaveAsync([.. waiting.Select(lead => lead with { IsReleased = true })]);
        await transaction.CommitAsync(cancellation);
        return waiting.Count > 0;
    }
}
