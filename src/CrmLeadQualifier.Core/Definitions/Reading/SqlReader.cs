using CrmLeadQualifier.Core.Definitions.Yaml;
using CrmLeadQualifier.Core.Facts;

namespace CrmLeadQualifier.Core.Definitions.Reading;

/// <summary>What sales confirms with an SQL.</summary>
internal sealed class SqlReader(ProblemList problems, ScalarReader scalars, LeadAttributes attributes)
{
    public SqlRule? Read(YamlNode node)
    {
        if (MappingReader.Open(node, problems, ["means", "evidence"]) is not { } entries)
        {
            return null;
        }

        return new SqlRule(
            entries.Find("means") is { } means ? scalars.Localized(means) : null,
            entries.Find("evidence") is { } evidence ? Evidence(evidence) : null);
    }

    private Evidence? Evidence(YamlNode node)
    {
        if (MappingReader.Open(node, problems, ["of", "at_least"]) is not { } entries)
        {
            return null;
        }

        var of = entries.Require("of") is { } ofNode ? attributes.Names(ofNode, mayBeEmpty: false) : null;
        var most = of is null or [] ? AttributeSchema.StandardAttributes.Count : of.Count;
        var atLeast = entries.Require("at_least") is { } leastNode ? scalars.Whole(leastNode, 1, most) : null;
        return of is null || atLeast is null ? null : new Evidence(of, atLeast.Value);
    }
}
