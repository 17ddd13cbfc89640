using System.CommandLine;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Review;

internal sealed class ListOverrides : ProgramCommand
{
    private readonly Option<string[]> _lift = new("--lift")
    {
        HelpName = "RECORD FIELD",
        Arity = new ArgumentArity(2, 2),
        AllowMultipleArgumentsPerToken = true,
        Description = "Lets the worker write that field of that record again.",
    };

    public ListOverrides(Terminal terminal)
        : base(terminal, "overrides", "Lists the values that people set in our fields, which the worker therefore leaves alone.", "overrides --lift 1201 score")
    {
        Add(_lift);
        Add(GlobalOptions.At);
    }

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        if (parsed.GetValue(_lift) is [var record, var field])
        {
            var lifted = await context.WriteAsync(ledger => LiftAsync(ledger, record, field.StartsWith("lq_", StringComparison.Ordinal) ? field[3..] : field));
            if (context.IsJson)
            {
                context.Terminal.Json(new { record, field, lifted });
            }
            else
            {
                context.Terminal.Result($"Lifted: the next sync writes {field} on {record} again.");
            }

            return ExitCode.Done;
        }

        var (rows, names) = await context.ReadAsync(async ledger =>
            (await ledger.Records.WithOverridesAsync(null), (await ledger.Connections.ListAsync()).ToDictionary(connection => connection.Id, connection => connection.Name)));
        var overrides = rows.SelectMany(row => row.Overrides.Select(entry => (Row: row, Field: entry.Key, Set: entry.Value)))
            .OrderBy(item => item.Row.Id).ThenBy(item => item.Field, StringComparer.Ordinal).ToList();
        if (context.IsJson)
        {
            context.Terminal.Json(overrides.Select(item => new
            {
                connection = names.GetValueOrDefault(item.Row.ConnectionId),
                record = item.Row.ExternalId,
                field = item.Field,
                value = item.Set.Value,
                by = item.Set.By,
                at = item.Set.At.ToString(),
                ours = item.Row.Desired?.GetValueOrDefault(item.Field),
            }));
            return ExitCode.Done;
        }

        if (overrides.Count == 0)
        {
            context.Terminal.Say("There are no overrides.");
            return ExitCode.Done;
        }

        context.Terminal.Table(
            ["connection", "record", "field", "value", "by", "since", "ours would be"],
            overrides.Select(item => (IReadOnlyList<string>)
            [
                names.GetValueOrDefault(item.Row.ConnectionId, ""), item.Row.ExternalId, item.Field, item.Set.Value, item.Set.By ?? "", $"{item.Set.At}",
                item.Row.Desired?.GetValueOrDefault(item.Field) ?? "",
            ]));
        return ExitCode.Done;
    }

    private static async Task<int> LiftAsync(ILedgerTransaction ledger, string externalId, string field)
    {
        var rows = (await ledger.Records.WithOverridesAsync(null)).Where(row => row.ExternalId == externalId && row.Overrides.ContainsKey(field)).ToList();
        if (rows.Count == 0)
        {
            throw new UsageException($"No person set '{field}' on record {externalId}. overrides lists what is set.");
        }

        await ledger.Records.SaveAsync([.. rows.Select(row => row with { Overrides = row.Overrides.Where(entry => entry.Key != field).ToDictionary() })]);
        return rows.Count;
    }
}
