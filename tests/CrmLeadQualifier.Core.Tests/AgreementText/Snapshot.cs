using CrmLeadQualifier.Core.Tests.Definitions;

namespace CrmLeadQualifier.Core.Tests.AgreementText;

/// <summary>A text that a person has read, kept as a file.</summary>
internal static class Snapshot
{
    public static string Folder { get; } = Path.Combine(Examples.Repository, "tests", "CrmLeadQualifier.Core.Tests", "AgreementText", "Snapshots");

    public static void Matches(string text, string name)
    {
        var path = Path.Combine(Folder, name);
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
        {
            File.WriteAllText(path, text);
        }

        Assert.Equal(File.ReadAllText(path), text);
    }
}
