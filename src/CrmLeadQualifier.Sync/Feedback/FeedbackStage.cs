using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Feedback;

/// <summary>
/// Reads the CRM's history where a sales field or one of ours changed, and says what it was: a verdict, a person's override, or drift.
/// What is not yet explained stays marked in the ledger, so that a process that dies here reads it again.
/// </summary>
public sealed class FeedbackStage(ConnectionSession session, Instant at, IProgress<RunProgress>? progress)
{
    /// <summary>History calls whose records are explained in one transaction.</summary>
    private const int CallsPerBatch = 10;

    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    /// <summary>How far back a write tells whether the one after it put a value back.</summary>
    private static readonly TimeSpan OursFor = TimeSpan.FromDays(30);

    /// <summary>The overrides taken in this run, with the records as they would be had none been taken.</summary>
    private readonly Dictionary<long, RecordRow> _overridden = [];
    private int _overrides;

    public async Task RunAsync(CancellationToken cancellation)
    {
        var done = 0;
        var records = 0;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            IReadOnlyList<RecordRow> due;
            IReadOnlyDictionary<string, string?> names;
            await using (var transaction = await session.BeginAsync(cancellation))
            {
                due = await transaction.Records.HistoryDueAsync(session.Connection.Id, session.Crm.BatchSizes.History * CallsPerBatch);
                names = (await transaction.Records.OwnersAsync(session.Connection.Id))
                    .Where(owner => owner.UserId is not null)
                    .GroupBy(owner => owner.UserId!)
                    .ToDictionary(group => group.Key, group => group.First().Name);
                records = (await transaction.Records.CountPushDueAsync(session.Connection.Id, at)).Records;
            }

            if (due.Count == 0)
            {
                return;
            }

            var changes = await ReadAsync(due, cancellation);
            if (!await ExplainAsync(due, changes, names, records, cancellation))
            {
                return;
            }

            done += due.Count;
            progress?.Report(new RunProgress(session.Connection.Name, "feedback", done, null));
        }
    }

    private async Task<ILookup<string, FieldChange>> ReadAsync(IReadOnlyList<RecordRow> due, CancellationToken cancellation)
    {
        var changes = new List<FieldChange>();
        foreach (var ofObject in due.GroupBy(record => record.Object))
        {
            var fields = VerdictHistory.Fields.Concat(ofObject.SelectMany(record => record.Foreign.Keys)).Distinct().ToList();
            changes.AddRange(await session.Crm.ReadHistoryAsync(ofObject.Key, [.. ofObject.Select(record => record.ExternalId)], fields, cancellation));
        }

        return changes.ToLookup(change => change.RecordId);
    }

    /// <summary>False: so many people overrode fields that something else must be behind it; none was applied and pushing is paused.</summary>
    private async Task<bool> ExplainAsync(
        IReadOnlyList<RecordRow> due, ILookup<string, FieldChange> changes, IReadOnlyDictionary<string, string?> names, int records, CancellationToken cancellation)
    {
        var verdicts = new List<VerdictRow>();
        var explained = new List<RecordRow>(due.Count);
        var parked = new List<long>();
        await using var transaction = await session.BeginAsync(cancellation);
        var writes = (await transaction.Writes.OfRecordsAsync([.. due.Where(record => record.Foreign.Count > 0).Select(record => record.Id)], at - OursFor))
            .ToLookup(write => write.RecordId);
        var known = await transaction.Feedback.VerdictsAsync([.. due.Where(record => record.LeadId > 0).Select(record => record.LeadId).Distinct()]);
        foreach (var record in due)
        {
            var history = changes[record.ExternalId].ToList();
            var said = VerdictHistory.Read(record, history.Where(change => VerdictHistory.Fields.Contains(change.Field)), user => names.GetValueOrDefault(user) ?? user);
            if (!record.IsGone && !history.Any(change => change.Field == LeadField.Verdict.Name) && VerdictHistory.Approximate(record) is { } approximate)
            {
                said = [approximate];
            }

            verdicts.AddRange(said.Where(verdict => !IsKnown(known.GetValueOrDefault(record.LeadId), record, verdict)).Select(verdict => new VerdictRow(record.Id, verdict) { SeenAt = at }));
            var row = Explain(record, history, writes[record.Id], names);
            var overridden = row.Overrides.Count(set => record.Overrides.GetValueOrDefault(set.Key) != set.Value);
            if (overridden > 0)
            {
                _overrides += overridden;
                _overridden[record.Id] = record;
            }

            explained.Add(row);
            if (row.Parked != record.Parked)
            {
                parked.Add(row.Id);
            }
        }

        // What sales said is heard in any case; of the overrides all are taken or none, those of earlier batches included.
        var areTooMany = _overrides > Math.Max(20, records / 100) && !AcceptsOverrides;
        await transaction.Feedback.AddVerdictsAsync(verdicts);
        await transaction.Writes.NoteParkedAsync(session.Connection.Id, parked, at);
        await transaction.Records.SaveAsync(areTooMany ? [.. explained.Where(record => !_overridden.ContainsKey(record.Id)), .. _overridden.Values] : explained);
        await transaction.CommitAsync(cancellation);
        if (areTooMany)
        {
            await session.PauseAsync(ModeChanges.TooManyOverrides, cancellation);
        }

        return !areTooMany;
    }

    /// <summary>A survivor's history tells what was said of those that it was merged from; that is known from them, and was said once.</summary>
    private static bool IsKnown(IReadOnlyList<VerdictRow>? ofLead, RecordRow record, Verdict verdict) => ofLead?.Any(
        known => known.RecordId != record.Id && known.Verdict.At == verdict.At && known.Verdict.Value == verdict.Value && known.Verdict.Reason == verdict.Reason
            && known.Verdict.IsWithdrawal == verdict.IsWithdrawal) == true;

    /// <summary>An admin resumed a connection that so many overrides had paused: they are taken as what they say they are.</summary>
    private bool AcceptsOverrides => session.Connection.State == ModeChanges.OverridesAccepted;

    private RecordRow Explain(RecordRow record, List<FieldChange> history, IEnumerable<WriteRow> writes, IReadOnlyDictionary<string, string?> names)
    {
        var overrides = new Dictionary<string, FieldOverride>(record.Overrides);
        var parked = record.Parked;
        foreach (var (field, value) in record.Foreign)
        {
            var last = history.Where(change => change.Field == field).MaxBy(change => change.At);
            if (last is { IsPerson: true } && FieldValue.Normalize(LeadField.Find(field)!, last.Value) == value && value.Length > 0)
            {
                overrides[field] = new FieldOverride(value, last.UserId is { } user ? names.GetValueOrDefault(user) ?? user : null, last.At);
                continue;
            }

            if (WasPutBack([.. writes.Where(write => write.Field == field && write.State == WriteState.Confirmed)]))
            {
                parked = $"another writer: {field} was changed again by {last?.Source ?? "something"} within a day of being put back";
                session.HasParked = true;
            }
            else
            {
                session.Notices.Add($"{session.Connection.Name}: drift: {record.Object} {record.ExternalId}: {field} was changed by {last?.Source ?? "something"} and is put back");
            }
        }

        return record with
        {
            Overrides = overrides,
            Foreign = new Dictionary<string, string>(),
            Parked = parked,
            IsHistoryDue = false,
        };
    }

    /// <summary>Within the last day we wrote the field over a value that was not our own last one: something else answers us.</summary>
    private bool WasPutBack(List<WriteRow> writes) => Enumerable.Range(1, Math.Max(0, writes.Count - 1)).Any(i => writes[i].SentAt > at - Day && writes[i].Before != writes[i - 1].Value);
}
