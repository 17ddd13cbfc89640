using CrmLeadQualifier.Worker.CommandLine;
using Spectre.Console;

namespace CrmLeadQualifier.Worker.Tests.CommandLine;

public sealed class TextTableTests
{
    private const string Run = "2026-11-23T09:30:00.000Z-1";
    private static readonly string[] Columns = ["run", "state", "read", "written", "fields", "calls", "seconds", "message"];

    [Fact]
    public void A_run_that_does_not_fit_80_columns_is_a_block_of_lines_with_its_id_in_one_piece()
    {
        var lines = Lines(80, [[Run, "done", "300", "0", "0", "51", "1", ""], [Run, "failed", "0", "0", "0", "0", "0.6", "hub: not reached"]]);

        Assert.Contains($"  run      {Run}", lines);
        Assert.Contains("  message  hub: not reached", lines);
        Assert.Single(lines, line => line.StartsWith("  message", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public void What_fits_is_a_table()
    {
        var lines = Lines(160, [[Run, "done", "300", "0", "0", "51", "1", "a long message that is wrapped between its words where the line ends, as any text is, and not before"]]);

        Assert.Contains(lines, line => line.Contains("run", StringComparison.Ordinal) && line.Contains("written", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains(Run, StringComparison.Ordinal) && line.Contains("a long message", StringComparison.Ordinal));
    }

    private static string[] Lines(int width, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        using var written = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(written), Ansi = AnsiSupport.No });
        console.Profile.Width = width;
        TextTable.Write(console, Columns, rows);
        return [.. written.ToString().Split('\n').Select(line => line.TrimEnd())];
    }
}
