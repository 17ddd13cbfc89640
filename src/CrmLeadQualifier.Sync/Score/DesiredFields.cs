using System.Globalization;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using NodaTime;
using Instant = CrmLeadQualifier.Core.Time.Instant;

namespace CrmLeadQualifier.Sync.Score;

/// <summary>What a decision means for the fields of a lead's records.</summary>
internal sealed class DesiredFields(AgreementInForce agreement, Instant at)
{
    /// <summary>When changes through time alone are sent, in the agreement's time zone (lifecycle and sync, section 5, rule 1).</summary>
    private static readonly LocalTime QuietFrom = new(2, 0);
    private static readonly LocalTime QuietTo = new(5, 0);

    /// <summary>What has to change for a difference made by time to be sent at once.</summary>
    private static readonly string[] Urgent = [LeadField.Stage.Name, LeadField.Status.Name, LeadField.Answer.Name];

    /// <summary>The lead's records that are to be saved; those that are gone, and those that are as they should be, are left alone.</summary>
    /// <param name="minimal">Connections whose accounts have the minimal fields only.</param>
    public IEnumerable<RecordRow> Of(
        LeadBundle bundle, Decision decision, LeadScore score, IReadOnlyDictionary<string, Instant> lastCountedAt, RecordRow? handOver, IReadOnlySet<long> minimal)
    {
        var isHandOverDue = decision.State is { Stage: Stage.Mql, HandOver: > 0, HandedOverAt: null, Answer: Answer.ToAnswer };
        foreach (var record in bundle.Present)
        {
            // While nobody can be handed the lead, every record tells so; then only the hand-over record does.
            var showsHandOver = handOver is null || record.Id == handOver.Id;
            var values = LeadFieldValues.Of(
                agreement.Definition, agreement.Version, decision.State, score, lastCountedAt, showsHandOver, showsHandOver ? null : $"{handOver!.Object} {handOver.ExternalId}");
            var desired = Normal(values, minimal.Contains(record.ConnectionId));
            var decided = record with
            {
                Desired = desired,
                LifecycleDue = decision.LifecycleMove?.Word() ?? StillDue(record, decision),
                HandOverDue = isHandOverDue && showsHandOver ? decision.State.HandOver : 0,
                SalesDue = isHandOverDue ? Emptied(record) : Copied(record, decision, minimal.Contains(record.ConnectionId)),
                PushNotBefore = PushNotBefore(bundle, record, desired, decision),
            };
            if (IsChanged(record, decided))
            {
                yield return decided;
            }
        }
    }

    private static bool IsChanged(RecordRow before, RecordRow after) => before.LifecycleDue != after.LifecycleDue || before.HandOverDue != after.HandOverDue
        || before.PushNotBefore != after.PushNotBefore || before.Desired is null || !IsSame(before.Desired, after.Desired!) || !IsSame(before.SalesDue, after.SalesDue);

    private static bool IsSame(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after)
    {
        if (before.Count != after.Count)
        {
            return false;
        }

        foreach (var (name, value) in after)
        {
            if (!before.TryGetValue(name, out var known) || known != value)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A move that has not been sent yet stays due while the lead is still in its stage.</summary>
    private static string? StillDue(RecordRow record, Decision decision) => record.LifecycleDue == decision.State.Stage.Word() ? record.LifecycleDue : null;

    /// <summary>The hand-over empties what sales said last time; it stays in the ledger and in <i>previous answer</i>.</summary>
    private static Dictionary<string, string> Emptied(RecordRow record) =>
        LeadField.OfSales.Where(field => record.Known.ContainsKey(field.Name)).ToDictionary(field => field.Name, _ => "");

    /// <summary>Within a hand-over the latest verdict stands and is written to the lead's other records.</summary>
    private static IReadOnlyDictionary<string, string> Copied(RecordRow record, Decision decision, bool isMinimal)
    {
        // A record that joined the lead later, or whose copy never arrived, shows no verdict at all; what sales wrote on it is else left alone until it is heard.
        var isNews = decision.Seen.Count > 0 || !record.Known.ContainsKey(LeadField.Verdict.Name);
        if (decision.State.Verdict is not { IsWithdrawal: false } verdict || !isNews || verdict.Record == Feedback.VerdictHistory.Key(record))
        {
            return decision.Seen.Count == 0 ? record.SalesDue : new Dictionary<string, string>();
        }

        var standing = new Dictionary<string, string>
        {
            [LeadField.Verdict.Name] = verdict.Value.Word(),
            [LeadField.RejectionReason.Name] = verdict.Reason ?? "",
            [LeadField.Comment.Name] = FieldValue.Normalize(LeadField.Comment, verdict.Comment),
            [LeadField.RecontactOn.Name] = verdict.RecontactOn is { } day ? FieldValue.Normalize(LeadField.RecontactOn, day.ToString()) : "",
        };
        return standing.Where(field => (!isMinimal || LeadField.Find(field.Key)!.IsMinimal) && record.Known.GetValueOrDefault(field.Key, "") != field.Value).ToDictionary(x => x.Key, x => x.Value);
    }

    /// <summary>Null: at once. What time alone changed waits for the quiet hour, unless something else is due on the record anyway.</summary>
    private Instant? PushNotBefore(LeadBundle bundle, RecordRow record, Dictionary<string, string> desired, Decision decision)
    {
        var isByTimeAlone = !bundle.Lead.IsDue && !bundle.Lead.IsReleased && bundle.Lead.State.ScoringFingerprint == agreement.Definition.ScoringFingerprint
            && decision.Transitions.Count == 0 && record.Desired is not null;
        if (!isByTimeAlone || (record.IsPushDue && record.PushNotBefore is null) || Urgent.Any(field => record.Desired!.GetValueOrDefault(field, "") != desired.GetValueOrDefault(field, "")))
        {
            return null;
        }

        // A quiet hour that passed with nothing to send is not the one of this difference.
        return record.IsPushDue ? record.PushNotBefore : NextQuietHour(agreement.Definition.Sales.BusinessHours.Zone);
    }

    private Instant NextQuietHour(DateTimeZone zone)
    {
        var now = NodaTime.Instant.FromUnixTimeMilliseconds(at.UnixMilliseconds).InZone(zone);
        if (now.TimeOfDay >= QuietFrom && now.TimeOfDay < QuietTo)
        {
            return at;
        }

        var day = now.TimeOfDay < QuietFrom ? now.Date : now.Date.PlusDays(1);
        return new Instant(day.At(QuietFrom).InZoneLeniently(zone).ToInstant().ToUnixTimeMilliseconds());
    }

    private static Dictionary<string, string> Normal(IReadOnlyDictionary<string, string> values, bool isMinimal)
    {
        // An empty value is kept: a field that shows what is no longer so has to be emptied.
        var normal = new Dictionary<string, string>(values.Count);
        foreach (var (name, value) in values)
        {
            var field = LeadField.Find(name) ?? throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{name} is no field of ours"));
            if (field.IsMinimal || !isMinimal)
            {
                normal.Add(name, FieldValue.Normalize(field, value));
            }
        }

        return normal;
    }
}
