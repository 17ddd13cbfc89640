namespace CrmLeadQualifier.Core.Definitions;

/// <summary>Reads and checks a definition file.</summary>
public static class DefinitionReader
{
    /// <param name="utf8">The file's bytes.</param>
    /// <param name="fileName">As it is to be named in problems.</param>
    public static DefinitionReading Read(ReadOnlyMemory<byte> utf8, string fileName)
        => throw new InvalidOperationException("Being written.");
}

/// <summary>What reading a file gave: a definition if and only if there is no error among the problems.</summary>
public sealed record DefinitionReading(Definition? Definition, IReadOnlyList<DefinitionProblem> Problems);
