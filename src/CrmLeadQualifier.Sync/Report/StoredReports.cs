using System.Text.Encodings.Web;
using System.Text.Json;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;

namespace CrmLeadQualifier.Sync.Report;

/// <summary>The weekly reports as both teams were given them: made once for each week that is over, and never changed.</summary>
public sealed class StoredReports(ILedger ledger)
{
    /// <summary>On which nobody works, beside the agreement's own.</summary>
    public IReadOnlySet<NodaTime.LocalDate> Holidays { get; init; } = new HashSet<NodaTime.LocalDate>();

    /// <summary>Monday at seven.</summary>
    private static readonly TimeSpan AfterMidnight = TimeSpan.FromHours(7);

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Stores the report of the last ISO week that ended, by the agreement's calendar, if its Monday 07:00 has come and none is stored. Null: nothing is to be done, or no agreement is
    /// in force.
    /// </summary>
    public async Task<ReportRow?> MakeDueAsync(Instant now, CancellationToken cancellation)
    {
        Instant end;
        await using (var transaction = await ledger.BeginReadAsync(cancellation))
        {
            if (await AgreementInForce.ReadAsync(transaction) is not { } agreement)
            {
                return null;
            }

            var calendar = new AgreementCalendar(agreement.Definition.Sales.BusinessHours.Zone);
            var monday = AgreementCalendar.MondayOf(calendar.DayOf(now));
            end = calendar.StartOf(monday);
            if (now < end + AfterMidnight || await transaction.Reports.FindAsync(AgreementCalendar.Week(monday.PlusDays(-1))) is not null)
            {
                return null;
            }
        }

        var names = new ReportNames();
        var report = await new ReportRun(ledger) { Names = names, HasSuggestions = true, Holidays = Holidays }.MakeAsync(new ReportRequest(To: end), now, cancellation);
        var row = new ReportRow(
            report.Week,
            now,
            report.Set.Window.AsOf,
            report.Set.Window.KnownAt,
            report.Language == Language.French ? "fr" : "en",
            ReportJson.Build(report).ToJsonString(Json),
            ReportPage.Write(report));
        await using var writing = await ledger.BeginAsync(null, cancellation);
        var isNew = await writing.Reports.AddAsync(row, names.All);
        await writing.CommitAsync(cancellation);
        await using var reading = await ledger.BeginReadAsync(cancellation);
        return isNew ? await reading.Reports.FindAsync(row.Week) : null;
    }

    /// <summary>The newest stored report, where it was not mailed yet; null otherwise.</summary>
    public async Task<ReportRow?> NotMailedAsync(CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginReadAsync(cancellation);
        return await transaction.Reports.WeeksAsync() is [var newest, ..] && await transaction.Reports.FindAsync(newest) is { MailedAt: null } report ? report : null;
    }

    public async Task MarkMailedAsync(string week, Instant at, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginAsync(null, cancellation);
        await transaction.Reports.MarkMailedAsync(week, at);
        await transaction.CommitAsync(cancellation);
    }
}
