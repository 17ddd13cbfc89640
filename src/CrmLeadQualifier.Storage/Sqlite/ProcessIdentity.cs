using System.Diagnostics;
using System.Globalization;

namespace CrmLeadQualifier.Storage.Sqlite;

/// <summary>A process that cannot be mistaken for a later one with the same number.</summary>
/// <param name="Machine">Host name and, on Linux, boot and process namespace: elsewhere its number says nothing.</param>
/// <param name="Started">When it started, in the system's own measure.</param>
internal sealed record ProcessIdentity(string Machine, int Id, string Started)
{
    public static readonly ProcessIdentity Current = new(ThisMachine(), Environment.ProcessId, StartOf(Environment.ProcessId) ?? "");

    /// <summary>It ran on this machine and has ended. False where this cannot be told.</summary>
    public bool IsGone() => Machine == Current.Machine && StartOf(Id) != Started;

    /// <summary>Null if no such process runs; one that has ended and was not yet fetched by its parent does not run.</summary>
    private static string? StartOf(int processId)
    {
        if (OperatingSystem.IsLinux())
        {
            return LinuxStartOf(processId);
        }

        try
        {
            using var process = Process.GetProcessById(processId);
            return process.HasExited ? null : new DateTimeOffset(process.StartTime).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception problem) when (problem is ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    // The kernel's ticks since boot: unlike a time of day they do not move when the clock is set.
    private static string? LinuxStartOf(int processId)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/stat"));
            // The second field, the name in brackets, may hold spaces and brackets itself; the third is the state, the 22nd the start.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : fields[19];
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string ThisMachine()
    {
        if (!OperatingSystem.IsLinux())
        {
            return Environment.MachineName;
        }

        var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        var processes = File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false)?.Name;
        return $"{Environment.MachineName} {boot} {processes}";
    }
}
