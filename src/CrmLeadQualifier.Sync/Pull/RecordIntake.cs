using System.Globalization;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Link;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Pull;

/// <summary>
/// Takes person records in: what is a changed fact, what sales said, and what is a foreign value in one of our fields (lifecycle and sync, section 5, rule 4).
/// A value is ours if it equals the known or the desired one, or anything sent to that field lately; whatever else stands there waits for the CRM's history to be explained,
/// and the record is not written before.
/// </summary>
public sealed class RecordIntake(ConnectionSession session, Instant at)
{
    /// <summary>A value that we sent this long ago is still ours.</summary>
    private static readonly TimeSpan OursFor = TimeSpan.FromDays(30);

    /// <summary>A merged record's activities follow it half an hour later.</summary>
    private static readonly TimeSpan AfterMerge = TimeSpan.FromMinutes(35);

    /// <summary>Why a record is parked that the CRM refused to have written: until a person, or a change of the record, lifts it.</summary>
    public const string Quarantine = "quarantine";

    /// <summary>Why a converted Lead is never written: Salesforce lets nobody, and its Contact stands for the person.</summary>
    public const string Converted = "converted";

    private static readonly string[] WorkerFields = [.. LeadField.All.Where(field => field.Writer == FieldWriter.Worker).Select(field => field.Name)];

    /// <param name="isFirstRead">All activities are being read anyway.</param>
    /// <returns>What their counters say happened, of the streams that the CRM refuses.</returns>
    public async Task<IReadOnlyList<CrmActivity>> TakeInAsync(
        ILedgerTransaction ledger, IReadOnlyList<CrmRecord> records, IReadOnlyList<CountedSpan> spans, bool isBaseline, bool isFirstRead)
    {
        var counted = new List<CrmActivity>();
        foreach (var ofObject in records.GroupBy(record => record.Object))
        {
            counted.AddRange(await TakeInAsync(ledger, ofObject.Key, [.. ofObject.GroupBy(record => record.Id).Select(same => same.Last())], spans, isBaseline, isFirstRead));
        }

        return counted;
    }

    /// <summary>Whether a record as the CRM shows it says nothing that the ledger does not say.</summary>
    public static bool Shows(RecordRow row, CrmRecord shown) =>
        SameValues(row.Attributes, shown.Attributes) && SameValues(row.Known, KnownFields(shown))
        && row.OwnerId == shown.OwnerId && row.CompanyId == shown.CompanyId && row.Lifecycle == shown.Lifecycle;

    /// <summary>Those of an object's records that say something that the ledger does not say; the others are left as they are.</summary>
    public async Task<IReadOnlyList<CrmRecord>> NewsAsync(ILedgerTransaction ledger, string personObject, IReadOnlyList<CrmRecord> records)
    {
        var rows = (await ledger.Records.GetAsync(session.Connection.Id, personObject, [.. records.Select(record => record.Id)])).ToDictionary(row => row.ExternalId);
        var keys = await ledger.Records.KeysAsync([.. rows.Values.Select(row => row.Id)]);
        records = [.. records.Select(record => WithUnread(record, rows))];
        return
        [
            .. records.Where(record => !rows.TryGetValue(record.Id, out var row)
                || row.IsGone != record.IsGone
                || !Shows(row, record)
                || !SameValues(row.Counters, CountedActivities.Kept(record))
                || (row.Parked == Converted) != (record.Conversion is not null)
                || !KeysOf(record).ToHashSet().SetEquals(keys.GetValueOrDefault(row.Id) ?? [])),
        ];
    }

