using CrmLeadQualifier.Core.Definitions.Fingerprints;
using CrmLeadQualifier.Core.Definitions.Yaml;

namespace CrmLeadQualifier.Core.Definitions.Reading;

/// <summary>The sections that score: <c>profile</c>, <c>behaviour</c>, <c>intent</c>.</summary>
internal sealed class SectionReader(ProblemList problems, ScalarReader scalars, CriterionReader criteria)
{
    public const int DefaultCap = 100;
    public const int MostCap = 1000;

    /// <summary>Some agreement beyond this many criteria is still read aloud in a meeting; hardly one.</summary>
    public const int ReadableCriteria = 30;
    public const int MostCriteria = 500;

    private readonly List<YamlNode> _nodes = [];
    private readonly Dictionary<string, (string Id, int Line)> _contents = new(StringComparer.Ordinal);

    /// <summary>Where the criteria stand that were read so far, whether or not they are right.</summary>
    public IReadOnlyList<YamlNode> Nodes => _nodes;

    /// <summary>Whether every criterion could be read so far: one on an attribute whose type is wrong cannot, and is no error of its own.</summary>
    public bool AllRead { get; private set; } = true;

    /// <param name="node">Null: the section is left out and scores 0.</param>
    public Section Read(string name, YamlNode? node)
    {
        var inProfile = name == "profile";
        if (node is null || MappingReader.Open(node, problems, inProfile ? ["cap", "criteria"] : ["cap", "decay", "criteria"], Misplaced) is not { } entries)
        {
            return new Section(name, DefaultCap, []);
        }

        var cap = entries.Find("cap") is { } capNode ? scalars.Whole(capNode, 0, MostCap) : DefaultCap;
        var decay = !inProfile && entries.Find("decay") is { } decayNode ? criteria.Decay(decayNode) : null;
        var read = new List<Criterion>();
        if (entries.Require("criteria") is { } list && scalars.Items(list, mayBeEmpty: false) is { } items)
        {
            foreach (var item in items)
            {
                _nodes.Add(item);
                if (_nodes.Count > MostCriteria)
                {
                    problems.Error(item, $"A definition has at most {MostCriteria} criteria; this is one more.");
                    break;
                }

                if (_nodes.Count == ReadableCriteria + 1)
                {
                    problems.Warning(item, $"More than {ReadableCriteria} criteria: hardly a meeting reads so many aloud.");
                }

                if (criteria.Read(item, inProfile, decay) is { } criterion)
                {
                    read.Add(criterion);
                    WarnIfTwice(item, criterion);
                }
                else
                {
                    AllRead = false;
                }
            }
        }

        return new Section(name, cap ?? DefaultCap, read) { Decay = decay };

        string? Misplaced(string key) => inProfile && key == "decay" ? "The profile has no decay: what a lead is does not fade." : null;
    }

    // The same: all but id and label, with the decay that is in effect.
    private void WarnIfTwice(YamlNode node, Criterion criterion)
    {
        var content = CanonicalJson.Write(node, (mapping, entry) => mapping == node && entry.Key.Text is ("id" or "label" or "decay"))
            + (criterion as ActivityCriterion)?.Decay;
        if (!_contents.TryAdd(content, (criterion.Id, node.At.Line)))
        {
            var (id, line) = _contents[content];
            problems.Warning(node, $"The criteria `{id}` (line {line}) and `{criterion.Id}` are the same: what holds for one scores twice.");
        }
    }
}
