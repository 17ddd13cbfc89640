namespace CrmLeadQualifier.Sandbox.Tests;

/// <summary>The folder `shared` beside the repository, where there is one.</summary>
internal static class SharedFolder
{
    public static string? Find(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CrmLeadQualifier.sln")))
            {
                var file = Path.Combine(folder.FullName, "..", "shared", path);
                return Path.Exists(file) ? file : null;
            }
        }
        return null;
    }
}
