using CrmLeadQualifier.Core.Definitions.Yaml;

namespace CrmLeadQualifier.Core.Definitions.Reading;

/// <summary>The ids of criteria, exclusions and rejection reasons: each is unique in the file.</summary>
internal sealed class IdRegister(ProblemList problems, ScalarReader scalars)
{
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);

    public string? Read(YamlNode node)
    {
        if (scalars.Id(node) is not { } id)
        {
            return null;
        }

        if (!_lines.TryAdd(id, node.At.Line))
        {
            problems.Error(node, $"The id `{id}` is used twice; it stands on line {_lines[id]} already.");
        }

        return id;
    }
}
