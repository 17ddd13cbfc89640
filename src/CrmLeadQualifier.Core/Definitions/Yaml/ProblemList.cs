namespace CrmLeadQualifier.Core.Definitions.Yaml;

/// <summary>The problems of one file, gathered while it is read.</summary>
internal sealed class ProblemList(string file)
{
    private const int MostPath = 300;
    private const int MostMessage = 1000;

    /// <summary>Nobody reads more, and a file made to have a hundred thousand must not cost a guess for each.</summary>
    private const int MostProblems = 1000;

    private readonly List<DefinitionProblem> _problems = [];
    private int _more;

    public int ErrorCount { get; private set; }

    public bool HasErrors => ErrorCount > 0;

    /// <summary>More are counted and not shown: how they are worded does not matter.</summary>
    public bool IsFull => _problems.Count >= MostProblems;

    /// <summary>In the order of the file; of very many, how many are not shown.</summary>
    public IReadOnlyList<DefinitionProblem> InOrder
    {
        get
        {
            var inOrder = _problems.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column).ToList();
            if (_more > 0)
            {
                var last = inOrder[^1];
                inOrder.Add(last with { Path = "", Message = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"There are {_more} more problems: settle these first.") });
            }

            return inOrder;
        }
    }

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
    {
        if (IsFull)
        {
            _more++;
            return;
        }

        _problems.Add(new DefinitionProblem(severity, file, at.Line, at.Column, OneLine(at.Path, MostPath), OneLine(message, MostMessage)));
    }

    // Problems quote the file: what it says must neither break a line of output nor steer a terminal, nor fill either.
    private static string OneLine(string text, int most)
    {
        var shown = text.Length <= most ? text : string.Concat(text.AsSpan(0, most), "…");
        return shown.AsSpan().ContainsAnyInRange('\0', '\x1F') || shown.AsSpan().ContainsAnyInRange('\x7F', '\x9F')
            ? string.Create(shown.Length, shown, static (line, t) =>
            {
                for (var i = 0; i < t.Length; i++)
                {
                    line[i] = char.IsControl(t[i]) ? ' ' : t[i];
                }
            })
            : shown;
    }
}
