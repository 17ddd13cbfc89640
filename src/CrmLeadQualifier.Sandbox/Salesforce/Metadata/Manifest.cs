using System.Xml.Linq;

namespace CrmLeadQualifier.Sandbox.Salesforce.Metadata;

/// <summary>What a package.xml, or a file of destructive changes, names: members by type.</summary>
internal sealed class Manifest(XElement root)
{
    private static readonly string[] Parts = ["CustomField", "ListView", "RecordType"];

    public IReadOnlyList<(string Type, string Member)> Members { get; } =
    [
        .. root.Elements().Where(element => element.Name.LocalName == "types").SelectMany(types =>
            types.Elements().Where(element => element.Name.LocalName == "members").Select(member =>
                (types.Elements().FirstOrDefault(element => element.Name.LocalName == "name")?.Value.Trim() ?? "", member.Value.Trim()))),
    ];

    /// <summary>What is in the zip and not named, and what is named and not in the zip.</summary>
    public IEnumerable<MetadataFailure> Check(IReadOnlyList<MetadataComponent> components)
    {
        foreach (var component in components.Where(component => !Names(component)))
            yield return new MetadataFailure(component, "Not in package.xml");
        foreach (var (type, member) in Members.Where(named => named.Member != "*"
            && !components.Any(component => component.Type == named.Type && component.FullName == named.Member)))
        {
            yield return new MetadataFailure(new MetadataComponent(type, member, "package.xml"),
                $"An object '{member}' of type {type} was named in package.xml, but was not found in zipped directory");
        }
    }

    private bool Names(MetadataComponent component) => Members.Any(named => component.Type switch
    {
        "CustomObject" => named.Member == component.FullName || (named.Type == "CustomObject" && named.Member == "*")
            || (Parts.Contains(named.Type) && named.Member.StartsWith(component.FullName + ".", StringComparison.Ordinal)),
        var part when Parts.Contains(part) => (named.Type == part && (named.Member == component.FullName || named.Member == "*"))
            || (named.Type == "CustomObject" && (named.Member == component.FullName.Split('.')[0] || named.Member == "*")),
        _ => named.Type == component.Type && (named.Member == component.FullName || named.Member == "*"),
    });
}
