using System.Text.Json;

namespace CrmLeadQualifier.Conformance.SalesforceSandbox;

/// <summary>Bodies that Salesforce gave somebody once: ../shared/recorded/salesforce, where it is.</summary>
internal static class SalesforceRecording
{
    public static readonly string? Folder = Find();

    public static JsonElement Read(string name)
    {
        Skip.If(Folder is null, "../shared/recorded/salesforce is not beside the repository.");
        return JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder!, name + ".json"))).RootElement;
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "CrmLeadQualifier.sln")))
                continue;
            var recorded = Path.Combine(folder.FullName, "..", "shared", "recorded", "salesforce");
            return Directory.Exists(recorded) ? recorded : null;
        }
        return null;
    }
}
