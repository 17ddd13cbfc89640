using Spectre.Console;

namespace CrmLeadQualifier.Worker.CommandLine;

/// <summary>
/// Rows for a person. Cells wrap between words; where not even the longest words fit beside each other (a run's id on 80 columns), each row becomes a block of lines instead,
/// so that nothing that somebody copies into the next command is torn.
/// </summary>
internal static class TextTable
{
    /// <summary>What the border puts around a cell.</summary>
    private const int CellPadding = 3;

    private const int OuterPadding = 2;

    public static void Write(IAnsiConsole console, IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var least = columns.Select((column, i) => rows.Select(row => row[i]).Append(column).Max(LongestWord)).Sum() + (columns.Count * CellPadding) + OuterPadding;
        if (least > console.Profile.Width)
        {
            WriteBlocks(console, columns, rows);
            return;
        }

        var table = new Table { Border = TableBorder.Simple, UseSafeBorder = true };
        table.AddColumns([.. columns.Select(column => new TableColumn(new Text(column)))]);
        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => new Text(cell)));
        }

        console.Write(table);
    }

    private static void WriteBlocks(IAnsiConsole console, IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var width = columns.Max(column => column.Length);
        foreach (var row in rows)
        {
            console.WriteLine();
            for (var i = 0; i < columns.Count; i++)
            {
                if (row[i].Length > 0)
                {
                    console.WriteLine($"  {columns[i].PadRight(width)}  {row[i]}");
                }
            }
        }

        console.WriteLine();
    }

    private static int LongestWord(string text) => text.Split([' ', '\n']).Max(word => word.Length);
}
