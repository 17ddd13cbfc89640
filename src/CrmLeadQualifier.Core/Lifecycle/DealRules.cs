using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Lifecycle;

/// <summary>
/// What deals do to a stage (lifecycle and sync, section 3). A decision is given all deals each time, as they stand; which of them are news is told
/// by the stage itself: an open or won deal is news while the lead is no opportunity or customer, a lost one only if it was created after the last
/// change of stage.
/// </summary>
internal static class DealRules
{
    /// <summary>
    /// Creations and wins not after T, in any order. A close date that sales put into the future (or left empty) does not undo that the deal is
    /// closed now.
    /// </summary>
    public static IEnumerable<DealEvent> Events(DecisionInput input)
    {
        foreach (var deal in input.Deals.Where(deal => deal.CreatedAt <= input.At))
        {
            if (deal.Outcome != DealOutcome.Lost || input.State.StageSince is not { } since || deal.CreatedAt > since)
            {
                yield return new DealEvent(deal, deal.CreatedAt, IsWin: false);
            }

            if (deal.Outcome == DealOutcome.Won)
            {
                yield return new DealEvent(deal, ClosedAt(input, deal), IsWin: true);
            }
        }
    }

    public static void Apply(StageRun run, DealEvent deal)
    {
        var to = deal.IsWin ? Stage.Customer : Stage.Opportunity;
        if (run.State.Stage == Stage.Customer || run.State.Stage == to)
        {
            return;
        }

        if (run.IsTooLate(deal.At))
        {
            run.Note(DecisionNote.LateFact);
            return;
        }

        Advance(run, to, deal.At, TransitionCause.Deal);
    }

    /// <summary>A CRM says that the company is a customer: since when it does not say, so it is from T.</summary>
    public static void ApplyCustomer(StageRun run)
    {
        if (run.Input.IsCustomer && run.State.Stage != Stage.Customer)
        {
            Advance(run, Stage.Customer, run.Input.At, TransitionCause.Customer);
        }
    }

    /// <summary>When the last open deal of an opportunity was lost; null while one is open, and for other stages.</summary>
    public static Instant? LossAt(DecisionInput input, LeadState state)
    {
        if (state.Stage != Stage.Opportunity || state.StageSince is not { } since)
        {
            return null;
        }

        return input.Deals
            .Where(deal => deal.Outcome == DealOutcome.Lost && deal.CreatedAt <= input.At)
            .Select(deal => Instant.Latest(since, ClosedAt(input, deal)))
            .Where(lost => !input.Deals.Any(deal => IsOpen(input, deal, lost)))
            .Select(lost => (Instant?)lost)
            .Min();
    }

    public static bool HasOpenDeal(DecisionInput input) => input.Deals.Any(deal => deal.Outcome == DealOutcome.Open && deal.CreatedAt <= input.At);

    private static bool IsOpen(DecisionInput input, Deal deal, Instant at) =>
        deal.CreatedAt <= at && (deal.Outcome == DealOutcome.Open || ClosedAt(input, deal) > at);

    private static Instant ClosedAt(DecisionInput input, Deal deal) =>
        Instant.Earliest(input.At, Instant.Latest(deal.CreatedAt, deal.ClosedAt ?? deal.CreatedAt));

    private static void Advance(StageRun run, Stage to, Instant at, string cause)
    {
        if (run.State.Stage is Stage.Mql or Stage.Sal)
        {
            run.Move(Stage.Sql, at, TransitionCause.Deal);
            run.State = run.State with { Answer = Answer.Answered };
        }

        run.Move(to, at, cause);
    }
}

/// <summary>A deal was created, or won.</summary>
internal sealed record DealEvent(Deal Deal, Instant At, bool IsWin);
