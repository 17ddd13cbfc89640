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

    private readonly List<Place> _places = [];

    /// <summary>Where the criteria stand that were read so far, whether or not they are right.</summary>
    public IReadOnlyList<Place> Places => _places;

    /// <param name="place">Null: the section is left out and scores 0.</param>
    public Section Read(string name, Place? place)
    {
        var inProfile = name == "profile";
        if (place is null || MappingReader.Open(place, problems, inProfile ? ["cap", "criteria"] : ["cap", "decay", "criteria"], Misplaced) is not { } entries)
        {
            return new Section(name, DefaultCap, []);
        }

        var cap = entries.Find("cap") is { } capPlace ? scalars.Whole(capPlace, 0, MostCap) : DefaultCap;
        var decay = !inProfile && entries.Find("decay") is { } decayPlace ? criteria.Decay(decayPlace) : null;
        var read = new List<Criterion>();
        if (entries.Require("criteria") is { } list && scalars.Items(list, mayBeEmpty: false) is { } items)
        {
            foreach (var item in items)
            {
                _places.Add(item);
                if (_places.Count > MostCriteria)
                {
                    problems.Error(item, $"A definition has at most {MostCriteria} criteria; this is one more.");
                    break;
                }

                if (criteria.Read(item, inProfile, decay) is { } criterion)
                {
                    read.Add(criterion);
                }
            }
        }

        return new Section(name, cap ?? DefaultCap, read);

        string? Misplaced(string key) => inProfile && key == "decay" ? "The profile has no decay: what a lead is does not fade." : null;
    }
}
