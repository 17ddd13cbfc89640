using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Sync.Charts;

namespace CrmLeadQualifier.Sync.Report;

/// <summary>The report as one HTML page.</summary>
public static class ReportPage
{
    public static string Write(WeeklyReport report) => SectionsPage.Write(
        report.Language == Language.French ? "fr" : "en", ReportText.Title(report), ReportText.Subtitle(report), ReportText.Sections(report));
}
