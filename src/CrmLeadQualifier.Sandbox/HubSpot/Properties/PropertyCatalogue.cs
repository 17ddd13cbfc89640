using CrmLeadQualifier.Sandbox.HubSpot.Objects;

namespace CrmLeadQualifier.Sandbox.HubSpot.Properties;

/// <summary>The properties and property groups of one object type.</summary>
internal sealed class PropertyCatalogue
{
    private readonly Dictionary<string, PropertyDefinition> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PropertyGroup> _groups = new(StringComparer.Ordinal);

    public PropertyCatalogue(ObjectType type)
    {
        foreach (var (name, label) in StandardProperties.Groups(type))
            AddGroup(name, label, displayOrder: null);
        foreach (var definition in StandardProperties.Of(type))
            _byName.Add(definition.Name, definition);
    }

    public IEnumerable<PropertyDefinition> All => _byName.Values;

    public IEnumerable<PropertyGroup> Groups => _groups.Values;

    public PropertyDefinition? Find(string name) => _byName.GetValueOrDefault(name);

    public PropertyGroup? FindGroup(string name) => _groups.GetValueOrDefault(name);

    public void Add(PropertyDefinition definition) => _byName.Add(definition.Name, definition);

    public void Remove(string name) => _byName.Remove(name);

    public PropertyGroup AddGroup(string name, string label, int? displayOrder)
    {
        var group = new PropertyGroup(name, label, displayOrder ?? _groups.Count);
        _groups[name] = group;
        return group;
    }

    public void RemoveGroup(string name) => _groups.Remove(name);
}
