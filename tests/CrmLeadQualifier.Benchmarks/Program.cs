using CrmLeadQualifier.Benchmarks;

switch (args)
{
    case ["scorer"]:
        return ScorerBenchmark.Run(Console.Out);
    case ["sync", var leads]:
        return await SyncBenchmark.RunAsync(Console.Out, leads);
    default:
        Console.Error.WriteLine("usage: dotnet run -c Release --project tests/CrmLeadQualifier.Benchmarks -- scorer | sync LEADS");
        return 2;
}
