using System.Text;
using CrmLeadQualifier.Core.Definitions;

namespace CrmLeadQualifier.Core.Tests.Definitions;

/// <summary>Definitions to read, and how tests read them.</summary>
internal static class Examples
{
    /// <summary>The example of the definition language's section 1.</summary>
    public static string Language { get; } = Resource("language-example.yaml");

    /// <summary>The folder of the repository, found from where the tests run.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The smallest definition there is, with a place for more.</summary>
    public static string Minimal(string more = "") => $$"""
        definition: Smallest
        schema: 1
        profile:
          criteria:
            - { id: boss, label: Boss, if: { job_title: CEO }, points: 50 }
        mql: { when: { total: { at_least: 10 } } }
        {{more}}
        """;

    public static DefinitionReading Read(string yaml) => DefinitionReader.Read(Encoding.UTF8.GetBytes(yaml), "a.yaml");

    public static Definition Valid(string yaml)
    {
        var reading = Read(yaml);

        Assert.Empty(reading.Problems);
        return reading.Definition!;
    }

    public static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(Examples).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "CrmLeadQualifier.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("No CrmLeadQualifier.sln above the tests.");
        }

        return folder.FullName;
    }
}
