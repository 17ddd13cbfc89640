using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Push;

/// <summary>What a push would write, without writing it.</summary>
internal static class WritePlanning
{
    /// <summary>A plan is carried out within this time, or not at all.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(24);

    /// <returns>The planned writes of one connection and the API calls they take.</returns>
    public static async Task<(IReadOnlyList<PlannedWrite> Writes, int Calls)> PlanAsync(
        ConnectionSession session, AgreementInForce agreement, Instant at, IReadOnlySet<string>? pilot, CancellationToken cancellation)
    {
        var writes = new List<PlannedWrite>();
        var lifecycle = new LifecycleMoves(session);
        var calls = 0;
        long after = 0;
        while (true)
        {
            IReadOnlyList<RecordRow> due;
            Dictionary<long, LeadRow> leads;
            await using (var transaction = await session.BeginAsync(cancellation))
            {
                due = await transaction.Records.PushDueAsync(session.Connection.Id, at, after, session.Crm.BatchSizes.Write);
                leads = (await transaction.Leads.GetAsync([.. due.Where(record => record.HandOverDue > 0).Select(record => record.LeadId).Distinct()])).ToDictionary(lead => lead.Id);
            }

            if (due.Count == 0)
            {
                return (writes, calls);
            }

            after = due.Max(record => record.Id);
            var isReadAgain = false;
            foreach (var record in due.Where(record => pilot is null || pilot.Contains(record.ExternalId)))
            {
                var row = record.HandOverDue > 0 ? PreparedWrite.HandOver(record, leads[record.LeadId], agreement, at).Record : record;
                var target = record.LifecycleDue is { } stage ? (await lifecycle.DecideAsync(stage, record.Lifecycle, cancellation)).Target : null;
                isReadAgain |= record.LifecycleDue is not null || record.SalesDue.Count > 0;
                writes.AddRange(PreparedWrite.Of(row, target).ToRows(session.Run, at)
                    .Select(write => new PlannedWrite(session.Connection.Name, record.Object, record.ExternalId, write.Field, write.Before, write.Value)));
            }

            calls += isReadAgain ? 2 : 1;
        }
    }
}
