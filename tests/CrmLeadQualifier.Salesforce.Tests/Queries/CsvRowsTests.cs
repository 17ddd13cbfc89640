using System.Text;
using CrmLeadQualifier.Salesforce.Queries;

namespace CrmLeadQualifier.Salesforce.Tests.Queries;

public sealed class CsvRowsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("\"Id\",\"A\"\n\"1\",\"x\"\n", "x")]
    [InlineData("\"Id\",\"A\"\r\n\"1\",\"x\"\r\n", "x")]
    [InlineData("\"Id\",\"A\"\n\"1\",\"x\"", "x")]
    [InlineData("Id,A\n1,x\n", "x")]
    [InlineData("\"Id\",\"A\"\n\"1\",\"say \"\"yes\"\", now\"\n", "say \"yes\", now")]
    [InlineData("\"Id\",\"A\"\n\"1\",\"two\nlines\"\n", "two\nlines")]
    [InlineData("\"Id\",\"A\"\n\"1\",\"\"\n", null)]
    [InlineData("\"Id\",\"A\"\n\"1\",\n", null)]
    [InlineData("\"Id\",\"A\"\n\"1\",\"NA\"\n", "NA")]
    [InlineData("\"Id\",\"A\"\n\"1\",\"null\"\n", "null")]
    [InlineData("\"Id\",\"A\"\n\"1\",\"n\0u\0l\"\n", "nul")]
    [InlineData("\n\"Id\",\"A\"\n\n\"1\",\"é😀\"\n", "é😀")]
    public async Task A_value_is_read_as_it_was_written(string csv, string? value)
    {
        using var rows = Read(csv);
        var row = await rows.ReadAsync(default);
        Assert.Equal(("1", value), (row!.Id, row.Get("A")));
        Assert.Null(await rows.ReadAsync(default));
        Assert.Null(await rows.ReadAsync(default));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>\n")]
    [InlineData("\"Id\",\"A\"\n\"1\"\n")]
    [InlineData("\"Id\",\"A\"\n\"1\",\"x")]
    [InlineData("\"Id\",\"A\"\n\"1\",\"x\",\"y\"\n")]
    public async Task What_is_cut_off_or_no_csv_is_said_to_be_so(string csv)
    {
        using var rows = Read(csv);
        await Assert.ThrowsAsync<BrokenCsvException>(async () => await rows.ReadAsync(default));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(4096)]
    [InlineData(1_000_000)]
    public async Task Whatever_is_written_is_read_in_pieces_of_any_size(int piece)
    {
        var values = Enumerable.Range(0, 3_000).Select(i => (i % 6) switch
        {
            0 => new string('é', i % 50),
            1 => "a\"b\"\"c\"",
            2 => "line\r\nline,\"",
            3 => "😀" + new string('x', i),
            4 => "\"",
            _ => ",",
        }).ToList();
        var csv = "\"Id\",\"A\"\n" + string.Concat(values.Select((value, i) => $"\"{i}\",\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n"));
        using var rows = new CsvRows(new Pieces(Encoding.UTF8.GetBytes(csv), piece), Patience);
        foreach (var value in values)
        {
            Assert.Equal(value.Length == 0 ? null : value, (await rows.ReadAsync(default))!.Get("A"));
        }

        Assert.Null(await rows.ReadAsync(default));
    }

    private static CsvRows Read(string csv) => new(new MemoryStream(Encoding.UTF8.GetBytes(csv)), Patience);

    private sealed class Pieces(byte[] content, int piece) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
