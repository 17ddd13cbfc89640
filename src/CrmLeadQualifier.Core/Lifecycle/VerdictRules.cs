using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Lifecycle;

/// <summary>What a verdict does to a stage, and what emptying it undoes (lifecycle and sync, sections 3 and 6).</summary>
internal static class VerdictRules
{
    /// <summary>The key of <c>sales.cool_down</c> for a rejection whose reason gives no length of its own.</summary>
    private const string Rejected = "rejected";

    /// <summary>
    /// The input's verdicts that lie not after T and that no earlier decision has applied, in order: by instant, at one instant emptied before set,
    /// then by record. A baseline may be given all there are: on a lead decided before, those not later than the verdict that stands (or stood in the
    /// hand-over before) are known; where none stands, those that were withdrawn.
    /// </summary>
    public static IEnumerable<Verdict> Unapplied(DecisionInput input)
    {
        Instant? known = input.IsBaseline && input.State.ScoringFingerprint is not null ? KnownUntil(input) : null;
        return input.NewVerdicts
            .Where(verdict => verdict.At <= input.At && (known is null || verdict.At > known || IsSame(input.State.Verdict, verdict)))
            .Where(verdict => !IsSame(input.State.PreviousVerdict, verdict))
            .OrderBy(verdict => verdict.At)
            .ThenByDescending(verdict => verdict.IsWithdrawal)
            .ThenBy(verdict => verdict.Record, StringComparer.Ordinal)
            .ThenBy(verdict => verdict.Value)
            .ThenBy(verdict => verdict.Reason, StringComparer.Ordinal)
            .ThenBy(verdict => verdict.RecontactOn)
            .ThenBy(verdict => verdict.Comment, StringComparer.Ordinal)
            .ThenBy(verdict => verdict.By, StringComparer.Ordinal);
    }

    public static void Apply(StageRun run, Verdict verdict)
    {
        if (run.LastVerdictAt > verdict.At)
        {
            run.Note(DecisionNote.LateFact);
        }
        else if (verdict.IsWithdrawal)
        {
            Withdraw(run, verdict);
        }
        else if (IsSame(run.State.Verdict, verdict))
        {
            Amend(run, verdict);
        }
        else
        {
            Give(run, verdict);
        }
    }

    private static Instant? KnownUntil(DecisionInput input) => input.State.Verdict?.At ?? input.NewVerdicts
        .Where(verdict => verdict.IsWithdrawal && verdict.At <= input.At)
        .Select(verdict => (Instant?)verdict.At)
        .Append(input.State.PreviousVerdict?.At)
        .Max();

    private static bool IsSame(Verdict? known, Verdict verdict) =>
        known is not null && known.Record == verdict.Record && known.Value == verdict.Value && known.At == verdict.At && known.Reason == verdict.Reason
        && known.IsWithdrawal == verdict.IsWithdrawal;

    private static void Give(StageRun run, Verdict verdict)
    {
        var stage = run.State.Stage;
        run.State = run.State with { Verdict = verdict };
        switch (verdict.Value)
        {
            case VerdictValue.Accepted when run.Definition.Sales.TwoStep:
                if (stage == Stage.Mql)
                {
                    run.Move(Stage.Sal, verdict.At, TransitionCause.Verdict);
                }

                break;
            case VerdictValue.Accepted or VerdictValue.Qualified:
                if (stage is Stage.Lead or Stage.Recycled or Stage.Mql or Stage.Sal)
                {
                    run.Move(Stage.Sql, verdict.At, stage is Stage.Lead or Stage.Recycled ? TransitionCause.SalesDirect : TransitionCause.Verdict);
                    NoteEvidence(run);
                }

                break;
            case VerdictValue.Rejected:
                if (stage is Stage.Lead or Stage.Recycled or Stage.Mql or Stage.Sal or Stage.Sql)
                {
                    Reject(run, verdict);
                }

                break;
            case VerdictValue.Reopened:
                if (stage == Stage.Disqualified)
                {
                    run.Move(Stage.Lead, verdict.At, TransitionCause.Reopened);
                    run.State = run.State with { Answer = Answer.None };
                }

                return;
        }

        run.State = run.State with { Answer = AnswerTo(run, verdict) };
    }

