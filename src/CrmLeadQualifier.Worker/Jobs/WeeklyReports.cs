using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Report;
using CrmLeadQualifier.Worker.Hosting;

namespace CrmLeadQualifier.Worker.Jobs;

/// <summary>Stores the report of each week that is over, and mails it where a mail server is configured. A mail that failed is sent by a later turn; the report is the stored one.</summary>
/// <param name="mail">Null: no mail server is configured.</param>
/// <param name="consoleAddress">Where people find the report in the console; null: not known.</param>
/// <param name="holidays">On which nobody works, beside the agreement's own.</param>
internal sealed class WeeklyReports(ILedger ledger, ReportMail? mail, string? consoleAddress, IReadOnlySet<NodaTime.LocalDate> holidays, TimeProvider clock)
{
    /// <summary>A report that nobody was mailed while no mail server was configured is not sent weeks later.</summary>
    private static readonly TimeSpan MailedWithin = TimeSpan.FromDays(3);

    public async Task<TurnResult> RunAsync(CancellationToken stop)
    {
        var reports = new StoredReports(ledger) { Holidays = holidays };
        var made = await reports.MakeDueAsync(Instant.Now(clock), stop);
        var said = made is null ? "no report is due" : $"the report of {made.Week} is stored";
        if (mail is null || await reports.NotMailedAsync(stop) is not { } report || Instant.Now(clock) - report.MadeAt > MailedWithin)
        {
            return TurnResult.Of(said);
        }

        return await SendAsync(reports, report, stop) is { } failure
            ? new TurnResult("", [$"{said}, but not mailed: {failure}"], false)
            : TurnResult.Of($"{said}; the report of {report.Week} was mailed to {mail.Recipients} address(es)");
    }

    /// <summary>Null: it was taken by the mail server.</summary>
    private async Task<string?> SendAsync(StoredReports reports, ReportRow report, CancellationToken stop)
    {
        var failure = await mail!.SendAsync(report, consoleAddress, stop);
        if (failure is null)
        {
            await reports.MarkMailedAsync(report.Week, Instant.Now(clock), stop);
        }

        return failure;
    }
}
