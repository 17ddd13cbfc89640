using System.Globalization;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Link;
using CrmLeadQualifier.Sync.Score;

namespace CrmLeadQualifier.Sync.Inspect;

/// <summary>Lines that a person reads, section by section; the same object is printed as JSON.</summary>
/// <param name="Title">Such as <c>Records</c>, <c>Attributes</c>, <c>Criteria</c>, <c>Stages</c>, <c>Verdicts</c>, <c>Writes</c>.</param>
public sealed record ExplanationSection(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);

public sealed record Explanation(string Summary, IReadOnlyList<ExplanationSection> Sections);

/// <summary>How a lead's score and stage came about: every fact with its source, every criterion, every change, every field written.</summary>
public static class Explain
{
    private static readonly TimeSpan WritesOf = TimeSpan.FromDays(400);

    /// <summary>Null: nobody has this address.</summary>
    /// <param name="holidays">Days on which nobody works, beside those of the agreement.</param>
    public static async Task<Explanation?> ByEmailAsync(ILedger ledger, string email, CancellationToken cancellation, IReadOnlySet<NodaTime.LocalDate>? holidays = null)
    {
        await using var transaction = await ledger.BeginReadAsync(cancellation);
        if (await FindAsync(transaction, email) is not { } bundle)
        {
            return null;
        }

        var lead = bundle.Lead;
        var agreement = (await AgreementInForce.ReadAsync(transaction))?.Closing(holidays ?? new HashSet<NodaTime.LocalDate>());
        var writes = await transaction.Writes.OfRecordsAsync([.. bundle.Records.Select(record => record.Id)], (lead.ScoredAt ?? Instant.MinValue + WritesOf) - WritesOf);
        return new Explanation(
            Summary(lead),
            [
                Records(bundle),
                Attributes(bundle),
                Activities(bundle),
                Deals(bundle),
                Criteria(lead.Score, agreement?.Definition),
                Stages(bundle),
                HandOvers(bundle, (await transaction.HandOvers.OfLeadsAsync([lead.Id])).GetValueOrDefault(lead.Id) ?? [], agreement?.Definition, lead.ScoredAt),
                Verdicts(bundle),
                Notes(lead.Notes),
                Writes(bundle, writes),
            ]);
    }

    /// <summary>Null: nobody has this address.</summary>
    internal static async Task<LeadBundle?> FindAsync(ILedgerTransaction transaction, string email)
    {
        var holders = await transaction.Records.HoldersAsync([IdentityKeys.Email(email)]);
        if (holders.Select(holder => holder.LeadId).FirstOrDefault(lead => lead > 0) is not (> 0 and var leadId))
        {
            return null;
        }

        return (await LeadBundle.ReadAsync(transaction, await transaction.Leads.GetAsync([leadId]))).Single();
    }

    private static string Summary(LeadRow lead)
    {
        if (lead is not { Score: { } score, ScoredAt: { } scoredAt })
        {
            return "Not scored yet.";
        }

        var held = lead.State.IsHeld ? " Held: qualified by the agreement's coming into force alone; `release` hands it over." : "";
        var next = lead.NextDueAt is { } due ? $" Looked at again by {due} at the latest." : "";
        return string.Create(
            CultureInfo.InvariantCulture, $"Stage {lead.State.Stage.Word()}, {InWords(score)}, as of {scoredAt} under version {lead.Version}.{held}{next}");
    }

    /// <summary>Such as <c>qualified, total 95 = profile 30 + behaviour 5 + intent 60</c>.</summary>
    internal static string InWords(LeadScore score)
    {
        var what = score.Status switch
        {
            LeadStatus.Unscorable => $"unscorable: {string.Join(", ", score.Missing)} unknown",
            LeadStatus.Excluded => $"excluded by {string.Join(", ", score.ExcludedBy)}",
            _ => score.Status.Word(),
        };
        return score.Status == LeadStatus.Unscorable
            ? what
            : string.Create(CultureInfo.InvariantCulture, $"{what}, total {score.Total} = profile {score.Profile} + behaviour {score.Behaviour} + intent {score.Intent}");
    }

