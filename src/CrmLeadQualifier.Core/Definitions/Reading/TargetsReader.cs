using CrmLeadQualifier.Core.Definitions.Yaml;

namespace CrmLeadQualifier.Core.Definitions.Reading;

/// <summary>What the teams promise each other.</summary>
internal sealed class TargetsReader(ProblemList problems, ScalarReader scalars, OperandReader operands)
{
    public Targets? Read(YamlNode node)
    {
        if (MappingReader.Open(node, problems, ["mql_per_week", "mql_to_sql", "sla_met", "reasons_given"]) is not { } entries)
        {
            return null;
        }

        return new Targets(
            entries.Find("mql_per_week") is { } volume ? Range(volume) : null,
            entries.Find("mql_to_sql") is { } conversion ? Rate(conversion) : null,
            entries.Find("sla_met") is { } sla ? Rate(sla) : null,
            entries.Find("reasons_given") is { } reasons ? Rate(reasons) : null);
    }

    private NumberRange? Range(YamlNode node)
    {
        if (MappingReader.Open(node, problems, ["at_least", "at_most", "between"]) is not { } entries)
        {
            return null;
        }

        if (entries.Find("between") is { } between)
        {
            entries.Refuse("at_least", "`at_least` cannot stand beside `between`.");
            entries.Refuse("at_most", "`at_most` cannot stand beside `between`.");
            if (between is not YamlList { Items: [var first, var second] })
            {
                problems.WrongType(between, "a list of two values, `[least, greatest]`");
                return null;
            }

            var (low, high) = (operands.Number(first), operands.Number(second));
            return Ordered(between, low, high);
        }

        if (!entries.Has("at_least") && !entries.Has("at_most"))
        {
            problems.Error(node, "A target needs `at_least`, `at_most` or `between`.");
            return null;
        }

        return Ordered(
            node,
            entries.Find("at_least") is { } least ? operands.Number(least) : null,
            entries.Find("at_most") is { } most ? operands.Number(most) : null);
    }

    private NumberRange? Ordered(YamlNode node, double? least, double? most)
    {
        if (least > most)
        {
            problems.Error(node, "The ends are reversed: the least comes first.");
            return null;
        }

        return new NumberRange(least, most);
    }

    private double? Rate(YamlNode node)
        => MappingReader.Open(node, problems, ["at_least"]) is { } entries && entries.Require("at_least") is { } least ? scalars.Percentage(least) : null;
}
