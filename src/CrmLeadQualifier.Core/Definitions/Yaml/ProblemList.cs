namespace CrmLeadQualifier.Core.Definitions.Yaml;

/// <summary>The problems of one file, gathered while it is read.</summary>
internal sealed class ProblemList(string file)
{
    private readonly List<DefinitionProblem> _problems = [];

    public int ErrorCount { get; private set; }

    public bool HasErrors => ErrorCount > 0;

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<DefinitionProblem> InOrder => [.. _problems.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column)];

    public void Error(YamlNode at, string message) => Error(at.At, message);

    public void Error(Position at, string message)
    {
        ErrorCount++;
        Add(ProblemSeverity.Error, at, message);
    }

    public void Warning(YamlNode at, string message) => Add(ProblemSeverity.Warning, at.At, message);

    /// <summary>Says what should stand there; silent where what stands there was refused already.</summary>
    public void WrongType(YamlNode node, string wanted)
    {
        if (node is YamlRefused)
        {
            return;
        }

        Error(node, $"This must be {wanted}, not {node.Kind}.");
    }

    private void Add(ProblemSeverity severity, Position at, string message)
        => _problems.Add(new DefinitionProblem(severity, file, at.Line, at.Column, at.Path, message));
}
