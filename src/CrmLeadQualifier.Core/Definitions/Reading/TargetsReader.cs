using CrmLeadQualifier.Core.Definitions.Yaml;

namespace CrmLeadQualifier.Core.Definitions.Reading;

/// <summary>What the teams promise each other.</summary>
internal sealed class TargetsReader(ProblemList problems, ScalarReader scalars, OperandReader operands)
{
    public Targets? Read(Place place)
    {
        if (MappingReader.Open(place, problems, ["mql_per_week", "mql_to_sql", "sla_met", "reasons_given"]) is not { } entries)
        {
            return null;
        }

        return new Targets(
            entries.Find("mql_per_week") is { } volume ? Range(volume) : null,
            entries.Find("mql_to_sql") is { } conversion ? Rate(conversion) : null,
            entries.Find("sla_met") is { } sla ? Rate(sla) : null,
            entries.Find("reasons_given") is { } reasons ? Rate(reasons) : null);
    }

    private NumberRange? Range(Place place)
    {
        if (MappingReader.Open(place, problems, ["at_least", "at_most", "between"]) is not { } entries)
        {
            return null;
        }

        if (entries.Find("between") is { } between)
        {
            entries.Refuse("at_least", "`at_least` cannot stand beside `between`.");
            entries.Refuse("at_most", "`at_most` cannot stand beside `between`.");
            if (between.Node is not YamlList { Items.Count: 2 })
            {
                problems.WrongType(between, "a list of two values, `[least, greatest]`");
                return null;
            }

            var (low, high) = (operands.Number(between.Item(0)), operands.Number(between.Item(1)));
            return Ordered(between, low, high);
        }

        if (!entries.Has("at_least") && !entries.Has("at_most"))
        {
            problems.Error(place, "A target needs `at_least`, `at_most` or `between`.");
            return null;
        }

        return Ordered(
            place,
            entries.Find("at_least") is { } least ? operands.Number(least) : null,
            entries.Find("at_most") is { } most ? operands.Number(most) : null);
    }

    private NumberRange? Ordered(Place place, double? least, double? most)
    {
        if (least > most)
        {
            problems.Error(place, "The ends are reversed: the least comes first.");
            return null;
        }

        return new NumberRange(least, most);
    }

    private double? Rate(Place place)
        => MappingReader.Open(place, problems, ["at_least"]) is { } entries && entries.Require("at_least") is { } least ? scalars.Percentage(least) : null;
}
