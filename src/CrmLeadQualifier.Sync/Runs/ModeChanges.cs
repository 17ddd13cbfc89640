using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Sync.Runs;

/// <summary>Changes what a connection may write; takes effect within one batch of a run that is under way.</summary>
public sealed class ModeChanges(ILedger ledger)
{
    /// <summary>Why a connection is paused that met so many overrides in one run that something else must be behind them.</summary>
    public const string TooManyOverrides = "people seem to have set our fields on very many records in one run, so none was taken as theirs; look at them in the CRM, then resume";

    /// <summary>The state of a connection that was resumed after many overrides had paused it: the next run takes them as set by people.</summary>
    public const string OverridesAccepted = "resumed: overrides accepted";

    /// <param name="list">With <see cref="ConnectionMode.Pilot"/>: the list whose records may be written.</param>
    /// <exception cref="ConfigurationException">No such connection, or a pilot without a list.</exception>
    public async Task<ConnectionRow> SetAsync(string name, ConnectionMode mode, string? list, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginAsync(null, cancellation);
        var connection = await FindAsync(transaction, name);
        var settings = ConnectionSettings.Read(connection.Settings);
        if (mode == ConnectionMode.Pilot && (list ?? settings.PilotList) is null)
        {
            throw new ConfigurationException("pilot writes only the records of a list: name it with --only LIST");
        }

        var changed = connection with
        {
            Mode = mode,
            ResumeMode = mode == ConnectionMode.Paused ? ResumeModeOf(connection) : null,
            State = mode == ConnectionMode.Paused ? "paused by an admin" : null,
            Settings = (settings with { PilotList = list ?? settings.PilotList }).Write(),
        };
        await transaction.Connections.SaveAsync(changed);
        await transaction.Writes.ForgetParkedAsync(changed.Id);
        await transaction.CommitAsync(cancellation);
        return changed;
    }

    /// <summary>Goes back to the mode before the pause. Answers the connections that were paused.</summary>
    /// <exception cref="ConfigurationException">No such connection.</exception>
    public async Task<IReadOnlyList<ConnectionRow>> ResumeAsync(string? name, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginAsync(null, cancellation);
        var connections = name is null ? await transaction.Connections.ListAsync() : [await FindAsync(transaction, name)];
        var resumed = new List<ConnectionRow>();
        foreach (var connection in connections.Where(connection => connection.Mode == ConnectionMode.Paused))
        {
            var row = connection with
            {
                Mode = connection.ResumeMode ?? ConnectionMode.Observe,
                ResumeMode = null,
                State = connection.State == TooManyOverrides ? OverridesAccepted : null,
            };
            await transaction.Connections.SaveAsync(row);
            await transaction.Writes.ForgetParkedAsync(row.Id);
            resumed.Add(row);
        }

        await transaction.CommitAsync(cancellation);
        return resumed;
    }

    private static ConnectionMode? ResumeModeOf(ConnectionRow connection) =>
        connection.Mode == ConnectionMode.Paused ? connection.ResumeMode : connection.Mode;

    private static async Task<ConnectionRow> FindAsync(ILedgerTransaction transaction, string name) =>
        await transaction.Connections.FindAsync(name) ?? throw new ConfigurationException($"there is no connection '{name}'; `connections` lists them");
}
