using System.Text;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace CrmLeadQualifier.Worker.ConsolePages;

/// <summary>The stored reports, the newest first.</summary>
internal sealed class ReportModel(ILedger ledger) : PageModel
{
    private const string BodyBegins = "<body>";
    private const string BodyEnds = "</body>";

    public IReadOnlyList<string> Weeks { get; private set; } = [];

    public ReportRow? Shown { get; private set; }

    /// <summary>What stands in the stored page's body: markup of our own in which every text of a CRM is escaped.</summary>
    public string Body { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync(string? week, CancellationToken cancellation)
    {
        await ReadAsync(week, cancellation);
        if (Shown is { Html: var html })
        {
            var from = html.IndexOf(BodyBegins, StringComparison.Ordinal) + BodyBegins.Length;
            Body = html[from..html.LastIndexOf(BodyEnds, StringComparison.Ordinal)];
        }

        return week is not null && Shown is null ? NotFound() : Page();
    }

    /// <summary>The page as it was mailed.</summary>
    public async Task<IActionResult> OnGetFileAsync(string week, CancellationToken cancellation)
    {
        await ReadAsync(week, cancellation);
        return Shown is { } report ? File(Encoding.UTF8.GetBytes(report.Html), "text/html; charset=utf-8", $"report-{report.Week}.html") : NotFound();
    }

    private async Task ReadAsync(string? week, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginReadAsync(cancellation);
        Weeks = await transaction.Reports.WeeksAsync();
        Shown = (week ?? Weeks.FirstOrDefault()) is { } wanted ? await transaction.Reports.FindAsync(wanted) : null;
    }
}
