using CrmLeadQualifier.Core.Definitions.Yaml;

namespace CrmLeadQualifier.Core.Definitions.Reading;

/// <summary>What sales confirms with an SQL.</summary>
internal sealed class SqlReader(ProblemList problems, ScalarReader scalars, LeadAttributes attributes)
{
    public SqlRule? Read(Place place)
    {
        if (MappingReader.Open(place, problems, ["means", "evidence"]) is not { } entries)
        {
            return null;
        }

        return new SqlRule(
            entries.Find("means") is { } means ? scalars.Localized(means) : null,
            entries.Find("evidence") is { } evidence ? Evidence(evidence) : null);
    }

    private Evidence? Evidence(Place place)
    {
        if (MappingReader.Open(place, problems, ["of", "at_least"]) is not { } entries)
        {
            return null;
        }

        var of = entries.Require("of") is { } ofPlace ? attributes.Names(ofPlace, mayBeEmpty: false) : null;
        var most = of is null ? int.MaxValue : of.Count;
        var atLeast = entries.Require("at_least") is { } leastPlace ? scalars.Whole(leastPlace, 1, most) : null;
        return of is null || atLeast is null ? null : new Evidence(of, atLeast.Value);
    }
}
