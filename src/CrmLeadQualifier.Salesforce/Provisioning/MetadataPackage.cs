using System.IO.Compression;
using System.Text;
using System.Xml.Linq;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Mapping;

namespace CrmLeadQualifier.Salesforce.Provisioning;

/// <summary>What one deploy brings: fields, list views and permission sets, in one zip.</summary>
/// <param name="Fields">All our fields: what the permission sets show and the list views may use.</param>
internal sealed record MetadataPackage(string ApiVersion, IReadOnlyList<string> SObjects, IReadOnlyList<FieldDefinition> Fields)
{
    /// <summary>The fields to make or change, with what they are now.</summary>
    public IReadOnlyList<(string SObject, FieldDefinition Field, FieldDescription? Present)> Changes { get; init; } = [];

    public IReadOnlyList<ListView> ListViews { get; init; } = [];

    /// <summary>The objects that get the quick action.</summary>
    public IReadOnlyList<string> QuickActions { get; init; } = [];

    /// <summary>Record types that lack choices of ours, with them.</summary>
    public IReadOnlyList<(string SObject, XElement RecordType)> RecordTypes { get; init; } = [];

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

        foreach (var sobject in QuickActions)
        {
            yield return ($"quickActions/{QuickAction.FullName(sobject)}.quickAction", QuickAction.ToXml(Fields)!);
        }

        foreach (var set in PermissionSet.All)
        {
            yield return ($"permissionsets/{set.FullName}.permissionset", set.ToXml(SObjects, Fields));
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
                .Select(change => FieldMetadata.ToXml(change.Field, change.Present, IsTracked(sobject, change.Field.Field))),
            .. ListViews.Where(view => view.SObject == sobject).Select(view => view.ToXml(Fields)),
            .. RecordTypes.Where(one => one.SObject == sobject).Select(one => one.RecordType),
        ]);

    private IEnumerable<(string Type, string Name)> Members() =>
    [
        .. Changes.Select(change => ("CustomField", $"{change.SObject}.{LeadFieldNames.Of(change.Field.Field)}")),
        .. SObjects.Where(TurnsHistoryOn).Select(sobject => ("CustomObject", sobject)),
        .. ListViews.Select(view => ("ListView", $"{view.SObject}.{view.FullName}")),
        .. RecordTypes.Select(one => ("RecordType", $"{one.SObject}.{Provisioning.RecordTypes.Text(one.RecordType, "fullName")}")),
        .. QuickActions.Select(sobject => ("QuickAction", QuickAction.FullName(sobject))),
        .. PermissionSet.All.Select(set => ("PermissionSet", set.FullName)),
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
