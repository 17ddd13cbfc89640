using System.Text.Json;
using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Soql;

/// <summary>The selected fields as an answer nests them: parents inside, attributes first, then in the order of the SELECT.</summary>
internal sealed class SelectionTree(SObjectType type, bool polymorphic = false)
{
    private readonly List<object> _members = [];

    public bool HasLongTexts { get; private set; }

    public bool HasChildren { get; private set; }

    public void Add(BoundPath path) => Add(path, 0);

    public void AddChildren(string name, QueryRun run, Func<SObject, List<SObject>> find)
    {
        HasChildren = true;
        _members.Add(new Children(type.Children.Keys.First(known => string.Equals(known, name, StringComparison.OrdinalIgnoreCase)), run, find));
    }

    public void Write(Utf8JsonWriter json, SObject record, string version)
    {
        json.WriteStartObject();
        WriteAttributes(json, polymorphic ? "Name" : record.Type.Name, record, version);
        foreach (var member in _members)
        {
            switch (member)
            {
                case BoundPath leaf:
                    json.WritePropertyName(leaf.Field.Name);
                    FieldValue.Write(json, leaf.Field, polymorphic ? leaf.OfParent(record) : record[leaf.Field]);
                    break;
                case Parent parent:
                    json.WritePropertyName(parent.Reference.Relationship!);
                    if (record[parent.Reference] is string id && parent.Find(id) is { } found)
                        parent.Tree.Write(json, found, version);
                    else
                        json.WriteNullValue();
                    break;
                case Children children:
                    children.Write(json, record, version);
                    break;
            }
        }
        json.WriteEndObject();
    }

    public static void WriteAttributes(Utf8JsonWriter json, string typeName, SObject record, string version)
    {
        json.WriteStartObject("attributes");
        json.WriteString("type", typeName);
        json.WriteString("url", $"/services/data/v{version}/sobjects/{record.Type.Name}/{record.Id}");
        json.WriteEndObject();
    }

    private void Add(BoundPath path, int depth)
    {
        HasLongTexts |= path.Field.Type == FieldType.LongTextArea;
        if (depth == path.Steps.Count)
        {
            if (_members.OfType<BoundPath>().Any(known => known.Field == path.Field))
                throw SalesforceRefusal.With(400, "INVALID_FIELD", $"\nduplicate field selected: {path.Field.Name}");
            _members.Add(path);
            return;
        }
        var step = path.Steps[depth];
        var parent = _members.OfType<Parent>().FirstOrDefault(known => known.Reference == step);
        if (parent is null)
        {
            parent = new Parent(step, new SelectionTree(type, step.Polymorphic), path.Org.Find);
            _members.Add(parent);
        }
        parent.Tree.Add(path, depth + 1);
    }

    private sealed record Parent(SObjectField Reference, SelectionTree Tree, Func<string, SObject?> Find);

    private sealed record Children(string Name, QueryRun Run, Func<SObject, List<SObject>> Find)
    {
        public void Write(Utf8JsonWriter json, SObject parent, string version)
        {
            var rows = Find(parent);
            if (rows.Count == 0)
            {
                json.WriteNull(Name);
                return;
            }
            json.WriteStartObject(Name);
            json.WriteNumber("totalSize", rows.Count);
            json.WriteBoolean("done", true);
            json.WriteStartArray("records");
            foreach (var row in rows)
                Run.Write(json, row, version);
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }
}
