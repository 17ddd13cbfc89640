using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Tests.Lifecycle;

/// <summary>States and inputs to start a test from. T is 23 November unless told.</summary>
internal static class ALead
{
    public static readonly Instant T = Agreement.Day(23);

    /// <summary>A lead that an earlier decision left in a stage on 5 November; an MQL was handed over an hour later.</summary>
    public static LeadState In(Stage stage)
    {
        var state = LeadState.New with { Stage = stage, StageSince = Agreement.Day(5), ScoringFingerprint = Agreement.OneStep.ScoringFingerprint };
        return stage switch
        {
            Stage.Mql => state with
            {
                HandOver = 1,
                HandedOverAt = Agreement.Day(5) + TimeSpan.FromHours(1),
                AnswerDueAt = Agreement.Day(30),
                Answer = Answer.ToAnswer,
            },
            Stage.Sal or Stage.Sql => state with { HandOver = 1, HandedOverAt = Agreement.Day(4), AnswerDueAt = Agreement.Day(6), Answer = Answer.Answered },
            Stage.Recycled => state with { HandOver = 1, HandedOverAt = Agreement.Day(4), CoolDownUntil = Agreement.Day(20), Answer = Answer.Answered },
            _ => state,
        };
    }

    public static DecisionInput Input(LeadState state, Definition? definition = null) => new()
    {
        Definition = definition ?? Agreement.OneStep,
        At = T,
        State = state,
        Score = Agreement.NotYet,
        IsBaseline = false,
        CanBeHandedOver = true,
    };

    public static DecisionInput Baseline(Definition? definition = null) => Input(LeadState.New, definition) with { IsBaseline = true };

    public static Verdict Says(VerdictValue value, double day, string? reason = null, string record = "hub:1") => new(record, value, Agreement.Day(day)) { Reason = reason };

    public static Verdict Empties(double day, string record = "hub:1") => new(record, VerdictValue.Accepted, Agreement.Day(day)) { IsWithdrawal = true };

    public static Deal Open(double created, string id = "D1") => new(id, Agreement.Day(created), DealOutcome.Open, null);

    public static Deal Won(double created, double closed, string id = "D1") => new(id, Agreement.Day(created), DealOutcome.Won, Agreement.Day(closed));

    public static Deal Lost(double created, double closed, string id = "D1") => new(id, Agreement.Day(created), DealOutcome.Lost, Agreement.Day(closed));

    /// <summary>The rows as <c>mql>sql@15 verdict</c>, the day counted as in <see cref="Agreement.Day"/>, with a fraction where it is not 09:00.</summary>
    public static string Rows(this Decision decision) => string.Join(", ", decision.Transitions.Select(row =>
        $"{row.From.Word()}>{row.To.Word()}@{((row.At - Agreement.Day(0)).TotalDays).ToString("0.###", System.Globalization.CultureInfo.InvariantCulture)} {row.Cause}"));
}
