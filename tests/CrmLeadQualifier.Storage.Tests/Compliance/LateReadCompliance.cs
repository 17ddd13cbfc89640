using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Tests.Compliance;

public abstract class LateReadCompliance(LedgerStore store) : LedgerCompliance(store)
{
    [SkippableFact]
    public async Task A_record_is_due_once_its_time_has_come_and_again_at_its_next()
    {
        await WriteAsync(async tx =>
        {
            await tx.Cursors.AddLateReadsAsync(Hub, ["1", "2"], T);
            await tx.Cursors.AddLateReadsAsync(Hub, ["1"], T);
            await tx.Cursors.AddLateReadsAsync(Hub, ["1", "3"], T + TimeSpan.FromMinutes(35));
        });

        Assert.Empty(await DueAsync(T - TimeSpan.FromMilliseconds(1)));
        Assert.Equal(["1", "2"], await DueAsync(T));
        Assert.Equal(["1", "2", "3"], await DueAsync(T + TimeSpan.FromHours(1)));

        await WriteAsync(tx => tx.Cursors.RemoveLateReadsAsync(Hub, ["1", "2"], T + TimeSpan.FromMinutes(1)));

        Assert.Equal(["1", "3"], await DueAsync(T + TimeSpan.FromHours(1)));
        Assert.Equal(["1"], await ReadAsync(tx => tx.Cursors.LateReadsAsync(Hub, T + TimeSpan.FromHours(1), 1)));
    }

    private Task<IReadOnlyList<string>> DueAsync(Instant at) => ReadAsync(tx => tx.Cursors.LateReadsAsync(Hub, at, 100));
}
