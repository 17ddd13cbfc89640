namespace CrmLeadQualifier.Worker.Jobs;

/// <summary>What the jobs are called: in the dashboard, in the ledger, on the pages and in the log.</summary>
internal static class JobNames
{
    public const string ScoreDue = "score:due";

    public const string Watch = "watch";

    public const string Shadow = "shadow";

    public const string WeeklyReport = "report:weekly";

    private const string SyncPrefix = "sync:";

    private const string ReconcilePrefix = "reconcile:";

    public static string Sync(string connection) => SyncPrefix + connection;

    public static string Reconcile(string connection) => ReconcilePrefix + connection;

    /// <summary>Whoever helps to score, beside the first: <c>score:due 2</c> and so on.</summary>
    public static string ScoreDueOf(int slot) => slot == 1 ? ScoreDue : $"{ScoreDue} {slot}";

    public static bool IsSync(string name) => name.StartsWith(SyncPrefix, StringComparison.Ordinal);

    public static bool IsReconcile(string name) => name.StartsWith(ReconcilePrefix, StringComparison.Ordinal);

    public static bool IsScoring(string name) => name.StartsWith(ScoreDue, StringComparison.Ordinal);
}
