using System.Xml.Linq;
using CrmLeadQualifier.Sandbox.Salesforce.Records;

namespace CrmLeadQualifier.Sandbox.Salesforce.Metadata;

/// <summary>What a package.xml names, as the files of a zip. A member that is not there is left out, as a real org only warns of it.</summary>
/// <param name="org">The org.</param>
/// <param name="root">The folder in the zip: none for a single package.</param>
internal sealed class PackageWriter(Org org, string root)
{
    private static readonly Dictionary<string, (string Folder, string Extension)> Places = new(StringComparer.Ordinal)
    {
        ["Layout"] = ("layouts", "layout"), ["QuickAction"] = ("quickActions", "quickAction"),
        ["LeadConvertSettings"] = ("LeadConvertSettings", "LeadConvertSetting"),
    };

    private readonly SortedDictionary<string, XElement> _files = new(StringComparer.Ordinal);

    public void Add(string type, string member)
    {
        switch (type)
        {
            case "CustomObject":
                foreach (var name in member == "*" ? org.Types.Select(known => known.Name) : [member])
                    AddObject(name);
                break;
            case "CustomField" or "ListView" or "RecordType":
                var parts = member.Split('.', 2);
                if (org.Components.Find(type, member) is { } part && org.FindType(parts[0]) is not null)
                    Object(parts[0]).Add(Part(type, member, part));
                break;
            case "PermissionSet":
                foreach (var set in org.Store(type).Ordered.Where(known => !known.IsDeleted && !known.Flag("IsOwnedByProfile") && (member == "*" || known.Text("Name") == member)))
                    _files[$"{root}permissionsets/{set.Text("Name")}.permissionset"] = PermissionSet(set);
                break;
            default:
                foreach (var (name, content) in org.Components.Of(type).Where(known => member == "*" || known.Name == member))
                {
                    var (folder, extension) = Places.GetValueOrDefault(type, (type, type));
                    _files[$"{root}{folder}/{name}.{extension}"] = content;
                }
                break;
        }
    }

    public IEnumerable<(string Name, XElement Content)> Files() => _files.Select(file => (file.Key, file.Value))
        .Append((root + "package.xml", new XElement(MetadataXml.Namespace + "Package", new XElement(MetadataXml.Namespace + "version", "66.0"))));

    private void AddObject(string name)
    {
        if (org.FindType(name) is null)
            return;
        var file = Object(name);
        foreach (var type in new[] { "CustomField", "ListView", "RecordType" })
        {
            foreach (var (member, part) in org.Components.Of(type).Where(known => known.Name.StartsWith(name + ".", StringComparison.Ordinal)))
                file.Add(Part(type, member, part));
        }
    }

    /// <summary>The set with the permissions that it has by now, whoever gave them.</summary>
    private XElement PermissionSet(SObject set)
    {
        XElement Of(string element, object value) => new(MetadataXml.Namespace + element, value);
        return new XElement(MetadataXml.Namespace + "PermissionSet",
            org.Store("FieldPermissions").Referring("ParentId", set.Id).Where(row => !row.IsDeleted).OrderBy(row => row.Text("Field"), StringComparer.Ordinal)
                .Select(row => new XElement(MetadataXml.Namespace + "fieldPermissions", Of("editable", row.Flag("PermissionsEdit")), Of("field", row.Text("Field")!),
                    Of("readable", row.Flag("PermissionsRead")))),
            Of("hasActivationRequired", false), Of("label", set.Text("Label")!),
            org.Components.Find("PermissionSet", set.Text("Name")!)?.Elements(MetadataXml.Namespace + "objectPermissions"),
            set.Type.Fields.Where(field => field.Name.StartsWith("Permissions", StringComparison.Ordinal) && set.Flag(field.Name))
                .Select(field => new XElement(MetadataXml.Namespace + "userPermissions", Of("enabled", true), Of("name", field.Name["Permissions".Length..]))));
    }

    private XElement Part(string type, string member, XElement part) => type switch
    {
        "CustomField" when org.FindType(member.Split('.')[0])!.TryField(member.Split('.')[1], out var field) => MetadataXml.Field(part, field),
        "ListView" => new XElement(MetadataXml.Namespace + "listViews", part.Elements()),
        "RecordType" => new XElement(MetadataXml.Namespace + "recordTypes", part.Elements()),
        _ => part,
    };

    private XElement Object(string name)
    {
        var path = $"{root}objects/{name}.object";
        return _files.TryGetValue(path, out var file) ? file : _files[path] = new XElement(MetadataXml.Namespace + "CustomObject");
    }
}
