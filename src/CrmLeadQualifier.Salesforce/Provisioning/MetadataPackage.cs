using System.IO.Compression;
using System.Text;
using System.Xml.Linq;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Mapping;

namespace CrmLeadQualifier.Salesforce.Provisioning;

/// <summary>What one deploy brings: fields, list views, record types, quick actions and permission sets, in one zip.</summary>
internal sealed record MetadataPackage(string ApiVersion, IReadOnlyList<string> SObjects)
{
    /// <summary>The fields to make or change, with what they are now.</summary>
    public IReadOnlyList<ChangedField> Changes { get; init; } = [];

    public IReadOnlyList<(string SObject, XElement Content)> ListViews { get; init; } = [];

    public IReadOnlyList<(string FullName, XElement Content)> QuickActions { get; init; } = [];

    /// <summary>Record types that lack choices of ours, with them.</summary>
    public IReadOnlyList<(string SObject, XElement RecordType)> RecordTypes { get; init; } = [];

    /// <summary>The permission sets to make or change, by full name, whole.</summary>
    public IReadOnlyList<(string FullName, XElement Content)> PermissionSets { get; init; } = [];

    /// <summary>The fields whose history is kept, as <c>Lead.LQ_Verdict__c</c>.</summary>
    public IReadOnlySet<string> Tracked { get; init; } = new HashSet<string>();

    /// <summary>What takes all of this out again.</summary>
    /// <param name="members">By type, such as <c>CustomField</c>.</param>
    public static byte[] Removal(string apiVersion, IReadOnlyList<(string Type, string Name)> members) => Zip(
        [new("package.xml", Manifest([], apiVersion)), new("destructiveChanges.xml", Manifest(members, apiVersion: null))]);

    public byte[] ToZip() => Zip(Files());

    /// <summary>As a folder of the metadata format holds them.</summary>
    public IEnumerable<(string Path, XElement Root)> Files()
    {
        yield return ("package.xml", Manifest([.. Members()], ApiVersion));
        foreach (var sobject in SObjects.Where(IsChanged))
        {
            yield return ($"objects/{sobject}.object", ObjectXml(sobject));
        }

        foreach (var (fullName, content) in QuickActions)
        {
            yield return ($"quickActions/{fullName}.quickAction", content);
        }

        foreach (var (fullName, content) in PermissionSets)
        {
            yield return ($"permissionsets/{fullName}.permissionset", content);
        }
    }

    private bool IsChanged(string sobject) => Changes.Any(change => change.SObject == sobject) || ListViews.Any(view => view.SObject == sobject)
        || RecordTypes.Any(one => one.SObject == sobject);

    private bool IsTracked(string sobject, LeadField field) => Tracked.Contains($"{sobject}.{LeadFieldNames.Of(field)}");

    private bool TurnsHistoryOn(string sobject) => Changes.Any(change => change.SObject == sobject && IsTracked(sobject, change.Field.Field));

    private XElement ObjectXml(string sobject) => Metadata.Element(
        "CustomObject",
        [
            TurnsHistoryOn(sobject) ? Metadata.Element("enableHistory", "true") : null,
            .. Changes.Where(change => change.SObject == sobject)
                .Select(change => FieldMetadata.ToXml(change, IsTracked(sobject, change.Field.Field))),
            .. ListViews.Where(view => view.SObject == sobject).Select(view => view.Content),
            .. RecordTypes.Where(one => one.SObject == sobject).Select(one => one.RecordType),
        ]);

    private IEnumerable<(string Type, string Name)> Members() =>
    [
        .. Changes.Select(change => ("CustomField", $"{change.SObject}.{LeadFieldNames.Of(change.Field.Field)}")),
        .. SObjects.Where(TurnsHistoryOn).Select(sobject => ("CustomObject", sobject)),
        .. ListViews.Select(view => ("ListView", $"{view.SObject}.{Metadata.Text(view.Content, "fullName")}")),
        .. RecordTypes.Select(one => ("RecordType", $"{one.SObject}.{Metadata.Text(one.RecordType, "fullName")}")),
        .. QuickActions.Select(action => ("QuickAction", action.FullName)),
        .. PermissionSets.Select(set => ("PermissionSet", set.FullName)),
    ];

    private static XElement Manifest(IReadOnlyList<(string Type, string Name)> members, string? apiVersion) => Metadata.Element(
        "Package",
        [
            .. members.GroupBy(member => member.Type).Select(type => Metadata.Element(
                "types", [.. type.Select(member => Metadata.Element("members", member.Name)), Metadata.Element("name", type.Key)])),
            apiVersion is null ? null : Metadata.Element("version", apiVersion),
        ]);

    private static byte[] Zip(IEnumerable<(string Path, XElement Root)> files)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, root) in files)
            {
                using var file = zip.CreateEntry(path).Open();
                using var text = new StreamWriter(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
                new XDocument(new XDeclaration("1.0", "UTF-8", null), root).Save(text);
            }
        }

        return stream.ToArray();
    }
}

/// <summary>A field to make or change.</summary>
/// <param name="Described">As our user sees it: null where it does not, or where there is none.</param>
/// <param name="Present">As its metadata has it; null where there is none, or our user may not read it.</param>
internal sealed record ChangedField(string SObject, FieldDefinition Field, FieldDescription? Described, XElement? Present);
