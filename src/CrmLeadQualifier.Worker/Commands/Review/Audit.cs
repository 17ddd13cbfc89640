using System.CommandLine;
using System.Globalization;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Review;

internal sealed class Audit : ProgramCommand
{
    private const string Csv = "csv";
    private const int Page = 2_000;

    private static readonly string[] Columns = ["at", "who", "what", "connection", "object", "record", "field", "before", "after", "state", "run", "reason"];

    private readonly Option<Instant?> _from = GlobalOptions.InstantOption("--from", "From when on. Default: from the beginning.");
    private readonly Option<Instant?> _to = GlobalOptions.InstantOption("--to", "Until when, itself not included. Default: now.");
    private readonly Option<string?> _record = new("--record") { HelpName = "ID", Description = "Only what was written on the CRM record of that id." };

    private readonly Option<string> _format = new Option<string>("--format")
    {
        HelpName = "csv|json|text",
        Description = "For a spreadsheet, a program or a person.",
        DefaultValueFactory = _ => "text",
    }.AcceptOnlyFromAmong(Csv, GlobalOptions.Json, "text");

    public Audit(Terminal terminal)
        : base(terminal, "audit", "Who did what: every field written to a CRM, and who proposed and signed the agreement.", "audit --from 2026-11-01 --format csv")
    {
        Add(_from);
        Add(_to);
        Add(_record);
        Add(_format);
    }

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var to = parsed.GetValue(_to) ?? Instant.Now(context.Clock) + TimeSpan.FromMilliseconds(1);
        var lines = LinesAsync(context, parsed.GetValue(_from) ?? Instant.MinValue, to, parsed.GetValue(_record));
        if (parsed.GetValue(_format) == Csv)
        {
            context.Terminal.Result(string.Join(',', Columns));
            await foreach (var line in lines)
            {
                context.Terminal.Result(string.Join(',', line.Select(Cell)));
            }

            return ExitCode.Done;
        }

        var all = new List<string[]>();
        await foreach (var line in lines)
        {
            all.Add(line);
        }

        if (parsed.GetValue(_format) == GlobalOptions.Json)
        {
            context.Terminal.Json(all.Select(line => Columns.Zip(line).ToDictionary(cell => cell.First, cell => cell.Second)));
        }
        else
        {
            context.Terminal.Table(Columns, all);
        }

        return ExitCode.Done;
    }

    /// <summary>In the order of their instants.</summary>
    private static async IAsyncEnumerable<string[]> LinesAsync(CommandContext context, Instant from, Instant to, string? record)
    {
        var acts = record is null
            ? (await context.ReadAsync(ActsAsync)).Where(act => act.At >= from && act.At < to).OrderBy(act => act.At).ToList()
            : [];
        var next = 0;
        await foreach (var write in WritesAsync(context, from, to, record))
        {
            for (; next < acts.Count && acts[next].At <= write.Write.SentAt; next++)
            {
                yield return acts[next].Line;
            }

            yield return
            [
                $"{write.Write.SentAt}", CommandRunner.ProgramName, "wrote", write.Connection, write.Object, write.ExternalId, write.Write.Field, write.Write.Before, write.Write.Value,
                write.Write.State.ToString().ToLowerInvariant(), write.Write.Run, write.Write.Reason ?? "",
            ];
        }

        for (; next < acts.Count; next++)
        {
            yield return acts[next].Line;
        }
    }

    private static async IAsyncEnumerable<AuditedWrite> WritesAsync(CommandContext context, Instant from, Instant to, string? record)
    {
        var after = (At: from, Id: 0L);
        while (true)
        {
            var page = await context.ReadAsync(ledger => ledger.Writes.BetweenAsync(from, to, record, after, Page));
            foreach (var write in page)
            {
                yield return write;
            }

            if (page.Count < Page)
            {
                yield break;
            }

            after = (page[^1].Write.SentAt, page[^1].Write.Id);
        }
    }

    private static async Task<IReadOnlyList<(Instant At, string[] Line)>> ActsAsync(ILedgerTransaction ledger)
    {
        var acts = new List<(Instant At, string[] Line)>();
        foreach (var version in await ledger.Definitions.ListAsync())
        {
            acts.Add((version.ProposedAt, Act(version.ProposedAt, version.ProposedBy ?? "", "proposed", Version(version.Version), version.Note ?? "")));
        }

        acts.AddRange((await ledger.Definitions.SignaturesAsync()).Select(signature =>
            (signature.At, Act(signature.At, signature.By, $"signed for {signature.Role}", Version(signature.Version), ""))));
        return acts;
    }

    private static string Version(int version) => string.Create(CultureInfo.InvariantCulture, $"version {version}");

    private static string[] Act(Instant at, string who, string what, string agreement, string reason) => [$"{at}", who, what, "", "agreement", agreement, "", "", "", "", "", reason];

    /// <summary>A spreadsheet would carry out a cell that begins like a formula: an apostrophe makes it a text.</summary>
    private static string Cell(string text)
    {
        var safe = text.Length > 0 && "=+-@\t\r".Contains(text[0], StringComparison.Ordinal) && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? "'" + text : text;
        return safe.AsSpan().IndexOfAny(",\"\n\r") >= 0 ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
