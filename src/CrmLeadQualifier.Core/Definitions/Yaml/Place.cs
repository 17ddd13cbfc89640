using System.Globalization;

namespace CrmLeadQualifier.Core.Definitions.Yaml;

/// <summary>A node and its path from the root, such as <c>behaviour.criteria[2].where.url</c> (items count from 0).</summary>
internal sealed record Place(YamlNode Node, string Path)
{
    public Place Item(int index) => new(((YamlList)Node).Items[index], string.Create(CultureInfo.InvariantCulture, $"{Path}[{index}]"));

    public Place Entry(YamlEntry entry) => new(entry.Value, PathOf(entry.Key.Text));

    public string PathOf(string key) => Path.Length == 0 ? key : $"{Path}.{key}";
}
