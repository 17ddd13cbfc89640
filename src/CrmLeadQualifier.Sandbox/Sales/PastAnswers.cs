using System.Globalization;
using CrmLeadQualifier.Sandbox.Loading;

namespace CrmLeadQualifier.Sandbox.Sales;

/// <summary>What the sales team did before the sandbox started: it called whoever had asked for a demo, and entered what it thought.</summary>
internal static class PastAnswers
{
    private const long Minute = 60_000;
    private const long Hour = 60 * Minute;

    /// <summary>The answer is entered within so many days after the person asked.</summary>
    public const int LongestDays = 7;

    /// <summary>The reasons of the example agreements that the team uses.</summary>
    private static readonly string[] Reasons = ["not_target", "no_need", "no_budget", "bad_timing", "unreachable"];

    /// <param name="askedAt">At least <see cref="LongestDays"/> before the sandbox's start.</param>
    public static void Give(Lead lead, long askedAt, Random draw)
    {
        var calledAt = WorkingHours.From(askedAt + (15 * Minute) + (long)(draw.NextDouble() * 26 * Hour));
        lead.Activities.Add(new LeadActivity("call", calledAt, new Dictionary<string, string>
        {
            ["outcome"] = "Connected", ["direction"] = "OUTBOUND", ["duration_seconds"] = draw.Next(60, 1_200).ToString(CultureInfo.InvariantCulture),
        }));
        int? employees = int.TryParse(lead["employees"], NumberStyles.None, CultureInfo.InvariantCulture, out var known) ? known : null;
        var judgement = Judgement.Of(employees, Reasons, draw);
        var saidAt = WorkingHours.From(calledAt + (5 * Minute) + (long)(draw.NextDouble() * 20 * Hour));
        lead.Verdicts.Add(new LeadVerdict(judgement.IsGood ? "qualified" : "rejected", judgement.Reason, saidAt));
    }
}
