using CrmLeadQualifier.Benchmarks;

switch (args)
{
    case ["scorer"]:
        return ScorerBenchmark.Run(Console.Out);
    default:
        Console.Error.WriteLine("usage: dotnet run -c Release --project tests/CrmLeadQualifier.Benchmarks -- scorer");
        return 2;
}