    internal static ExplanationSection Records(LeadBundle bundle) =>
        new("Records", ["connection", "record", "owner", "lifecycle", "state"], [.. bundle.Records.Select(record => (IReadOnlyList<string>)
        [
            bundle.NameOf(record.ConnectionId),
            $"{record.Object} {record.ExternalId}",
            bundle.OwnerOf.GetValueOrDefault(record.Id)?.Name ?? record.OwnerId ?? "",
            record.Lifecycle ?? "",
            record.IsGone ? "gone" : record.Parked ?? (record.Overrides.Count > 0 ? $"overridden: {string.Join(", ", record.Overrides.Keys)}" : record.Id == bundle.Lead.HandOverRecordId ? "hand-over record" : ""),
        ])]);

    internal static ExplanationSection Attributes(LeadBundle bundle)
    {
        var all = FactsOfLead.All(bundle);
        return new("Attributes", ["attribute", "value", "connection", "source", "others"],
            [.. FactsOfLead.Values(bundle).OrderBy(attribute => attribute.Key, StringComparer.Ordinal).Select(attribute => (IReadOnlyList<string>)
            [
                attribute.Key,
                attribute.Value.Value,
                bundle.NameOf(attribute.Value.ConnectionId),
                attribute.Value.Source,
                string.Join(", ", all[attribute.Key].Where(other => other.Value != attribute.Value.Value).Select(other => $"{bundle.NameOf(other.ConnectionId)} {other.Source}: {other.Value}")),
            ])]);
    }

    internal static ExplanationSection Activities(LeadBundle bundle) => new("Activities", ["at", "kind", "what", "connection", "source"],
        // The same activity on two records of one lead is one, here as in the score.
        [.. bundle.Activities.DistinctBy(activity => (activity.ConnectionId, activity.ActivityId)).Select(activity => (IReadOnlyList<string>)
        [
            activity.At.ToString(),
            activity.Kind,
            string.Join(", ", activity.Attributes.Select(attribute => $"{attribute.Key} {attribute.Value}")),
            bundle.NameOf(activity.ConnectionId),
            activity.CopyOf is null ? activity.ActivityId : $"{activity.ActivityId}, a copy ({activity.CopyOf}): not counted",
        ])]);

    internal static ExplanationSection Deals(LeadBundle bundle) => new("Deals", ["created at", "deal", "connection", "state", "closed at"],
        [.. bundle.Deals.Concat(bundle.MirroredDeals).Select(row => (IReadOnlyList<string>)
        [
            row.Deal.CreatedAt.ToString(),
            bundle.MirroredDeals.Contains(row) ? $"{row.Deal.Id}, a copy of {row.CopyOf}: not counted" : row.Deal.Id,
            bundle.NameOf(row.ConnectionId),
            row.Deal.Outcome.ToString().ToLowerInvariant(),
            row.Deal.ClosedAt?.ToString() ?? "",
        ])]);

    internal static ExplanationSection Criteria(LeadScore? score, Definition? definition)
    {
        var labels = definition?.Criteria.ToDictionary(criterion => criterion.Id, criterion => criterion.Label.In(Language.English)) ?? [];
        var values = (score?.Criteria ?? []).Select(criterion => (IReadOnlyList<string>)
            [criterion.Id, labels.GetValueOrDefault(criterion.Id, ""), criterion.Value.ToString("+0;-0", CultureInfo.InvariantCulture)]);
        var adjustments = (score?.Adjustments ?? []).Select(adjustment => (IReadOnlyList<string>)
            [adjustment.Key, adjustment.Value < 0 ? "held at its cap" : "held at 0", adjustment.Value.ToString("+0;-0", CultureInfo.InvariantCulture)]);
        return new("Criteria", ["criterion", "label", "points"], [.. values, .. adjustments]);
    }

    internal static ExplanationSection Stages(LeadBundle bundle) => new("Stages", ["at", "from", "to", "cause", "seen at", "run"],
        [.. bundle.Transitions.Select(row => (IReadOnlyList<string>)
            [row.Transition.At.ToString(), row.Transition.From.Word(), row.Transition.To.Word(), row.Transition.Cause, row.SeenAt.ToString(), row.Run])]);

