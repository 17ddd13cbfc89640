using System.CommandLine;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Connections;

internal sealed class ListConnections(Terminal terminal) : ProgramCommand(terminal, "connections", "Lists the connections and the state of each.", "connections")
{
    public static string Word(ConnectionMode mode) => mode switch
    {
        ConnectionMode.Observe => "observe",
        ConnectionMode.Pilot => "pilot",
        ConnectionMode.Live => "live",
        ConnectionMode.Paused => "paused",
        _ => throw new ArgumentOutOfRangeException(nameof(mode)),
    };

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var connections = await context.ReadAsync(async ledger =>
        {
            var rows = new List<(ConnectionRow Row, IReadOnlyList<CursorRow> Cursors, int Quarantined)>();
            foreach (var row in await ledger.Connections.ListAsync())
            {
                rows.Add((row, await ledger.Cursors.ListAsync(row.Id), (await ledger.Writes.QuarantinedAsync(row.Id)).Count));
            }

            return rows;
        });
        var agreement = await context.AgreementInForceAsync();
        if (context.IsJson)
        {
            context.Terminal.Json(connections.Select(connection => new
            {
                connection.Row.Name,
                connection.Row.Crm,
                account = connection.Row.AccountId,
                connection.Row.Mode,
                state = State(connection.Row),
                provisioned = IsProvisioned(connection.Row, agreement),
                last_read_at = LastRead(connection.Cursors),
                streams_off = connection.Cursors.Where(cursor => cursor.Refusal is not null).Select(cursor => new { cursor.Stream, cursor.Refusal }),
                connection.Quarantined,
            }));
            return ExitCode.Done;
        }

        if (connections.Count == 0)
        {
            context.Terminal.Say("There is no connection yet. Run connect hubspot --name NAME.");
            return ExitCode.Done;
        }

        context.Terminal.Table(
            ["name", "CRM", "account", "mode", "state", "provisioned", "last read", "streams off", "quarantined"],
            connections.Select(connection => (IReadOnlyList<string>)
            [
                connection.Row.Name,
                connection.Row.Crm,
                connection.Row.AccountId,
                Word(connection.Row.Mode),
                State(connection.Row),
                IsProvisioned(connection.Row, agreement) ? "yes" : "no",
                LastRead(connection.Cursors) ?? "never",
                string.Join(", ", connection.Cursors.Where(cursor => cursor.Refusal is not null).Select(cursor => cursor.Stream)),
                $"{connection.Quarantined}",
            ]));
        return ExitCode.Done;
    }

    private static string State(ConnectionRow row) => row.State ?? "ok";

    private static bool IsProvisioned(ConnectionRow row, Sync.Agreements.AgreementInForce? agreement) =>
        agreement is not null && row.ProvisionedFingerprint == agreement.Definition.AgreementFingerprint;

    private static string? LastRead(IReadOnlyList<CursorRow> cursors) =>
        cursors.Where(cursor => cursor.ReadAt is not null).Select(cursor => cursor.ReadAt!.Value).DefaultIfEmpty().Max() is { UnixMilliseconds: not 0 } at ? at.ToString() : null;
}
