using CrmLeadQualifier.Core.Definitions.Yaml;

namespace CrmLeadQualifier.Core.Definitions.Reading;

/// <summary>Thresholds of the letter and the digit (definition language, section 5).</summary>
internal sealed class GradesReader(ProblemList problems, ScalarReader scalars)
{
    // Two sections of at most 1000 each; a threshold above what the caps allow is a letter nobody reaches, and nothing worse.
    private const int MostThreshold = 2 * SectionReader.MostCap;

    public Grades? Read(YamlNode node)
    {
        if (MappingReader.Open(node, problems, ["profile", "engagement"]) is not { } entries)
        {
            return null;
        }

        var letters = entries.Require("profile") is { } profile ? Thresholds(profile, ["A", "B", "C"]) : null;
        var digits = entries.Require("engagement") is { } engagement ? Thresholds(engagement, ["1", "2", "3"]) : null;
        return letters is null || digits is null ? null : new Grades(letters[0], letters[1], letters[2], digits[0], digits[1], digits[2]);
    }

    private int?[]? Thresholds(YamlNode node, string[] names)
    {
        if (MappingReader.Open(node, problems, names) is not { } entries)
        {
            return null;
        }

        var thresholds = names.Select(name => entries.Find(name) is { } threshold ? scalars.Whole(threshold, 0, MostThreshold) : null).ToArray();
        string? above = null;
        for (var i = 0; i < names.Length; i++)
        {
            if (thresholds[i] is not { } threshold)
            {
                continue;
            }

            if (above is not null && threshold >= thresholds[Array.IndexOf(names, above)])
            {
                problems.Error(entries.Find(names[i])!, $"Thresholds fall: `{names[i]}` ({threshold}) must be less than `{above}` ({thresholds[Array.IndexOf(names, above)]}).");
            }

            above = names[i];
        }

        return thresholds;
    }
}
