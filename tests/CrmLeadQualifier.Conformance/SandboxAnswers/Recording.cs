using System.Text.Json;

namespace CrmLeadQualifier.Conformance.SandboxAnswers;

/// <summary>A body that HubSpot gave somebody once, with its status and, where they were kept, its headers.</summary>
internal sealed record Recording(int? Status, JsonElement Request, JsonElement Body, IReadOnlyList<string> Headers)
{
    private static readonly string? Folder = FindFolder();

    /// <summary>Reads one of ../shared/recorded/hubspot, or skips the test where there are none.</summary>
    public static Recording Read(string name)
    {
        Skip.If(Folder is null, "../shared/recorded/hubspot is not beside the repository.");
        var root = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder!, name + ".json"))).RootElement;
        if (!root.TryGetProperty("response", out var response))
            return new Recording(null, default, root, []);
        var headers = response.TryGetProperty("headers", out var kept) ? kept.EnumerateObject().Select(header => header.Name.ToLowerInvariant()).ToList() : [];
        return new Recording(response.GetProperty("status").GetInt32(), root.GetProperty("request"), response.GetProperty("body"), headers);
    }

    /// <summary>The recorded request's body as text.</summary>
    public string RequestBody => Request.GetProperty("body").GetRawText();

    /// <summary>Every recorded body's name.</summary>
    public static IReadOnlyList<string> All()
    {
        Skip.If(Folder is null, "../shared/recorded/hubspot is not beside the repository.");
        return [.. Directory.EnumerateFiles(Folder!, "*.json", SearchOption.AllDirectories)
            .Select(file => Path.ChangeExtension(Path.GetRelativePath(Folder!, file), null).Replace('\\', '/'))];
    }

    private static string? FindFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "CrmLeadQualifier.sln")))
                continue;
            var recorded = Path.Combine(folder.FullName, "..", "shared", "recorded", "hubspot");
            return Directory.Exists(recorded) ? recorded : null;
        }
        return null;
    }
}
