using System.Globalization;
using CrmLeadQualifier.Benchmarks;

switch (args)
{
    case ["scorer"]:
        return ScorerBenchmark.Run(Console.Out);
    case ["sync", var leads]:
        return await SyncBenchmark.RunAsync(Console.Out, leads);
    case ["ledger", var connectionString, .. var leads]:
        return await LedgerBenchmark.RunAsync(Console.Out, connectionString, leads is [var count] ? int.Parse(count, CultureInfo.InvariantCulture) : 200_000);
    case ["score", var connectionString, var leads, .. var workers]:
        return await ScoreBenchmark.RunAsync(
            Console.Out, connectionString, int.Parse(leads, CultureInfo.InvariantCulture), workers is ["--workers", var most] ? int.Parse(most, CultureInfo.InvariantCulture) : 1);
    case ["report", var connectionString, .. var leads]:
        return await ReportBenchmark.RunAsync(
            Console.Out, connectionString, leads is [var all, ..] ? int.Parse(all, CultureInfo.InvariantCulture) : 1_000_000, leads is [_, "--keep", var kept] ? kept : null);
    case ["score-worker"]:
        return await ScoreWorker.RunAsync(Console.In, Console.Out);
    case ["backtest", .. var leads]:
        return BacktestBenchmark.Run(Console.Out, leads is [var number] ? int.Parse(number, CultureInfo.InvariantCulture) : 100_000);
    default:
        Console.Error.WriteLine(
            "usage: dotnet run -c Release --project tests/CrmLeadQualifier.Benchmarks -- "
            + "scorer | sync LEADS | ledger CONNECTIONSTRING [LEADS] | score CONNECTIONSTRING LEADS [--workers N] | backtest [LEADS] | report CONNECTIONSTRING [LEADS [--keep DATABASE]]");
        return 2;
}
