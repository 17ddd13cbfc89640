using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Storage.Rows;

/// <summary>
/// One walk along all leads that are due at T, batch after batch, each in a transaction of its own: where <see cref="ILeadRows.TakeDueAsync"/> goes on, so that no batch begins anew at what
/// is done. A lead that stays due is met again by the next walk, not by this one. Not for two threads at once.
/// </summary>
/// <param name="at">T.</param>
/// <param name="scoringFingerprint">Of the agreement in force.</param>
public sealed class DueWalk(Instant at, string scoringFingerprint)
{
    public Instant At { get; } = at;

    public string ScoringFingerprint { get; } = scoringFingerprint;

    /// <summary>Why the leads are due that come next; each lead is due for the first of the reasons that it has.</summary>
    internal DueReason Reason { get; private set; }

    /// <summary>The lead before; within <see cref="DueReason.Time"/> among those of its instant.</summary>
    internal long AfterId { get; private set; }

    /// <summary>The instant at which the lead before was due, within <see cref="DueReason.Time"/>.</summary>
    internal Instant AfterInstant { get; private set; } = Instant.MinValue;

    /// <summary>Within <see cref="DueReason.OtherAgreement"/>: the scoring fingerprint whose leads come next.</summary>
    internal string? OtherFingerprint => others is { Count: > 0 } ? others.Peek() : null;

    private Queue<string>? others;

    /// <param name="take">The next leads, in the reason's order, that many at most; fewer: there are no more for this reason.</param>
    /// <param name="keep">Those of them that are free.</param>
    /// <param name="findFingerprints">All scoring fingerprints under which there are leads.</param>
    internal async Task<IReadOnlyList<LeadRow>> TakeAsync(
        int limit, Func<int, Task<List<LeadRow>>> take, Func<List<LeadRow>, Task<IEnumerable<LeadRow>>> keep, Func<Task<List<string>>> findFingerprints)
    {
        var taken = new List<LeadRow>();
        while (taken.Count < limit && Reason != DueReason.None)
        {
            if (Reason == DueReason.OtherAgreement && others is null)
            {
                others = new((await findFingerprints().ConfigureAwait(false)).Where(fingerprint => fingerprint != ScoringFingerprint));
                if (others.Count == 0)
                {
                    Reason = DueReason.None;
                    break;
                }
            }

            var wanted = limit - taken.Count;
            var found = await take(wanted).ConfigureAwait(false);
            if (found.Count > 0)
            {
                AfterId = found[^1].Id;
                AfterInstant = found[^1].NextDueAt ?? AfterInstant;
                taken.AddRange(await keep(found).ConfigureAwait(false));
            }

            if (found.Count < wanted)
            {
                GoOn();
            }
        }

        return taken;
    }

    private void GoOn()
    {
        others?.Dequeue();
        if (others is null)
        {
            Reason++;
        }
        else if (others.Count == 0)
        {
            Reason = DueReason.None;
        }

        AfterId = 0;
        AfterInstant = Instant.MinValue;
    }
}

/// <summary>Why a lead is to be scored.</summary>
internal enum DueReason
{
    /// <summary>A fact changed.</summary>
    Fact,

    /// <summary>It was released.</summary>
    Release,

    /// <summary>Its time has come.</summary>
    Time,

    /// <summary>It was scored under another scoring fingerprint.</summary>
    OtherAgreement,

    /// <summary>All were met.</summary>
    None,
}
