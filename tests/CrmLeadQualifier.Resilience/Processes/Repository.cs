namespace CrmLeadQualifier.Resilience.Processes;

/// <summary>The checkout that the tests were built from, and the executables built with them.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary><c>Debug</c> or <c>Release</c>: the tests run what was built beside them.</summary>
    public static string Configuration { get; } = Directory.GetParent(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar))!.Name;

    public static string WorkerFolder => Path.Combine(Root, "src", "CrmLeadQualifier.Worker", "bin", Configuration, "net10.0");

    public static string Worker => Path.Combine(WorkerFolder, Executable("crm-lead-qualifier"));

    public static string Sandbox => Path.Combine(WorkerFolder, "sandbox", Executable("crm-lead-qualifier-sandbox"));

    public static string File(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>A file of the folder of shared data beside the checkout; null where there is none.</summary>
    public static string? Shared(params string[] parts) =>
        Path.Combine([Root, "..", "shared", .. parts]) is var path && System.IO.File.Exists(path) ? Path.GetFullPath(path) : null;

    private static string Executable(string name) => OperatingSystem.IsWindows() ? name + ".exe" : name;

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "CrmLeadQualifier.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"no checkout above {AppContext.BaseDirectory}");
    }
}