    private async Task<IReadOnlyList<CrmActivity>> TakeInAsync(
        ILedgerTransaction ledger, string personObject, List<CrmRecord> records, IReadOnlyList<CountedSpan> spans, bool isBaseline, bool isFirstRead)
    {
        var existing = (await ledger.Records.GetAsync(session.Connection.Id, personObject, [.. records.Select(record => record.Id)])).ToDictionary(row => row.ExternalId);
        var sent = await SentLatelyAsync(ledger, existing, records);
        var rows = new List<RecordRow>(records.Count);
        // Of what is gone only what leads to another record is news.
        records = [.. records.Where(record => !record.IsGone || existing.ContainsKey(record.Id) || record.SameAs.Count > 0).Select(record => WithUnread(record, existing))];
        var keys = records.Select(record => KeysOf(record)).ToList();
        var late = new List<string>();
        var merged = new List<string>();
        var counted = new List<CrmActivity>();
        var keysBefore = await ledger.Records.KeysAsync([.. existing.Values.Select(row => row.Id)]);
        var former = await MergedAsync(ledger, personObject, records);
        foreach (var (record, ofRecord) in records.Zip(keys))
        {
            if (!existing.TryGetValue(record.Id, out var row))
            {
                rows.Add(Inheriting(New(personObject, record, isBaseline), former[record.Id]));
                late.Add(record.Id);
                counted.AddRange(CountedActivities.Of(spans, before: null, record, isMerged: false));
                continue;
            }

            var before = (keysBefore.GetValueOrDefault(row.Id) ?? []).ToHashSet();
            var isMerged = record.Aliases.Any(alias => !IdentityKeys.IsOfOtherCrm(alias) && !before.Contains(KeyOf(alias)));
            late.AddRange(HasItsFirstAddress(before, ofRecord) ? [record.Id] : []);
            merged.AddRange(isMerged ? [record.Id] : []);
            counted.AddRange(CountedActivities.Of(spans, row, record, isMerged));
            rows.Add(Inheriting(Update(row, record, sent, isMerged), isMerged ? former[record.Id] : []) with { IsLinkDue = row.IsLinkDue || !before.SetEquals(ofRecord) });
        }

        var ids = await ledger.Records.SaveAsync(rows);
        await ledger.Records.SaveKeysAsync([.. ids.Zip(keys, (id, ofRecord) => KeyValuePair.Create(id, ofRecord))]);
        await AppendAttributeValuesAsync(ledger, existing, rows, ids);
        await ledger.Reports.AddSightingsAsync([.. Sightings(existing, rows, ids)]);
        await ledger.Leads.MarkDueAsync([.. rows.Where(row => row.LeadId > 0 && FactsChanged(existing[row.ExternalId], row)).Select(row => row.LeadId).Distinct()]);
        await ledger.Records.SaveAsync([.. former.SelectMany(ofSurvivor => ofSurvivor).DistinctBy(row => row.Id).Where(row => !row.IsGone).Select(row => row with { IsGone = true, IsLinkDue = true })]);
        await ledger.Feedback.AddVerdictsAsync(await ConversionsAsync(ledger, records, ids));
        var mapped = session.Settings.Verdicts;
        await ledger.Feedback.AddVerdictsAsync(
            [.. records.Zip(ids, (record, id) => record.IsGone ? null : Feedback.StatusVerdicts.Of(id, record, existing.GetValueOrDefault(record.Id), mapped, at)).OfType<VerdictRow>()]);

        await ledger.Activities.SaveAsync(OptOuts(existing, records));
        if (!isFirstRead)
        {
            var withActivities = records.Where(record => record.HasLateActivities).Select(record => record.Id).ToHashSet();
            await ledger.Cursors.AddLateReadsAsync(session.Connection.Id, [.. late.Concat(merged).Where(withActivities.Contains).Distinct()], at);
            await ledger.Cursors.AddLateReadsAsync(session.Connection.Id, [.. merged.Where(withActivities.Contains)], at + AfterMerge);
        }

        return counted;
    }

