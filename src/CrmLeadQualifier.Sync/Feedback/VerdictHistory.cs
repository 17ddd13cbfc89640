using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Sync.Feedback;

/// <summary>
/// Reads what sales said out of the history of the sales fields of one record. Every change of verdict, reason or recontact date while a verdict stands is a verdict of its own,
/// so that two changes between polls count as two; our own copies and emptyings are none.
/// </summary>
internal static class VerdictHistory
{
    /// <summary>Saves of one form arrive with instants this close: together they are one answer.</summary>
    private static readonly TimeSpan SameSave = TimeSpan.FromSeconds(1);

    public static readonly string[] Fields = [LeadField.Verdict.Name, LeadField.RejectionReason.Name, LeadField.Comment.Name, LeadField.RecontactOn.Name];

    /// <param name="changes">All changes of <see cref="Fields"/> on the record, in any order.</param>
    /// <param name="nameOf">The name of a user; null: the CRM does not tell.</param>
    public static IReadOnlyList<Verdict> Read(RecordRow record, IEnumerable<FieldChange> changes, Func<string, string?> nameOf)
    {
        var values = new Dictionary<string, string>();
        var verdicts = new List<Verdict>();
        foreach (var save in Saves(changes))
        {
            var before = values.GetValueOrDefault(LeadField.Verdict.Name, "");
            var isAnswer = false;
            foreach (var change in save)
            {
                var value = FieldValue.Normalize(LeadField.Find(change.Field)!, change.Value);
                isAnswer |= change.Field != LeadField.Comment.Name && value != values.GetValueOrDefault(change.Field, "");
                values[change.Field] = value;
            }

            if (save.All(change => change.IsOurs) || !isAnswer)
            {
                continue;
            }

            var by = save.Last(change => !change.IsOurs);
            var who = !by.IsPerson ? "automation" : by.UserId is { } user ? nameOf(user) : null;
            if (Wording.ToVerdict(values.GetValueOrDefault(LeadField.Verdict.Name, "")) is { } verdict)
            {
                verdicts.Add(Build(record, verdict, values, by.At) with { By = who });
            }
            else if (before.Length > 0 && values.GetValueOrDefault(LeadField.Verdict.Name, "").Length == 0)
            {
                verdicts.Add(new Verdict(Key(record), Wording.ToVerdict(before) ?? VerdictValue.Accepted, by.At) { By = who, IsWithdrawal = true });
            }
        }

        return verdicts;
    }

    /// <summary>The verdict that stands on a record whose CRM keeps no history of it: who and when are its last modification.</summary>
    public static Verdict? Approximate(RecordRow record) =>
        Wording.ToVerdict(record.Known.GetValueOrDefault(LeadField.Verdict.Name, "")) is { } verdict
            ? Build(record, verdict, record.Known, record.Stamp) with { IsApproximate = true }
            : null;

    public static string Key(RecordRow record) => record.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static Verdict Build(RecordRow record, VerdictValue value, IReadOnlyDictionary<string, string> values, Instant at) => new(Key(record), value, at)
    {
        Reason = value == VerdictValue.Rejected ? NullIfEmpty(values.GetValueOrDefault(LeadField.RejectionReason.Name)) : null,
        Comment = NullIfEmpty(values.GetValueOrDefault(LeadField.Comment.Name)),
        RecontactOn = FieldValue.TryInstant(values.GetValueOrDefault(LeadField.RecontactOn.Name, ""), out var day) ? day : null,
    };

    private static IEnumerable<List<FieldChange>> Saves(IEnumerable<FieldChange> changes)
    {
        var save = new List<FieldChange>();
        foreach (var change in changes.OrderBy(change => change.At))
        {
            if (save.Count > 0 && (change.At - save[0].At > SameSave || change.IsOurs != save[0].IsOurs || save.Any(other => other.Field == change.Field)))
            {
                yield return save;
                save = [];
            }

            save.Add(change);
        }

        if (save.Count > 0)
        {
            yield return save;
        }
    }

    private static string? NullIfEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
