using System.Text.Json;
using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Soql;

/// <summary>Carries out one query: which records, in which order, and how each is written.</summary>
internal sealed class QueryRun
{
    private const int MostOffset = 2_000;

    private readonly Org _org;
    private readonly SoqlQuery _query;
    private readonly NameBinder _binder;
    private readonly SObjectType _type;
    private readonly bool _all;
    private readonly long _now;
    private readonly SelectionTree _tree;
    private readonly bool _tooling;

    /// <param name="org">The org.</param>
    /// <param name="query">The query.</param>
    /// <param name="all">Whether deleted and archived records count too (queryAll).</param>
    /// <param name="now">For relative dates and what is archived.</param>
    /// <param name="tooling">Whether it is the Tooling API that is asked.</param>
    public QueryRun(Org org, SoqlQuery query, bool all, long now, bool tooling = false)
        : this(org, query, all, now, null, tooling)
    {
    }

    private QueryRun(Org org, SoqlQuery query, bool all, long now, SObjectType? type, bool tooling)
    {
        (_org, _query, _all, _now) = (org, query, all, now);
        if (query.Unsupported is { } unsupported)
            throw SalesforceRefusal.Malformed($"{unsupported} is valid SOQL that this emulator does not carry out");
        _binder = new NameBinder(org, query.Text, tooling: tooling);
        _tooling = tooling;
        _type = type ?? _binder.Object(query.From);
        _tree = new SelectionTree(_type);
        if (query.Offset > MostOffset)
            throw SalesforceRefusal.With(400, "NUMBER_OUTSIDE_VALID_RANGE", $"Maximum SOQL offset allowed is {MostOffset}");
        if (!query.Aggregates)
            BindSelection();
    }

    public SObjectType Type => _type;

    /// <summary>The selected fields with their names, parents first: Owner.Alias.</summary>
    public List<(string Name, BoundPath Path)> Columns { get; } = [];

    public bool HasLongTexts => _tree.HasLongTexts;

    public bool HasChildren => _tree.HasChildren;

    /// <summary>The records that the query finds, in its order.</summary>
    public List<SObject> Find() => Cut(Sort(Matching()));

    /// <summary>The rows that meet the condition, before LIMIT.</summary>
    public int Count() => _query.Limit is { } limit ? Math.Min(limit, Matching().Count()) : Matching().Count();

    /// <summary>Groups come in the order of their first rows, which is the asked one where it is by grouped fields.</summary>
    public List<AggregateRow> Aggregate() => new Aggregation(_org, _query, path => _binder.Field(_type, path, _query.From.Alias), _now).Run(Sort(Matching()));

    public void Write(Utf8JsonWriter json, SObject record, string version) => _tree.Write(json, record, version);

    private void BindSelection()
    {
        foreach (var selection in _query.Select)
        {
            switch (selection)
            {
                case FieldSelection field:
                    if (field.Alias is not null)
                        throw SalesforceRefusal.Malformed("only aggregate expressions use field aliasing");
                    var path = _binder.Field(_type, field.Path, _query.From.Alias);
                    _tree.Add(path);
                    Columns.Add((string.Concat(path.Steps.Select(step => step.Relationship + ".")) + path.Field.Name, path));
                    break;
                case ChildSelection child:
                    var name = child.Query.From.Name.Split('.')[^1];
                    if (!_type.Children.TryGetValue(name, out var relationship))
                        throw SalesforceRefusal.With(400, "INVALID_TYPE", SoqlParser.Pointer(_query.Text, child.Query.From.Position)
                            + $"Didn't understand relationship '{name}' in FROM part of query call. Please reference your WSDL or the describe call for the appropriate names.");
                    var type = _org.FindType(relationship.Child)!;
                    var run = new QueryRun(_org, child.Query, _all, _now, type, _tooling);
                    var reference = type.Field(relationship.Field);
                    _tree.AddChildren(name, run, parent => run.Cut(run.Sort(_org.Store(type).Referring(reference, parent.Id).Where(run.Test()))));
                    break;
            }
        }
    }