    /// <summary>
    /// A rejection without a reason is asked for one, whoever found the lead; otherwise only a hand-over can be answered. A first baseline leaves the
    /// answer empty.
    /// </summary>
    private static Answer AnswerTo(StageRun run, Verdict verdict) =>
        run.IsFirst ? Answer.None
        : verdict.Value == VerdictValue.Rejected && string.IsNullOrWhiteSpace(verdict.Reason) ? Answer.ReasonMissing
        : run.State.HandOver > 0 ? Answer.Answered
        : Answer.None;

    private static void Reject(StageRun run, Verdict verdict)
    {
        var reason = ReasonOf(run.Definition, verdict);
        if (string.IsNullOrWhiteSpace(verdict.Reason))
        {
            run.Note(DecisionNote.ReasonMissing);
        }
        else if (reason is null && run.Definition.Sales.RejectionReasons.Count > 0)
        {
            run.Note(run.Input.RetiredReasons.Contains(verdict.Reason) ? DecisionNote.RetiredReason : DecisionNote.UnknownReason);
        }

        if (reason is { Then: AfterRejection.Disqualify })
        {
            run.Move(Stage.Disqualified, verdict.At, TransitionCause.Verdict);
        }
        else
        {
            run.Recycle(verdict.At, TransitionCause.Verdict, CoolDownEnd(run.Definition, verdict), verdict.RecontactOn is not null);
        }
    }

    private static RejectionReason? ReasonOf(Definition definition, Verdict verdict) =>
        definition.Sales.RejectionReasons.FirstOrDefault(reason => reason.Id == verdict.Reason);

    private static Instant CoolDownEnd(Definition definition, Verdict verdict) =>
        verdict.RecontactOn ?? verdict.At + (ReasonOf(definition, verdict)?.After ?? definition.Sales.CoolDownFor(Rejected));

    /// <summary>Sales added a comment or a recontact date to the verdict that stands: no new verdict, but the cool-down follows the date.</summary>
    private static void Amend(StageRun run, Verdict verdict)
    {
        var isOtherDay = run.State.Verdict?.RecontactOn != verdict.RecontactOn;
        run.State = run.State with { Verdict = verdict };
        if (isOtherDay && verdict.Value == VerdictValue.Rejected && run.State.Stage == Stage.Recycled && run.State.StageSince == verdict.At)
        {
            run.State = run.State with { CoolDownUntil = CoolDownEnd(run.Definition, verdict), IsRecontact = verdict.RecontactOn is not null };
        }
    }

    /// <summary>
    /// The verdict that stands no longer does. If it gave the present stage, the lead is where it was asked about: an MQL to answer in its hand-over
    /// (which keeps its number, its instant and its due time), or a lead where there was none. A stage that something else gave since then stays, so
    /// does the one after a <c>reopened</c>, and nothing takes an opportunity or a customer back.
    /// </summary>
    private static void Withdraw(StageRun run, Verdict withdrawal)
    {
        if (run.State.Verdict is not { } standing || standing.At > withdrawal.At)
        {
            return;
        }

        run.State = run.State with { Verdict = null };
        if (IsGivenBy(run.State, standing))
        {
            var isHandedOver = run.State.HandOver > 0;
            run.Move(isHandedOver ? Stage.Mql : Stage.Lead, withdrawal.At, TransitionCause.Verdict);
            run.State = run.State with { Answer = isHandedOver ? Answer.ToAnswer : Answer.None };
        }
        else if (run.State.Answer == Answer.ReasonMissing)
        {
            run.State = run.State with { Answer = run.State.HandOver > 0 ? Answer.Answered : Answer.None };
        }
    }

    /// <summary>
    /// Deals recycle too, later than the verdict that stands; SAL, SQL and disqualified come from verdicts alone, a late one's stage lasting since
    /// the change before it.
    /// </summary>
    private static bool IsGivenBy(LeadState state, Verdict standing) => standing.Value != VerdictValue.Reopened && state.Stage switch
    {
        Stage.Sal or Stage.Sql or Stage.Disqualified => standing.At <= state.StageSince,
        Stage.Recycled => standing.At == state.StageSince,
        _ => false,
    };

    private static void NoteEvidence(StageRun run)
    {
        if (run.Definition.Sql?.Evidence is { } evidence && run.Input.KnownAttributes is { } known && evidence.Of.Count(known.Contains) < evidence.AtLeast)
        {
            run.Note(DecisionNote.EvidenceMissing);
        }
    }
}
