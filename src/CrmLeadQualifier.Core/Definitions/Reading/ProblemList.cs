using CrmLeadQualifier.Core.Definitions.Yaml;

namespace CrmLeadQualifier.Core.Definitions.Reading;

/// <summary>The problems of one file, gathered while it is read.</summary>
internal sealed class ProblemList(string file)
{
    private readonly List<DefinitionProblem> _problems = [];

    public int ErrorCount { get; private set; }

    public bool HasErrors => ErrorCount > 0;

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<DefinitionProblem> InOrder => [.. _problems.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column)];

    public void Error(Place place, string message) => Error(place.Node, place.Path, message);

    public void Error(YamlNode at, string path, string message) => Error(at.Line, at.Column, path, message);

    public void Error(int line, int column, string path, string message)
    {
        ErrorCount++;
        _problems.Add(new DefinitionProblem(ProblemSeverity.Error, file, line, column, path, message));
    }

    public void Warning(Place place, string message) => Warning(place.Node, place.Path, message);

    public void Warning(YamlNode at, string path, string message)
        => _problems.Add(new DefinitionProblem(ProblemSeverity.Warning, file, at.Line, at.Column, path, message));

    /// <summary>Says what should stand there; silent where what stands there was refused already.</summary>
    public void WrongType(Place place, string wanted)
    {
        if (place.Node is YamlRefused)
        {
            return;
        }

        Error(place, $"This must be {wanted}, not {place.Node.Kind}.");
    }
}
