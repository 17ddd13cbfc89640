using System.Runtime.CompilerServices;

namespace CrmLeadQualifier.Conformance.SandboxAnswers;

public sealed class EveryRecording
{
    [SkippableFact]
    public void Is_compared_with_an_answer_of_the_sandbox()
    {
        var recorded = Recording.All();
        var tests = string.Concat(Directory.EnumerateFiles(Path.GetDirectoryName(ThisFile())!, "*.cs").Select(File.ReadAllText));
        Assert.DoesNotContain(recorded, name => !tests.Contains($"\"{name}\"", StringComparison.Ordinal));
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