    /// <summary>What cannot be read for now stays as it was: a field that an admin hides must not make everybody somebody else.</summary>
    private static CrmRecord WithUnread(CrmRecord record, IReadOnlyDictionary<string, RecordRow> rows)
    {
        if (record.Unread.Count == 0 || !rows.TryGetValue(record.Id, out var row))
        {
            return record;
        }

        var kept = row.Attributes.Where(attribute => record.Unread.Contains(attribute.Key) && !record.Attributes.ContainsKey(attribute.Key)).ToList();
        return kept.Count == 0 ? record : record with { Attributes = record.Attributes.Concat(kept).ToDictionary() };
    }

    private static bool HasItsFirstAddress(IReadOnlySet<IdentityKey> before, IReadOnlyList<IdentityKey> now) =>
        now.Any(key => key.Kind == IdentityKeys.EmailKind) && !before.Any(key => key.Kind == IdentityKeys.EmailKind);

    /// <summary>
    /// Salesforce keeps that somebody opted out and not when: the change that shows it, between two readings of a record, is the unsubscription. HubSpot tells them as e-mail events.
    /// </summary>
    private List<ActivityRow> OptOuts(Dictionary<string, RecordRow> existing, List<CrmRecord> records) => session.Crm.Kind != CrmKind.Salesforce ? [] :
    [
        .. records.Where(record => !record.IsGone && existing.TryGetValue(record.Id, out var before) && IsOptedOut(record.Attributes) && !IsOptedOut(before.Attributes))
            .Select(record => new ActivityRow(
                session.Connection.Id, string.Create(CultureInfo.InvariantCulture, $"opted_out:{record.Id}:{record.Stamp.UnixMilliseconds}"), record.Id, "unsubscribe", record.Stamp)
            {
                SeenAt = at,
            }),
    ];

    private static bool IsOptedOut(IReadOnlyDictionary<string, string> attributes) => attributes.GetValueOrDefault("opted_out") == "true";

    /// <summary>A person who converts a Lead says that it is qualified.</summary>
    private async Task<IReadOnlyList<VerdictRow>> ConversionsAsync(ILedgerTransaction ledger, List<CrmRecord> records, IReadOnlyList<long> ids)
    {
        var converted = records.Zip(ids).Where(pair => pair.First.Conversion is { IsPerson: true }).ToList();
        if (converted.Count == 0 || !session.Settings.ConversionQualifies)
        {
            return [];
        }

        var names = (await ledger.Records.OwnersAsync(session.Connection.Id)).Where(owner => owner.UserId is not null).ToLookup(owner => owner.UserId!, owner => owner.Name);
        return
        [
            .. converted.Select(pair => (Id: pair.Second, Conversion: pair.First.Conversion!)).Select(lead => new VerdictRow(
                lead.Id,
                new Verdict(lead.Id.ToString(CultureInfo.InvariantCulture), VerdictValue.Qualified, lead.Conversion.At)
                {
                    By = lead.Conversion.UserId is { } user ? names[user].FirstOrDefault() ?? user : null,
                })
            {
                SeenAt = at,
            }),
        ];
    }

    private RecordRow New(string personObject, CrmRecord record, bool isBaseline)
    {
        var known = KnownFields(record);
        return new RecordRow(0, session.Connection.Id, personObject, record.Id)
        {
            Stamp = record.Stamp,
            Attributes = record.Attributes,
            OwnerId = record.OwnerId,
            CompanyId = record.CompanyId,
            Lifecycle = record.Lifecycle,
            Counters = CountedActivities.Kept(record),
            Known = known,
            IsBaseline = isBaseline,
            IsGone = record.IsGone,
            IsLinkDue = true,
            IsHistoryDue = !record.IsGone && known.ContainsKey(LeadField.Verdict.Name),
            Parked = record.Conversion is not null ? Converted : null,
        };
    }

