namespace CrmLeadQualifier.Worker.Hosting;

/// <summary>The folder of <c>--data</c>: the embedded ledger, the keys that open its secrets, and the logs. Only its owner may read it.</summary>
internal sealed class DataFolder(string path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public string Ledger => System.IO.Path.Combine(Path, "ledger.db");

    public string Keys => System.IO.Path.Combine(Path, "keys");

    public LogFile Log => new(System.IO.Path.Combine(Path, "logs"));

    public DataFolder Within(string name) => new(System.IO.Path.Combine(Path, name));

    public void Create() => CreateOwned(Path);

    public void CreateKeys()
    {
        Create();
        CreateOwned(Keys);
    }

    /// <summary>Takes a file's rights from everybody but its owner.</summary>
    public void Restrict(string file)
    {
        if (!OperatingSystem.IsWindows() && File.Exists(file))
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    /// <summary>A folder that exists keeps the rights that its owner gave it.</summary>
    public static void CreateOwned(string path)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(path);
            }
            else
            {
                Directory.CreateDirectory(path, OwnerOnly);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandLine.UsageException($"The data folder {path} cannot be made: {e.Message} Name another one by --data.");
        }
    }
}
