using System.Globalization;
using Npgsql;

namespace CrmLeadQualifier.Benchmarks;

/// <summary>The CPU that a PostgreSQL server on this machine uses, by process, from an instant on.</summary>
internal sealed class ServerProcesses
{
    /// <summary>What /proc counts in.</summary>
    private const double TicksASecond = 100;

    private readonly int _postmaster;
    private readonly Dictionary<int, (string Name, long Ticks)> _before;

    private ServerProcesses(int postmaster)
    {
        _postmaster = postmaster;
        _before = Read();
    }

    public static async Task<ServerProcesses> OfAsync(string server)
    {
        await using var source = new NpgsqlConnection(server);
        await source.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT split_part(pg_read_file('postmaster.pid'), chr(10), 1)", source);
        return new ServerProcesses(int.Parse((string)(await command.ExecuteScalarAsync())!, CultureInfo.InvariantCulture));
    }

    /// <summary>Since then, of the processes that are still there.</summary>
    public Dictionary<string, double> SecondsOfCpu() => Read().ToDictionary(
        process => FormattableString.Invariant($"{process.Value.Name} ({process.Key})"),
        process => (process.Value.Ticks - _before.GetValueOrDefault(process.Key).Ticks) / TicksASecond);

    private Dictionary<int, (string Name, long Ticks)> Read()
    {
        var processes = new Dictionary<int, (string, long)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id))
            {
                continue;
            }

            try
            {
                var stat = File.ReadAllText(Path.Combine(folder, "stat"));
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                if (int.Parse(fields[1], CultureInfo.InvariantCulture) == _postmaster)
                {
                    var words = File.ReadAllText(Path.Combine(folder, "cmdline")).TrimEnd('\0').Split(' ');
                    processes.Add(id, (
                        string.Join(' ', words.Skip(1).Take(2)).Trim(), long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)));
                }
            }
            catch (IOException)
            {
                // It ended.
            }
        }

        return processes;
    }
}
