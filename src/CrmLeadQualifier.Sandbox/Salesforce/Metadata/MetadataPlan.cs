using System.Xml.Linq;
using CrmLeadQualifier.Sandbox.Salesforce.Behaviours;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;

namespace CrmLeadQualifier.Sandbox.Salesforce.Metadata;

/// <summary>What a deployment would do: everything is checked first, so that a failing one has changed nothing.</summary>
internal sealed class MetadataPlan(Org org)
{
    private readonly List<Action> _fields = [];
    private readonly List<Action> _others = [];
    private readonly List<Func<IEnumerable<MetadataFailure>>> _lateChecks = [];
    private readonly Dictionary<string, SObjectField> _newFields = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<MetadataFailure> _failures = [];
    private Manifest? _manifest;

    public List<MetadataComponent> Components { get; } = [];

    /// <summary>Permissions and views may name fields of the same deployment, whatever the order of the files.</summary>
    public IReadOnlyList<MetadataFailure> Failures
    {
        get
        {
            _failures.AddRange(_lateChecks.SelectMany(check => check()));
            _lateChecks.Clear();
            return _failures;
        }
    }

    public void CarryOut()
    {
        foreach (var action in _fields.Concat(_others))
            action();
    }

    public void Add(string file, XElement root)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        if (Scattered(root) is { } scattered)
        {
            _failures.Add(new MetadataFailure(new MetadataComponent("", name, file),
                $"Error parsing file: Element {scattered.Name.LocalName} is duplicated at this location in type {scattered.Parent!.Name.LocalName}"));
            return;
        }
        switch (root.Name.LocalName)
        {
            case "Package" when name.StartsWith("destructiveChanges", StringComparison.Ordinal):
                Remove(file, new Manifest(root));
                return;
            case "Package":
                _manifest = new Manifest(root);
                _lateChecks.Add(() => _manifest.Check(Components.Where(component => !component.Deleted).ToList()));
                return;
            case "CustomObject":
                AddObject(file, name, root);
                return;
            case "PermissionSet":
                AddPermissionSet(new MetadataComponent("PermissionSet", name, file), root);
                return;
            case var other:
                AddOther(new MetadataComponent(other, name, file), root);
                return;
        }
    }

    private void Remove(string file, Manifest manifest)
    {
        var removals = new Removals(org);
        foreach (var (type, member) in manifest.Members)
        {
            var component = new MetadataComponent(type, member, file) { Deleted = true };
            Components.Add(component);
            // What is not there is no failure: the org only warns.
            if (removals.Find(type, member) is { } remove)
                _others.Add(() =>
                {
                    remove();
                    org.Components.Remove(type, member);
                });
        }
    }

    /// <summary>Layouts, quick actions, settings: kept as they are; what a query of the setup objects shows is kept too.</summary>
    private void AddOther(MetadataComponent component, XElement root)
    {
        Components.Add(component);
        var present = org.Components.Find(component.Type, component.FullName) is not null;
        component.Created = !present;
        if (component.Type == "QuickAction" && Text(root, "type") is "Update" or "Create" && Text(root, "targetObject") is null)
            _failures.Add(new MetadataFailure(component, "Required field is missing: targetObject"));
        if (component.Type == "QuickAction")
            _lateChecks.Add(() => All(root, "quickActionLayout").Descendants().Where(element => element.Name.LocalName == "field").Select(field => field.Value.Trim())
                .Where(field => field.EndsWith("__c", StringComparison.Ordinal) && !Exists($"{component.FullName.Split('.')[0]}.{field}"))
                .Select(field => new MetadataFailure(component, $"In field: field - no CustomField named {component.FullName.Split('.')[0]}.{field} found")));
        if (component.Type == "Layout")
            _lateChecks.Add(() => root.Descendants().Where(element => element.Name.LocalName is "actionName" or "quickActionName").Select(named => named.Value.Trim())
                .Where(named => named.Contains('.', StringComparison.Ordinal) && org.Components.Find("QuickAction", named) is null
                    && !Components.Exists(other => other.Type == "QuickAction" && other.FullName == named))
                .Select(named => new MetadataFailure(component, $"In field: quickAction - no QuickAction named {named} found")));
        _others.Add(() =>
        {
            org.Components.Put(component.Type, component.FullName, MetadataXml.Named(root));
            if (present)
                return;
            if (component.Type == "Layout" && component.FullName.Split('-', 2) is [var type, var name])
                org.Setup.AddLayout(type, name, MetadataXml.Named(root));
            else if (component.Type == "QuickAction")
                org.Setup.Add("QuickActionDefinition", ("DeveloperName", component.FullName.Split('.')[^1]), ("MasterLabel", Text(root, "label")),
                    ("SobjectType", component.FullName.Split('.')[0]), ("Type", Text(root, "type")));
        });
    }

    /// <summary>An element that does not stand with the others of its name, which the parser of an org does not take.</summary>
    private static XElement? Scattered(XElement root) => root.DescendantsAndSelf().SelectMany(parent => parent.Elements())
        .FirstOrDefault(element => element.ElementsBeforeSelf().LastOrDefault() is { } before && before.Name != element.Name && element.ElementsBeforeSelf(element.Name).Any());

    private static string? Text(XElement parent, string name) => parent.Elements()
        .FirstOrDefault(element => element.Name.LocalName == name)?.Value.Trim();

    private static IEnumerable<XElement> All(XElement parent, string name) => parent.Elements().Where(element => element.Name.LocalName == name);

    private void AddObject(string file, string name, XElement root)
    {
        var component = new MetadataComponent("CustomObject", name, file);
        Components.Add(component);
        if (org.FindType(name) is not { } type)
        {
            _failures.Add(new MetadataFailure(component, $"In field: fullName - no CustomObject named {name} found"));
            return;
        }
        foreach (var field in All(root, "fields"))
            AddField(type, field, file);
        foreach (var recordType in All(root, "recordTypes"))
            AddRecordType(type, recordType, file);
        foreach (var view in All(root, "listViews"))
            AddListView(type, view, file);
    }

    /// <summary>One field, of a deployment or of a call of the Tooling API.</summary>
    public void AddField(SObjectType type, XElement given, string file)
    {
        var name = Text(given, "fullName") ?? "";
        var component = new MetadataComponent("CustomField", $"{type.Name}.{name}", file);
        Components.Add(component);
        var present = type.TryField(name, out var known) ? known : null;
        var field = new CustomFieldReader(type).Read(name, given, present, out var problem);
        if (field is null)
        {
            _failures.Add(new MetadataFailure(component, problem));
            return;
        }
        if (present is not { TrackHistory: true } && field.TrackHistory && TrackedBy(type) >= Records.FieldHistory.MostFields)
        {
            _failures.Add(new MetadataFailure(component,
                $"The object {type.Name} already tracks the history of {Records.FieldHistory.MostFields} fields"));
            return;
        }
        component.Created = present is null;
        _newFields[component.FullName] = field;
        _fields.Add(() =>
        {
            org.Components.Put("CustomField", component.FullName, MetadataXml.Named(given));
            if (present is not null)
            {
                CustomFieldReader.Replace(present, field);
                return;
            }
            type.Add(field);
            PersonAccounts.Mirror(org, type, field);
            org.Setup.Add("CustomField", ("DeveloperName", name[..^3]), ("TableEnumOrId", type.Name), ("EntityDefinitionId", type.Name),
                ("FullName", component.FullName));
        });
    }

    private int TrackedBy(SObjectType type) =>
        type.Fields.Count(field => field.TrackHistory)
            + _newFields.Count(pair => pair.Value.TrackHistory && pair.Key.StartsWith(type.Name + ".", StringComparison.Ordinal)
            && !(type.TryField(pair.Value.Name, out var present) && present.TrackHistory));

    private void AddPermissionSet(MetadataComponent component, XElement root)
    {
        Components.Add(component);
        var sets = org.Store("PermissionSet");
        var present = sets.Ordered.FirstOrDefault(set => set.Text("Name") == component.FullName);
        component.Created = present is null;
        var grants = All(root, "fieldPermissions")
            .Select(grant => (Field: Text(grant, "field") ?? "", Read: Text(grant, "readable") == "true", Edit: Text(grant, "editable") == "true"))
            .ToList();
        if (Text(root, "label") is not { Length: > 0 } label)
        {
            _failures.Add(new MetadataFailure(component, "Required field is missing: label"));
            return;
        }
        _lateChecks.Add(() => grants.Where(grant => !Exists(grant.Field))
            .Select(grant => new MetadataFailure(component, $"In field: field - no CustomField named {grant.Field} found")));
        _lateChecks.Add(() => grants.Where(grant => grant.Edit && !grant.Read)
            .Select(grant => new MetadataFailure(component, $"Field {grant.Field} cannot be editable without being readable")));
        _others.Add(() =>
        {
            org.Components.Put("PermissionSet", component.FullName, MetadataXml.Named(root));
            present ??= org.Writer.Insert("PermissionSet", org.Clock.Now, org.Users.Admin, ("Name", component.FullName), ("Label", label));
            sets.Set(present, "Label", label);
            sets.Set(present, "Description", Text(root, "description"));
            // The deployed file is the whole set: what it does not name is taken away.
            var permissions = All(root, "userPermissions").Where(granted => Text(granted, "enabled") == "true").Select(granted => "Permissions" + Text(granted, "name")).ToHashSet();
            foreach (var permission in present.Type.Fields.Where(field => field.Name.StartsWith("Permissions", StringComparison.Ordinal)))
                sets.Set(present, permission, permissions.Contains(permission.Name));
            org.Access.RevokeAll(present.Id);
            foreach (var (field, read, edit) in grants)
                org.Access.Grant(present.Id, field.Split('.')[0], field.Split('.')[1], read, edit);
        });
    }

    private void AddListView(SObjectType type, XElement view, string file)
    {
        var name = Text(view, "fullName") ?? "";
        var component = new MetadataComponent("ListView", $"{type.Name}.{name}", file);
        Components.Add(component);
        var named = All(view, "columns").Select(column => column.Value.Trim())
            .Concat(All(view, "filters").Select(filter => Text(filter, "field") ?? "")).ToList();
        _lateChecks.Add(() => named.Where(column => column.EndsWith("__c", StringComparison.Ordinal) && !Exists($"{type.Name}.{column}"))
            .Select(column => new MetadataFailure(component, $"Could not resolve list view column: {column}")));
        if (Text(view, "label") is not { Length: > 0 and <= 40 } label)
        {
            _failures.Add(new MetadataFailure(component, "In field: label - a list view needs a label of at most 40 characters"));
            return;
        }
        var present = org.Store("ListView").Ordered.FirstOrDefault(known => known.Text("DeveloperName") == name
            && known.Text("SobjectType") == type.Name && !known.IsDeleted);
        component.Created = present is null;
        _others.Add(() =>
        {
            org.Components.Put("ListView", component.FullName, MetadataXml.Named(view));
            present ??= org.Writer.Insert("ListView", org.Clock.Now, org.Users.Admin, ("DeveloperName", name), ("SobjectType", type.Name));
            org.Store("ListView").Set(present, "Name", label);
            org.Writer.Stamp(present, org.Clock.Now, org.Users.Admin);
        });
    }

    private void AddRecordType(SObjectType type, XElement given, string file)
    {
        var name = Text(given, "fullName") ?? "";
        var component = new MetadataComponent("RecordType", $"{type.Name}.{name}", file);
        Components.Add(component);
        var present = org.Store("RecordType").Ordered.FirstOrDefault(known => known.Text("DeveloperName") == name && known.Text("SobjectType") == type.Name);
        component.Created = present is null;
        _lateChecks.Add(() => All(given, "picklistValues").Select(values => Text(values, "picklist") ?? "")
            .Where(field => !Exists($"{type.Name}.{field}"))
            .Select(field => new MetadataFailure(component, $"Picklist {field} of the record type was not found on {type.Name}")));
        _others.Add(() =>
        {
            org.Components.Put("RecordType", component.FullName, MetadataXml.Named(given));
            present ??= org.Setup.AddRecordType(type.Name, Text(given, "label") ?? name, active: true);
            org.Store("RecordType").Set(present, "DeveloperName", name);
            org.Store("RecordType").Set(present, "IsActive", Text(given, "active") != "false");
        });
    }

    private bool Exists(string field) =>
        _newFields.ContainsKey(field) || (field.Split('.') is [var type, var name] && org.FindType(type)?.TryField(name, out _) == true);
}
