using System.CommandLine;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Review;

internal sealed class ListQuarantine : ProgramCommand
{
    private readonly Option<long?> _retry = new("--retry") { HelpName = "ID", Description = "Takes one out: the next sync tries it again." };

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
            var row = await context.WriteAsync(ledger => LiftAsync(ledger, id));
            if (context.IsJson)
            {
                context.Terminal.Json(new { id, stream = row.Stream, record = row.ExternalId });
            }
            else
            {
                context.Terminal.Result($"{row.Stream} {row.ExternalId} is out of quarantine; the next sync tries it again.");
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

    /// <summary>The row leaves quarantine, and what it kept from being read or written is free again.</summary>
    private static async Task<QuarantineRow> LiftAsync(ILedgerTransaction ledger, long id)
    {
        var row = (await ledger.Writes.QuarantinedAsync(null)).FirstOrDefault(row => row.Id == id)
            ?? throw new UsageException($"Nothing in quarantine has the id {id}. quarantine lists what is there.");
        await ledger.Writes.LiftQuarantineAsync([id]);
        var records = await ledger.Records.GetAsync(row.ConnectionId, "contact", [row.ExternalId]);
        await ledger.Records.SaveAsync([.. records.Where(record => record.Parked is not null).Select(record => record with { Parked = null })]);
        return row;
    }
}
