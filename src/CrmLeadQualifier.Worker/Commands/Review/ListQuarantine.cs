using System.CommandLine;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Review;

internal sealed class ListQuarantine : ProgramCommand
{
    private readonly Option<long?> _retry = new("--retry") { HelpName = "ID", Description = "Takes one out, to be tried again." };

    public ListQuarantine(Terminal terminal)
        : base(terminal, "quarantine", "Lists the records that need a person, with the CRM's own words.", "quarantine --retry 3")
    {
        Add(_retry);
        Add(GlobalOptions.At);
    }

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        if (parsed.GetValue(_retry) is { } id)
        {
            var (row, isWrite) = await context.WriteAsync(ledger => LiftAsync(ledger, id));
            if (context.IsJson)
            {
                context.Terminal.Json(new { id, stream = row.Stream, record = row.ExternalId });
            }
            else
            {
                context.Terminal.Result($"{row.Stream} {row.ExternalId} is out of quarantine. " + (isWrite
                    ? "The next sync writes it again."
                    : "It could not be read: it is read again when it changes in the CRM."));
            }

            return ExitCode.Done;
        }

        var (rows, names) = await context.ReadAsync(async ledger =>
            (await ledger.Writes.QuarantinedAsync(null), (await ledger.Connections.ListAsync()).ToDictionary(connection => connection.Id, connection => connection.Name)));
        if (context.IsJson)
        {
            context.Terminal.Json(rows.Select(row => new { row.Id, connection = names.GetValueOrDefault(row.ConnectionId), row.Stream, record = row.ExternalId, row.Reason, at = row.At.ToString() }));
            return ExitCode.Done;
        }

        if (rows.Count == 0)
        {
            context.Terminal.Say("Nothing is in quarantine.");
            return ExitCode.Done;
        }

        context.Terminal.Table(
            ["id", "connection", "stream", "record", "since", "reason"],
            rows.OrderBy(row => row.Id).Select(row => (IReadOnlyList<string>)
                [$"{row.Id}", names.GetValueOrDefault(row.ConnectionId, ""), row.Stream, row.ExternalId, $"{row.At}", row.Reason]));
        return ExitCode.Done;
    }

    /// <summary>The row leaves quarantine; a record that was kept from being written is free again.</summary>
    private static async Task<(QuarantineRow Row, bool IsWrite)> LiftAsync(ILedgerTransaction ledger, long id)
    {
        var row = (await ledger.Writes.QuarantinedAsync(null)).FirstOrDefault(row => row.Id == id)
            ?? throw new UsageException($"Nothing in quarantine has the id {id}. quarantine lists what is there.");
        await ledger.Writes.LiftQuarantineAsync([id]);
        var parked = (await ledger.Records.GetAsync(row.ConnectionId, "contact", [row.ExternalId])).Where(record => record.Parked is not null).ToList();
        await ledger.Records.SaveAsync([.. parked.Select(record => record with { Parked = null })]);
        return (row, parked.Count > 0);
    }
}
