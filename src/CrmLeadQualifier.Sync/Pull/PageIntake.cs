using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Text;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Link;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Pull;

/// <summary>Takes the rows of a page into the ledger; taking them in again changes nothing.</summary>
internal sealed class PageIntake(ConnectionSession session, Instant at, bool hasAgreement)
{
    private readonly RecordIntake _records = new(session, at);

    public async Task TakeInAsync(ILedgerTransaction ledger, StreamDescription stream, StreamRows rows, bool isFirstRead)
    {
        var spans = stream.Fallback is not null || stream.Content == StreamContentKind.Records ? await ledger.Cursors.CountedSpansAsync(session.Connection.Id) : [];
        var counted = await _records.TakeInAsync(ledger, rows.Records, spans, isBaseline: isFirstRead || !hasAgreement, isFirstRead);
        await TakeInCompaniesAsync(ledger, rows.Companies);
        await ledger.Records.SaveOwnersAsync(
            [.. rows.Owners.Select(owner => new OwnerRow(session.Connection.Id, owner.Id, owner.UserId, owner.Email, owner.Name, owner.IsActive))]);
        var activities = ActivityRows(CountedActivities.Own(stream, spans, rows.Activities));
        await ledger.Activities.SaveAsync([.. activities, .. ActivityRows(counted)]);
        if (!isFirstRead && stream.Tracking == ChangeTracking.ModifiedSince && activities.Count > 0)
        {
            // What moved from one record of a person to another is not there twice, and not there any more once it is withdrawn where it is now.
            await ledger.Activities.SupersedeAsync(session.Connection.Id, new ReadActivities(activities));
        }

        await ledger.Feedback.SaveDealsAsync([.. rows.Deals.Select(ToRow)]);
        await LiftReadableAsync(ledger, stream, rows);
        await ledger.Writes.QuarantineAsync(
            [.. rows.Unreadable.DistinctBy(row => row.Id).Select(row => new QuarantineRow(0, session.Connection.Id, stream.Name, row.Id, row.Reason, at))]);

        session.Report.RecordsRead += rows.Records.Count;
        session.Report.ActivitiesRead += rows.Activities.Count + counted.Count;
        session.Report.Quarantined += rows.Unreadable.Count;
    }

    /// <summary>A row that could not be read and now is leaves quarantine; a record that the CRM refuses to have written stays.</summary>
    private async Task LiftReadableAsync(ILedgerTransaction ledger, StreamDescription stream, StreamRows rows)
    {
        var quarantined = (await ledger.Writes.QuarantinedAsync(session.Connection.Id)).Where(row => row.Stream == stream.Name).ToList();
        if (quarantined.Count == 0)
        {
            return;
        }

        var read = rows.Records.Select(record => record.Id)
            .Concat(rows.Companies.Select(company => company.Id))
            .Concat(rows.Deals.Select(deal => deal.Id))
            .Concat(rows.Activities.Select(activity => activity.RowId ?? activity.Id))
            .ToHashSet();
        foreach (var personObject in session.Crm.PersonObjects)
        {
            var records = await ledger.Records.GetAsync(session.Connection.Id, personObject, [.. quarantined.Select(row => row.ExternalId).Where(read.Contains)]);
            read.ExceptWith(records.Where(record => record.Parked is not null).Select(record => record.ExternalId));
        }

        await ledger.Writes.LiftQuarantineAsync([.. quarantined.Where(row => read.Contains(row.ExternalId)).Select(row => row.Id)]);
    }

    private async Task TakeInCompaniesAsync(ILedgerTransaction ledger, IReadOnlyList<CrmCompany> companies)
    {
        var changed = await ledger.Records.SaveCompaniesAsync([.. companies.Select(company => new CompanyRow(session.Connection.Id, company.Id, company.Attributes))]);
        await ledger.Records.MarkDueByCompanyAsync(session.Connection.Id, changed);
    }

    /// <summary>A row for each person; one that names neither a record nor an address is nobody's activity.</summary>
    private List<ActivityRow> ActivityRows(IReadOnlyList<CrmActivity> activities)
    {
        var rows = new Dictionary<(string, string), ActivityRow>();
        foreach (var activity in activities)
        {
            IReadOnlyList<string> records = activity.RecordIds.Count > 0 ? activity.RecordIds : activity.Email is not null ? [""] : [];
            foreach (var record in records)
            {
                rows[(RowIdOf(activity), record)] = ToRow(activity, record);
            }
        }

        return [.. rows.Values];
    }

    internal static string RowIdOf(CrmActivity activity) => ActivityRow.IdOf(activity.Id, activity.RelationId);

    private ActivityRow ToRow(CrmActivity activity, string record) => new(session.Connection.Id, RowIdOf(activity), record, activity.Kind, activity.At)
    {
        Attributes = activity.Attributes.ToDictionary(
            attribute => attribute.Key,
            attribute => ActivityKind.TypeOf(attribute.Key) == AttributeType.Text ? TextFolding.Fold(attribute.Value) : attribute.Value),
        Email = record.Length == 0 ? IdentityKeys.NormalizeEmail(activity.Email!) : null,
        UserId = activity.UserId,
        IsApproximate = activity.IsApproximate,
        IsDayOnly = activity.IsDayOnly,
        CopyOf = activity.CopyOf,
        IsWithdrawn = activity.IsWithdrawn,
        SeenAt = at,
    };

    private DealRow ToRow(CrmDeal deal) => new(
        session.Connection.Id,
        new Deal(deal.Id, deal.CreatedAt, deal.State switch
        {
            DealState.Won => DealOutcome.Won,
            DealState.Lost => DealOutcome.Lost,
            _ => DealOutcome.Open,
        }, deal.ClosedAt))
    {
        SeenAt = at,
        Amount = deal.Amount,
        RecordIds = deal.CopyOf is { } opportunity ? [.. deal.RecordIds, opportunity] : deal.RecordIds,
    };
}