    /// <param name="isMerged">Another record became part of it: what its fields show now is known, and nobody's doing.</param>
    private static RecordRow Update(RecordRow row, CrmRecord record, IReadOnlyDictionary<long, HashSet<(string, string)>> sent, bool isMerged)
    {
        var known = KnownFields(record);
        var foreign = new Dictionary<string, string>(row.Foreign);
        var overrides = row.Overrides;
        foreach (var field in WorkerFields)
        {
            var value = known.GetValueOrDefault(field, "");
            if (overrides.TryGetValue(field, out var set))
            {
                // Emptied in the CRM: the override is lifted. Another value: still a person's field.
                overrides = value.Length == 0 ? overrides.Where(other => other.Key != field).ToDictionary(x => x.Key, x => x.Value) : overrides;
                if (value.Length == 0 || value == set.Value)
                {
                    foreign.Remove(field);
                    continue;
                }
            }

            if (value == row.Known.GetValueOrDefault(field, "") && !foreign.ContainsKey(field))
            {
                continue;
            }

            var isOurs = value == row.Desired?.GetValueOrDefault(field, "") || (sent.TryGetValue(row.Id, out var values) && values.Contains((field, value)));
            if (isOurs || isMerged)
            {
                foreign.Remove(field);
            }
            else
            {
                foreign[field] = value;
            }
        }

        var hasVerdict = known.ContainsKey(LeadField.Verdict.Name) || row.Known.ContainsKey(LeadField.Verdict.Name);
        var salesChanged = hasVerdict && LeadField.OfSales.Any(field => known.GetValueOrDefault(field.Name, "") != row.Known.GetValueOrDefault(field.Name, ""));
        return row with
        {
            Stamp = record.Stamp,
            IsGone = record.IsGone,
            Attributes = record.Attributes,
            OwnerId = record.OwnerId,
            CompanyId = record.CompanyId,
            Lifecycle = record.Lifecycle,
            Counters = CountedActivities.Kept(record),
            Known = known,
            Foreign = foreign,
            Overrides = overrides,
            IsHistoryDue = row.IsHistoryDue || salesChanged || foreign.Count > 0,
            Parked = record.Conversion is not null ? Converted : (row.Parked == Quarantine && !Shows(row, record)) || row.Parked == Erasure.Erased ? null : row.Parked,
        };
    }

    /// <summary>What was sent lately to the records whose own fields differ from what is known: only those are asked about.</summary>
    private async Task<IReadOnlyDictionary<long, HashSet<(string Field, string Value)>>> SentLatelyAsync(
        ILedgerTransaction ledger, Dictionary<string, RecordRow> existing, List<CrmRecord> records)
    {
        var moved = records
            .Select(record => (Record: record, Row: existing.GetValueOrDefault(record.Id)))
            .Where(pair => pair.Row is not null && !SameValues(pair.Row.Known, KnownFields(pair.Record)))
            .Select(pair => pair.Row!.Id)
            .ToList();
        var writes = moved.Count > 0 ? await ledger.Writes.OfRecordsAsync(moved, at - OursFor) : [];
        return writes.GroupBy(write => write.RecordId).ToDictionary(group => group.Key, group => group.Select(write => (write.Field, write.Value)).ToHashSet());
    }

    private IReadOnlyList<IdentityKey> KeysOf(CrmRecord record)
    {
        var crm = session.Crm.Kind;
        var keys = new List<IdentityKey> { IdentityKeys.Record(crm, session.Connection.Id, record.Id) };
        keys.AddRange(record.Aliases.Select(KeyOf));
        keys.AddRange(record.SameAs.Select(other => IdentityKeys.Record(crm, session.Connection.Id, other)));
        keys.AddRange(record.Emails.Select(IdentityKeys.Email).Where(key => IdentityKeys.Joins(key.Value)));
        return [.. keys.Distinct()];
    }

    private IdentityKey KeyOf(string alias) => IdentityKeys.Alias(session.Crm.Kind, session.Connection.Id, alias);

