using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Tests.Compliance;

public abstract class AlertCompliance(LedgerStore store) : LedgerCompliance(store)
{
    [SkippableFact]
    public async Task There_is_one_alert_for_each_subject_and_cause_until_it_is_lowered()
    {
        var paused = new AlertRow("hub", "paused", "hub is paused: x", T);
        var silent = new AlertRow("hub", "no successful sync", "é", T);
        foreach (var row in new[] { paused with { Sentence = "before" }, silent, paused, new AlertRow("sf", "paused", "sf", T) })
        {
            await WriteAsync(tx => tx.Alerts.SaveAsync(row));
        }

        await WriteAsync(tx => tx.Alerts.DeleteAsync("sf", "paused"));
        await WriteAsync(tx => tx.Alerts.DeleteAsync("sf", "none"));

        Assert.Equal([silent, paused], await ReadAsync(tx => tx.Alerts.ListAsync()));
    }
}
