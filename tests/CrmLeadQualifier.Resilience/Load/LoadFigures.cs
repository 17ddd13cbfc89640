using System.Globalization;
using Xunit.Abstractions;

namespace CrmLeadQualifier.Resilience.Load;

/// <summary>What a load check measured, for the test's output and, in tests/run.sh --load, for the file that CLQ_LOAD names; and the goals that were missed: a run of minutes tells all of them.</summary>
public sealed class LoadFigures(ITestOutputHelper output)
{
    public const int Whole = 100_000;
    public const int Twentieth = 5_000;

    private static readonly string? File = Environment.GetEnvironmentVariable("CLQ_LOAD");

    private readonly List<string> _missed = [];

    public static bool AreWanted => File is not null;

    public void Say(string text)
    {
        output.WriteLine(text);
        if (File is not null)
        {
            System.IO.File.AppendAllText(File, text + "\n");
        }
    }

    public void Goal(bool isMet, string figures)
    {
        if (!isMet)
        {
            _missed.Add(figures);
            Say($"MISSED: {figures}");
        }
    }

    public void AssertGoals() => Assert.True(_missed.Count == 0, string.Join("\n", _missed));
}

public static class Quantiles
{
    /// <summary>The smallest of the values that such a part of them does not pass.</summary>
    public static double Of(IEnumerable<double> values, double part)
    {
        var ordered = values.Order().ToList();
        return ordered[(int)Math.Ceiling(part * ordered.Count) - 1];
    }

    public static string Words(IReadOnlyCollection<double> seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{Of(seconds, 0.5):F2} s (median), {Of(seconds, 0.9):F2} s (p90), {Of(seconds, 0.99):F2} s (p99), {seconds.Max():F2} s (longest)");
}
