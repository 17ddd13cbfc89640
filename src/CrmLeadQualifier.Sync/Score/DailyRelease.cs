using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;

namespace CrmLeadQualifier.Sync.Score;

/// <summary>
/// Held leads go to sales a few a day, highest total first, where the agreement says how many sales can answer. Only while a connection is live: what was released in weeks
/// of observing would be handed over in bulk on the day of going live.
/// </summary>
internal static class DailyRelease
{
    public static async Task RunAsync(ILedger ledger, AgreementInForce agreement, Instant at, CancellationToken cancellation)
    {
        if (agreement.Definition.Mql.DailyLimit is not { } limit)
        {
            return;
        }

        var zone = agreement.Definition.Sales.BusinessHours.Zone;
        var today = NodaTime.Instant.FromUnixTimeMilliseconds(at.UnixMilliseconds).InZone(zone).Date.AtStartOfDayInZone(zone);
        await using var transaction = await ledger.BeginAsync(null, cancellation);
        var released = await transaction.Leads.CountTransitionsAsync(TransitionCause.Released, new Instant(today.ToInstant().ToUnixTimeMilliseconds()));
        if (released < limit)
        {
            await transaction.Leads.SaveAsync([.. (await HeldBeforeAsync(transaction, at, limit - released)).Select(lead => lead with { IsReleased = true })]);
            await transaction.CommitAsync(cancellation);
        }
    }

    /// <summary>
    /// Whoever is held since this very instant was held by a run that died and is started again: an undisturbed one would have released nobody of them. There may be very many, so that no more are
    /// looked at than it takes.
    /// </summary>
    private static async Task<IReadOnlyList<LeadRow>> HeldBeforeAsync(ILedgerTransaction transaction, Instant at, int wanted)
    {
        for (var asked = wanted; ; asked = asked > int.MaxValue / 4 ? int.MaxValue : asked * 4)
        {
            var held = await transaction.Leads.HeldAsync(asked, byRecency: false);
            var before = held.Where(lead => !(lead.State.HeldSince >= at)).Take(wanted).ToList();
            if (before.Count == wanted || held.Count < asked)
            {
                return before;
            }
        }
    }
}
