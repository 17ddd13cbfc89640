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

    /// <summary>The fields whose history is kept, as <c>Lead.LQ_Verdict__c</c>.</summary>
    public IReadOnlySet<string> Tracked { get; init; } = new HashSet<string>();

    public byte[] ToZip()
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "package.xml", Manifest());
            foreach (var sobject in SObjects.Where(IsChanged))
            {
                Add(zip, $"objects/{sobject}.object", ObjectXml(sobject));
            }

            foreach (var set in PermissionSet.All)
            {
                Add(zip, $"permissionsets/{set.FullName}.permissionset", set.ToXml(SObjects, Fields));
            }
        }

        return stream.ToArray();
    }

    private bool IsChanged(string sobject) => Changes.Any(change => change.SObject == sobject) || ListViews.Any(view => view.SObject == sobject);

    private bool IsTracked(string sobject, LeadField field) => Tracked.Contains($"{sobject}.{LeadFieldNames.Of(field)}");

    private bool TurnsHistoryOn(string sobject) => Changes.Any(change => change.SObject == sobject && IsTracked(sobject, change.Field.Field));

    private XElement ObjectXml(string sobject) => Metadata.Element(
        "CustomObject",
        [
            TurnsHistoryOn(sobject) ? Metadata.Element("enableHistory", "true") : null,
            .. Changes.Where(change => change.SObject == sobject).Select(change => FieldMetadata.ToXml(change.Field, change.Present, IsTracked(sobject, change.Field.Field))),
            .. ListViews.Where(view => view.SObject == sobject).Select(view => view.ToXml(Fields)),
        ]);

    private XElement Manifest()
    {
        var types = new (string Name, IEnumerable<string> Members)[]
        {
            ("CustomField", Changes.Select(change => $"{change.SObject}.{LeadFieldNames.Of(change.Field.Field)}")),
            ("CustomObject", SObjects.Where(TurnsHistoryOn)),
            ("ListView", ListViews.Select(view => $"{view.SObject}.{view.FullName}")),
            ("PermissionSet", PermissionSet.All.Select(set => set.FullName)),
        };
        return Metadata.Element(
            "Package",
            [
                .. types.Where(type => type.Members.Any()).Select(type => Metadata.Element(
                    "types", [.. type.Members.Select(member => Metadata.Element("members", member)), Metadata.Element("name", type.Name)])),
                Metadata.Element("version", ApiVersion),
            ]);
    }

    private static void Add(ZipArchive zip, string path, XElement root)
    {
        using var file = zip.CreateEntry(path).Open();
        using var text = new StreamWriter(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        new XDocument(new XDeclaration("1.0", "UTF-8", null), root).Save(text);
    }
}