    /// <summary>The clock of every hand-over as it is known now, with what it came to under the agreement in force.</summary>
    private static ExplanationSection HandOvers(LeadBundle bundle, IReadOnlyList<HandOverRow> rows, Definition? definition, Instant? asOf) => new(
        "Hand-overs",
        ["qualified at", "handed over at", "answer due at", "first contact", "owner changes", "took the program", "took sales", "in time"],
        [.. rows.GroupBy(row => row.MqlAt).OrderBy(handOver => handOver.Key).Select(handOver => handOver.Last()).Select(row =>
        {
            var delays = definition is null || asOf is null ? null : HandOverDelays.Of(
                definition.Sales.BusinessHours, row.MqlAt, row.HandedOverAt, row.DueAt, row.FirstContact, RejectedAt(bundle, row, rows), asOf.Value);
            return (IReadOnlyList<string>)
            [
                row.MqlAt.ToString(),
                row.HandedOverAt?.ToString() ?? "waiting",
                row.DueAt?.ToString() ?? "",
                row.FirstContact is not { } made ? "" : $"{made.Kind} {(made.IsDayOnly ? "on the day of " : "")}{made.At}{(made.WasInContact ? ", already in contact" : "")}",
                row.OwnerChanges.ToString(CultureInfo.InvariantCulture),
                InHours(delays?.System),
                InHours(delays?.Human),
                delays?.IsWithinSla is { } isKept ? isKept ? "yes" : "no" : "",
            ];
        })]);

    private static Instant? RejectedAt(LeadBundle bundle, HandOverRow row, IReadOnlyList<HandOverRow> all)
    {
        var next = all.Where(other => other.MqlAt > row.MqlAt).Select(other => (Instant?)other.MqlAt).Min();
        return bundle.Verdicts.Select(said => said.Verdict)
            .FirstOrDefault(verdict => verdict is { Value: VerdictValue.Rejected, IsWithdrawal: false } && verdict.At > row.MqlAt && !(verdict.At > next))?.At;
    }

    private static string InHours(Span? span) =>
        span is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{span.Calendar.TotalHours:0.##} h, {span.Business.TotalHours:0.##} of them business hours");

    private static ExplanationSection Notes(IReadOnlyList<string> notes) => new("Notes", ["note", "what it says"],
        [.. notes.Select(note => (IReadOnlyList<string>)[note, DecisionNote.InWords(note)])]);

    internal static ExplanationSection Verdicts(LeadBundle bundle) => new("Verdicts", ["at", "verdict", "reason", "by", "comment", "connection", "record"],
        [.. bundle.Verdicts.Select(row => (Row: row, Record: bundle.Records.FirstOrDefault(record => record.Id == row.RecordId))).Select(said => (IReadOnlyList<string>)
        [
            said.Row.Verdict.At.ToString(),
            said.Row.Verdict.IsWithdrawal ? $"{said.Row.Verdict.Value.Word()} withdrawn" : said.Row.Verdict.Value.Word(),
            said.Row.Verdict.Reason ?? "",
            $"{said.Row.Verdict.By}{(said.Row.Verdict.IsApproximate ? " (approximate)" : "")}",
            said.Row.Verdict.Comment ?? "",
            said.Record is { } record ? bundle.NameOf(record.ConnectionId) : "",
            said.Record is { } of ? $"{of.Object} {of.ExternalId}" : "",
        ])]);

    private static ExplanationSection Writes(LeadBundle bundle, IReadOnlyList<WriteRow> writes)
    {
        var records = bundle.Records.ToDictionary(record => record.Id);
        return new("Writes", ["sent at", "connection", "record", "field", "from", "to", "state", "run"], [.. writes.Select(write => (IReadOnlyList<string>)
        [
            write.SentAt.ToString(), bundle.NameOf(write.ConnectionId), $"{records[write.RecordId].Object} {records[write.RecordId].ExternalId}", write.Field, write.Before, write.Value,
            write.State.ToString().ToLowerInvariant(), write.Run,
        ])]);
    }
}
