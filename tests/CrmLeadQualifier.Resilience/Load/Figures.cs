using Xunit.Abstractions;

namespace CrmLeadQualifier.Resilience.Load;

/// <summary>What a load check measured: said with its test, and kept in the file that CLQ_LOAD names, which also asks for the whole size (tests/run.sh --load).</summary>
public sealed class Figures(ITestOutputHelper output)
{
    public const string Unwanted = "The whole size takes minutes: tests/run.sh --load runs it.";

    private static readonly string? File = Environment.GetEnvironmentVariable("CLQ_LOAD");

    public static bool AreWanted => File is not null;

    public void Say(string text)
    {
        output.WriteLine(text);
        if (File is not null)
        {
            System.IO.File.AppendAllText(File, text + "\n");
        }
    }
}
