using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Sync.Push;

/// <summary>One record's write: what the ledger will say once it is confirmed, and what leaves.</summary>
/// <param name="Record">With its desired fields as they are sent.</param>
/// <param name="Lifecycle">The account's stage to set; null: left alone.</param>
internal sealed record PreparedWrite(RecordRow Record, IReadOnlyDictionary<string, string> Fields, string? Lifecycle)
{
    /// <summary>How the lifecycle is called among the fields of a record's writes.</summary>
    public const string LifecycleField = "lifecycle";

    /// <summary>All that is written on the record now: the worker's differences, and the sales fields that a hand-over empties or a verdict's copy sets.</summary>
    public static PreparedWrite Of(RecordRow record, string? lifecycle)
    {
        var fields = new Dictionary<string, string>(record.Differences());
        foreach (var (field, value) in record.SalesDue)
        {
            fields[field] = value;
        }

        return new PreparedWrite(record, fields, lifecycle);
    }

    /// <summary>What the account's fields can hold is what the record should show: a longer text is cut, and does not differ for ever.</summary>
    /// <param name="lengths">Of fields that hold less than usual.</param>
    public static RecordRow Cut(RecordRow record, IReadOnlyDictionary<string, int> lengths)
    {
        if (lengths.Count == 0 || record.Desired is not { } desired)
        {
            return record;
        }

        return record with { Desired = Cut(desired, lengths), SalesDue = Cut(record.SalesDue, lengths) };
    }

    private static Dictionary<string, string> Cut(IReadOnlyDictionary<string, string> values, IReadOnlyDictionary<string, int> lengths) => values.ToDictionary(
        value => value.Key, value => lengths.TryGetValue(value.Key, out var length) ? FieldValue.Cut(value.Value, length) : value.Value);

    /// <summary>The account's lifecycle only moves forward: it is cleared before, in a request of its own, and read back afterwards.</summary>
    public bool ClearsLifecycle { get; init; }

    public bool IsEmpty => Fields.Count == 0 && Lifecycle is null;

    public RecordWrite ToRecordWrite() => new(Record.ExternalId, Fields) { Lifecycle = Lifecycle, CompanyId = Record.CompanyId };

    /// <summary>The account lost what it held in these fields.</summary>
    public PreparedWrite WithoutKnown(IReadOnlyCollection<string> fields) =>
        this with { Record = Record with { Known = Record.Known.Where(known => !fields.Contains(known.Key)).ToDictionary(known => known.Key, known => known.Value) } };

    public IEnumerable<WriteRow> ToRows(string run, Instant at)
    {
        foreach (var (field, value) in Fields)
        {
            yield return new WriteRow(0, run, Record.ConnectionId, Record.Id, field, Record.Known.GetValueOrDefault(field, ""), value, WriteState.Sent, at);
        }

        if (Lifecycle is not null)
        {
            yield return new WriteRow(0, run, Record.ConnectionId, Record.Id, LifecycleField, Record.Lifecycle ?? "", Lifecycle, WriteState.Sent, at);
        }
    }

    /// <summary>The record once the CRM has it: what was sent is known, what was due is done.</summary>
    public RecordRow Confirmed(Instant? stamp)
    {
        var known = new Dictionary<string, string>(Record.Known);
        foreach (var (field, value) in Fields)
        {
            Set(known, field, value);
        }

        return Record with
        {
            Known = known,
            SalesDue = new Dictionary<string, string>(),
            HandOverDue = 0,
            LifecycleDue = null,
            Lifecycle = Lifecycle ?? Record.Lifecycle,
            Stamp = stamp ?? Record.Stamp,
            PushNotBefore = null,
        };
    }

    /// <summary>A hand-over that this write is the first to carry: the lead's state with its instant, and the fields that show it.</summary>
    public static (RecordRow Record, LeadRow Lead) HandOver(RecordRow record, LeadRow lead, Agreements.AgreementInForce agreement, Instant now)
    {
        var state = Core.Lifecycle.HandOver.Sent(lead.State, agreement.Definition, now);
        var desired = new Dictionary<string, string>(record.Desired!)
        {
            [LeadField.HandedOverAt.Name] = state.HandedOverAt is { } at ? FieldValue.Of(at) : "",
            [LeadField.AnswerDueAt.Name] = state.AnswerDueAt is { } dueAt ? FieldValue.Of(dueAt) : "",
            [LeadField.Answer.Name] = state.Answer.Word(),
        };
        if (desired.ContainsKey(LeadField.FirstContactAt.Name))
        {
            desired[LeadField.FirstContactAt.Name] = state.FirstContact is { } made ? FieldValue.Of(made.At) : "";
        }

        var nextDue = Core.Lifecycle.HandOver.NextDueAt(state, agreement.Definition, now) is { } due && (lead.NextDueAt is null || due < lead.NextDueAt) ? due : lead.NextDueAt;
        return (record with { Desired = desired }, lead with { State = state, NextDueAt = nextDue });
    }

    /// <summary>The clock that the write starts; nothing where it was started before: a resend keeps the first instant.</summary>
    public static IEnumerable<HandOverRow> NewHandOver(LeadRow before, LeadRow after, Instant now) =>
        before.State.HandedOverAt is null && after.State.HandedOverAt is not null && HandOverRow.Of(after.Id, after.State, now) is { } row ? [row] : [];

    public static void Set(Dictionary<string, string> values, string field, string value)
    {
        if (value.Length > 0)
        {
            values[field] = value;
        }
        else
        {
            values.Remove(field);
        }
    }
}
