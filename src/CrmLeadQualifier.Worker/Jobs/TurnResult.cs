using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Worker.Jobs;

/// <summary>What a turn came to.</summary>
/// <param name="Summary">One sentence for people.</param>
/// <param name="Failures">What went wrong, a sentence each; empty: all went well.</param>
/// <param name="IsRefused">A CRM refused us: trying again soon is of no use.</param>
internal sealed record TurnResult(string Summary, IReadOnlyList<string> Failures, bool IsRefused)
{
    public static TurnResult Of(string summary) => new(summary, [], false);

    public static TurnResult OfReconcile(RunReport report) => new(
        string.Join('\n', report.Notices.Prepend($"run {report.Run}: {report.Connections[0].RecordsRead} records differed, {report.Connections[0].ActivitiesRead} activities read again, {report.Connections[0].Calls} calls")),
        report.Failures,
        report.IsRefused);

    public static TurnResult Of(RunReport report) => new(
        $"run {report.Run}: {report.Connections.Sum(connection => connection.RecordsRead)} records read, {report.Scored} leads scored, "
            + $"{report.Connections.Sum(connection => connection.FieldsWritten)} fields written",
        report.Failures,
        report.IsRefused);
}

/// <summary>Whether a turn may begin.</summary>
/// <param name="Refusal">Why not; null: it may.</param>
/// <param name="BringsHistory">Its reading may end a first read.</param>
internal readonly record struct Admission(string? Refusal, bool BringsHistory);
