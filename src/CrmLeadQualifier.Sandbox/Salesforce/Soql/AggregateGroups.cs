using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Soql;

/// <summary>What stands behind HAVING: a condition on groups, each of which is looked at as a record of its grouped fields and aggregates.</summary>
internal sealed class AggregateGroups
{
    private readonly Condition _condition;
    private readonly SObjectType _type = new("Group", "Group", "Groups", null);
    private readonly List<(SObjectField Field, Func<List<SObject>, object?> Value)> _values = [];

    public AggregateGroups(Condition condition, List<FieldPath> groupBy, Func<FieldPath, BoundPath> bind,
        Func<FunctionSelection, (SObjectField? Field, Func<List<SObject>, object?> Value)> function)
    {
        _condition = Rename(condition, path =>
        {
            var name = path.ToString();
            var place = Place(name);
            if (_type.TryField(place, out _))
                return new FieldPath([place], path.Position);
            if (name.IndexOf('(', StringComparison.Ordinal) is var open and > 0)
            {
                var (of, value) = function(new FunctionSelection(name[..open], new FieldPath(name[(open + 1)..^1].Split('.'), path.Position), null));
                Add(place, of?.Type ?? FieldType.Double, group => value(group) is long count ? (double)count : value(group));
            }
            else
            {
                if (!groupBy.Exists(grouped => string.Equals(grouped.ToString(), name, StringComparison.OrdinalIgnoreCase)))
                    throw SalesforceRefusal.Malformed($"Field must be grouped or aggregated: {name}");
                var bound = bind(path);
                Add(place, bound.Field.Type, group => bound.Value(group[0]));
            }
            return new FieldPath([place], path.Position);
        });
    }

    public static string NameOf(string function, string argument) => $"{function.ToUpperInvariant()}({argument})";

    public bool Holds(Org org, List<SObject> group, long now)
    {
        var record = new SObject(_type, "");
        foreach (var (field, value) in _values)
            record.Put(field, value(group));
        return ConditionTest.Holds(org, _condition, record, now);
    }

    private void Add(string name, FieldType kind, Func<List<SObject>, object?> value) =>
        _values.Add((_type.Add(new SObjectField(name, name, kind)), value));

    /// <summary>A name without dots, which would lead to a parent.</summary>
    private static string Place(string name) => name.Replace('.', '/').ToUpperInvariant();

    private static Condition Rename(Condition condition, Func<FieldPath, FieldPath> rename) => condition switch
    {
        AllOf all => new AllOf(all.Parts.ConvertAll(part => Rename(part, rename))),
        AnyOf any => new AnyOf(any.Parts.ConvertAll(part => Rename(part, rename))),
        NotThat not => new NotThat(Rename(not.Part, rename)),
        Comparison comparison => comparison with { Path = rename(comparison.Path) },
        Membership membership => membership with { Path = rename(membership.Path) },
        _ => throw SalesforceRefusal.Malformed("A semi-join cannot stand behind HAVING"),
    };
}
