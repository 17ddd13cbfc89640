namespace CrmLeadQualifier.Worker.Hosting;

/// <summary>
/// Where the application's own files are: the current folder if it has an appsettings.json (a checkout, a folder of one's own), else the folder of the executable.
/// </summary>
internal static class ApplicationFolder
{
    public const string Settings = "appsettings.json";

    public static string Path { get; } = Find();

    /// <summary>A file that comes with the program, such as an example agreement: from <see cref="Path"/>, else from beside the executable.</summary>
    public static string File(params string[] parts)
    {
        var here = System.IO.Path.Combine([Path, .. parts]);
        return System.IO.File.Exists(here) ? here : System.IO.Path.Combine([AppContext.BaseDirectory, .. parts]);
    }

    /// <summary>appsettings.json, and over it the environment.</summary>
    /// <exception cref="InvalidDataException">The file is no JSON; the message says where.</exception>
    public static IConfiguration Configuration()
    {
        try
        {
            return new ConfigurationBuilder()
                .AddJsonFile(System.IO.Path.Combine(Path, Settings), optional: true)
                .AddEnvironmentVariables()
                .Build();
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{System.IO.Path.Combine(Path, Settings)} is not readable as JSON: {e.InnerException?.InnerException?.Message ?? e.InnerException?.Message ?? e.Message}", e);
        }
    }

    private static string Find()
    {
        var current = Directory.GetCurrentDirectory();
        return System.IO.File.Exists(System.IO.Path.Combine(current, Settings)) ? current : AppContext.BaseDirectory;
    }
}
