using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Worker.Hosting;

/// <summary>
/// One file a day below the data folder. No line holds a secret or personal data: what stands in quotes or looks like an address is left out of every text, and the words of a
/// command line are never written.
/// </summary>
internal sealed partial class LogFile(string folder)
{
    private static readonly Lock Writing = new();

    public void Write(string command, string text) => Append($"{command}: {WithoutPersonalData(text)}");

    /// <summary>Keeps an exception's types, messages and stack traces; answers the file, or null where it could not be written.</summary>
    public string? WriteException(string command, Exception exception)
    {
        var text = new StringBuilder($"{command}: unforeseen");
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  {inner.GetType().FullName}: {WithoutPersonalData(inner.Message)}\n{inner.StackTrace}");
        }

        return Append(text.ToString());
    }

    internal static string WithoutPersonalData(string text) => Address().Replace(Quoted().Replace(text, "'…'"), "…@…");

    private string? Append(string text)
    {
        var now = Instant.Now(TimeProvider.System);
        var path = Path.Combine(folder, $"{now.ToString()[..10]}.log");
        try
        {
            lock (Writing)
            {
                DataFolder.CreateOwned(folder);
                File.AppendAllText(path, string.Create(CultureInfo.InvariantCulture, $"{now} [{Environment.ProcessId}] {text}\n"));
            }

            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CommandLine.UsageException)
        {
            // A full or read-only disk must not hide what the command itself has to say.
            return null;
        }
    }

    [GeneratedRegex("""'[^'\n]*'|"[^"\n]*"|«[^»\n]*»""")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"[^\s@<>]+@[^\s@<>]+")]
    private static partial Regex Address();
}
