using System.CommandLine;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Report;
using CrmLeadQualifier.Sync.Suggestions;
using CrmLeadQualifier.Worker.CommandLine;
using CrmLeadQualifier.Worker.Commands.Definition;
using NodaTime;
using Instant = CrmLeadQualifier.Core.Time.Instant;

namespace CrmLeadQualifier.Worker.Commands.Learning;

internal sealed class ReportAlignment : ProgramCommand
{
    private readonly Option<string?> _from = new("--from") { HelpName = "INSTANT", Description = "The cohort's first instant; a day begins in the agreement's time zone. Default: 91 days before --to." };
    private readonly Option<string?> _to = new("--to") { HelpName = "INSTANT", Description = "The first instant after it. Default: --as-of." };
    private readonly Option<string?> _asOf = new("--as-of") { HelpName = "INSTANT", Description = "Facts with a later instant do not count. Default: now." };
    private readonly Option<string?> _knownAt = new("--known-at") { HelpName = "INSTANT", Description = "Facts that were seen later do not count. Default: now." };
    private readonly Option<string?> _language = DefinitionOptions.Language("Default: the agreement's own language.");
    private readonly Option<bool> _suggestions = new("--suggestions") { Description = "Also what feedback suggests, as in the weekly report: goes through the leads of a year, one by one." };
    private readonly Option<string> _format = DefinitionOptions.Format("text", GlobalOptions.Json, "html");

    public ReportAlignment(Terminal terminal)
        : base(terminal, "report", "The alignment report: what came in, what was answered, what became of it, what was rejected and why.", "report --from 2026-09-01 --language en --format html > report.html")
    {
        Add(_from);
        Add(_to);
        Add(_asOf);
        Add(_knownAt);
        Add(_language);
        Add(_suggestions);
        Add(GlobalOptions.At);
        Add(_format);
    }

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var ledger = await context.OpenLedgerAsync();
        var agreement = await context.ReadAsync(AgreementInForce.ReadAsync);
        var calendar = new AgreementCalendar(agreement?.Definition.Sales.BusinessHours.Zone ?? DateTimeZone.Utc);
        var request = new ReportRequest(
            InstantOf(_from), InstantOf(_to), InstantOf(_asOf), InstantOf(_knownAt), DefinitionOptions.LanguageOf(parsed.GetValue(_language)));
        var report = await new ReportRun(ledger) { HasSuggestions = parsed.GetValue(_suggestions), Holidays = context.HandOvers.Holidays }
            .MakeAsync(request, Instant.Now(context.Clock), context.Cancellation);
        switch (parsed.GetRequiredValue(_format))
        {
            case GlobalOptions.Json:
                context.Terminal.Json(ReportJson.Build(report));
                break;
            case "html":
                context.Terminal.Result(ReportPage.Write(report));
                break;
            default:
                context.Terminal.Result($"{ReportText.Title(report)}\n{ReportText.Subtitle(report)}");
                context.Terminal.Sections(ReportText.Sections(report));
                break;
        }

        return ExitCode.Done;

        Instant? InstantOf(Option<string?> option) => InstantOption.Read(parsed, option, calendar);
    }
}