    private IEnumerable<SObject> Matching() => Candidates().Where(Test());

    private Func<SObject, bool> Test()
    {
        var test = _query.Where is { } where ? new ConditionTest(_binder, _type, _query.From.Alias, _now, IdsOf).Bind(where) : _ => true;
        var archives = _type.TryField("IsArchived", out var archived) ? archived : null;
        return record => (_all || (!record.IsDeleted && (archives is null || record[archives] is not true))) && test(record);
    }

    /// <summary>Where the condition names ids, only the records that they lead to need to be looked at.</summary>
    private IEnumerable<SObject> Candidates()
    {
        if (_org.Setup.Derived(_type, _query.Where) is { } derived)
            return derived;
        var store = _org.Store(_type);
        var parts = _query.Where switch { AllOf all => all.Parts, { } one => [one], null => [] };
        foreach (var part in parts)
        {
            var (path, ids) = part switch
            {
                Comparison { Operator: "=", Value.Kind: LiteralKind.Text } comparison => (comparison.Path, [comparison.Value.Text]),
                Membership { Operator: "IN" } membership when membership.Values.TrueForAll(value => value.Kind == LiteralKind.Text) =>
                    (membership.Path, membership.Values.ConvertAll(value => value.Text)),
                SemiJoin { Negated: false } join => (join.Path, IdsOf(join.Query).ToList()),
                _ => (null, new List<string>()),
            };
            if (path is not { Parts.Length: 1 } || !_type.TryField(path.Parts[0], out var field) || !field.Type.IsId())
                continue;
            var whole = ids.Select(SalesforceId.Read).OfType<string>().Distinct().Order(StringComparer.Ordinal).ToList();
            if (whole.Count < ids.Distinct().Count())
                return store.Ordered;
            return field.Type == FieldType.Id
                ? whole.Select(store.Find).OfType<SObject>().ToList()
                : whole.SelectMany(id => store.Referring(field, id)).ToList();
        }
        return store.Ordered;
    }

    private HashSet<string> IdsOf(SoqlQuery query)
    {
        if (query.Select is not [FieldSelection selected])
            throw SalesforceRefusal.Malformed("a semi-join selects one id");
        var run = new QueryRun(_org, query, _all, _now, null, _tooling);
        var path = run._binder.Field(run._type, selected.Path, query.From.Alias);
        return run.Matching().Select(path.Value).OfType<string>().ToHashSet(StringComparer.Ordinal);
    }

    private IEnumerable<SObject> Sort(IEnumerable<SObject> found)
    {
        if (_query.OrderBy.Count == 0)
            return found;
        var sortings = _query.OrderBy.ConvertAll(sorting =>
            (Path: _binder.Field(_type, sorting.Path, _query.From.Alias), sorting.Descending, sorting.NullsLast));
        if (sortings.Find(sorting => !sorting.Path.Field.Filterable) is { Path: { } unsortable })
            throw SalesforceRefusal.With(400, "INVALID_FIELD", $"\nfield '{unsortable.Field.Name}' can not be sorted in a query call");
        return found.Order(Comparer<SObject>.Create((one, other) =>
        {
            foreach (var (path, descending, nullsLast) in sortings)
            {
                var (a, b) = (path.Value(one), path.Value(other));
                if (a is null || b is null)
                {
                    if (a is null && b is null)
                        continue;
                    return (a is null) == nullsLast ? 1 : -1;
                }
                var order = ConditionTest.Order(a, b);
                if (order != 0)
                    return descending ? -order : order;
            }
            return string.CompareOrdinal(one.Id, other.Id);
        }));
    }

    private List<SObject> Cut(IEnumerable<SObject> sorted)
    {
        if (_query.Offset is { } offset)
            sorted = sorted.Skip(offset);
        return _query.Limit is { } limit ? sorted.Take(limit).ToList() : sorted.ToList();
    }
}