    private async Task AppendAttributeValuesAsync(ILedgerTransaction ledger, Dictionary<string, RecordRow> existing, List<RecordRow> rows, IReadOnlyList<long> ids)
    {
        var values = new List<AttributeValueRow>();
        for (var i = 0; i < rows.Count; i++)
        {
            var before = existing.GetValueOrDefault(rows[i].ExternalId)?.Attributes;
            foreach (var (name, value) in rows[i].Attributes)
            {
                if (before?.GetValueOrDefault(name) != value)
                {
                    values.Add(new AttributeValueRow(ids[i], name, value, at, at));
                }
            }

            values.AddRange((before?.Keys.Where(name => !rows[i].Attributes.ContainsKey(name)) ?? []).Select(name => new AttributeValueRow(ids[i], name, "", at, at)));
        }

        await ledger.Leads.AddAttributeValuesAsync(values);
    }

    /// <summary>The portal's own stage, where it is another than we knew: our own writes are known once they are confirmed.</summary>
    private IEnumerable<LifecycleSighting> Sightings(Dictionary<string, RecordRow> existing, List<RecordRow> rows, IReadOnlyList<long> ids)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            var before = existing.GetValueOrDefault(rows[i].ExternalId);
            if (rows[i].Lifecycle is { Length: > 0 } stage && stage != before?.Lifecycle)
            {
                // A record that is new, and not of a first read, came to its stage since we last looked.
                yield return new LifecycleSighting(ids[i], at, stage, before is not null || !rows[i].IsBaseline);
            }
        }
    }

    /// <summary>By survivor, the records that became part of it: they are records no more; the aliases lead their facts to the survivor's lead.</summary>
    private async Task<ILookup<string, RecordRow>> MergedAsync(ILedgerTransaction ledger, string personObject, List<CrmRecord> records)
    {
        var aliases = records.SelectMany(record => record.Aliases.Where(alias => alias != record.Id && !IdentityKeys.IsOfOtherCrm(alias)).Select(alias => (Survivor: record.Id, Alias: alias))).ToList();
        var merged = aliases.Count == 0 ? [] : (await ledger.Records.GetAsync(session.Connection.Id, personObject, [.. aliases.Select(pair => pair.Alias).Distinct()])).ToDictionary(row => row.ExternalId);
        return aliases.Where(pair => merged.ContainsKey(pair.Alias)).ToLookup(pair => pair.Survivor, pair => merged[pair.Alias]);
    }

    /// <summary>A survivor may have a new id: what people set and still stands there is theirs, and a lifecycle move that was not sent is still due.</summary>
    private static RecordRow Inheriting(RecordRow survivor, IEnumerable<RecordRow> merged)
    {
        foreach (var row in merged)
        {
            var overrides = row.Overrides.Where(set => !survivor.Overrides.ContainsKey(set.Key) && survivor.Known.GetValueOrDefault(set.Key) == set.Value.Value).ToList();
            survivor = survivor with
            {
                Overrides = overrides.Count > 0 ? survivor.Overrides.Concat(overrides).ToDictionary() : survivor.Overrides,
                LifecycleDue = survivor.LifecycleDue ?? (row.IsGone ? null : row.LifecycleDue),
            };
        }

        return survivor;
    }

    private static bool FactsChanged(RecordRow before, RecordRow after) =>
        before.IsGone != after.IsGone || (before.Parked == Converted) != (after.Parked == Converted) || before.OwnerId != after.OwnerId || before.CompanyId != after.CompanyId || !SameValues(before.Attributes, after.Attributes);

    private static Dictionary<string, string> KnownFields(CrmRecord record)
    {
        var known = new Dictionary<string, string>();
        foreach (var (name, value) in record.Fields)
        {
            if (LeadField.Find(name) is { } field && FieldValue.Normalize(field, value) is { Length: > 0 } normal)
            {
                known[name] = normal;
            }
        }

        return known;
    }

    private static bool SameValues(IReadOnlyDictionary<string, string> a, IReadOnlyDictionary<string, string> b) =>
        a.Count == b.Count && a.All(pair => b.TryGetValue(pair.Key, out var value) && value == pair.Value);
}
