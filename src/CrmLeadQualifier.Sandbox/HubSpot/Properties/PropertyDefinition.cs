using System.Text.Json;
using CrmLeadQualifier.Sandbox.Clock;

namespace CrmLeadQualifier.Sandbox.HubSpot.Properties;

/// <summary>A property of an object type, as its portal describes it.</summary>
internal sealed class PropertyDefinition
{
    public required string Name { get; init; }

    public required string Label { get; set; }

    public required string Type { get; set; }

    public required string FieldType { get; set; }

    public required string GroupName { get; set; }

    public string Description { get; set; } = "";

    public List<PropertyOption> Options { get; set; } = [];

    public int DisplayOrder { get; set; } = -1;

    public bool Calculated { get; init; }

    /// <summary>The options are kept elsewhere (owners, pipelines).</summary>
    public bool ExternalOptions { get; init; }

    public bool HasUniqueValue { get; init; }

    public bool Hidden { get; set; }

    public bool FormField { get; set; }

    public bool HubSpotDefined { get; init; }

    public bool ReadOnlyValue { get; init; }

    public long CreatedAt { get; init; }

    public long UpdatedAt { get; set; }

    public string? CreatedUserId { get; init; }

    public bool HasOption(string value)
    {
        _optionValues ??= [.. Options.Select(option => option.Value)];
        return _optionValues.Contains(value);
    }

    public void AddOption(string value)
    {
        if (HasOption(value))
            return;
        Options.Add(new PropertyOption(value, value, null, Options.Count, Hidden: false));
        _optionValues!.Add(value);
    }

    public void ReplaceOptions(List<PropertyOption> options)
    {
        Options = options;
        _optionValues = null;
    }

    private HashSet<string>? _optionValues;

    /// <param name="json">Where to write.</param>
    /// <param name="brief">As a batch creation answers it: without stamps, users and archived.</param>
    public void Write(Utf8JsonWriter json, bool brief = false)
    {
        json.WriteStartObject();
        if (!brief)
        {
            json.WriteString("updatedAt", Instant.Iso(UpdatedAt));
            json.WriteString("createdAt", Instant.Iso(CreatedAt));
        }
        json.WriteString("name", Name);
        json.WriteString("label", Label);
        json.WriteString("type", Type);
        json.WriteString("fieldType", FieldType);
        json.WriteString("description", Description);
        json.WriteString("groupName", GroupName);
        json.WriteStartArray("options");
        foreach (var option in Options)
            option.Write(json);
        json.WriteEndArray();
        if (!brief && CreatedUserId is not null)
        {
            json.WriteString("createdUserId", CreatedUserId);
            json.WriteString("updatedUserId", CreatedUserId);
        }
        if (Name == "associatedcompanyid")
            json.WriteString("referencedObjectType", "COMPANY");
        json.WriteNumber("displayOrder", DisplayOrder);
        json.WriteBoolean("calculated", Calculated);
        json.WriteBoolean("externalOptions", ExternalOptions);
        if (!brief && !HubSpotDefined)
            json.WriteBoolean("archived", false);
        json.WriteBoolean("hasUniqueValue", HasUniqueValue);
        json.WriteBoolean("hidden", Hidden);
        if (HubSpotDefined)
            json.WriteBoolean("hubspotDefined", true);
        json.WriteStartObject("modificationMetadata");
        json.WriteBoolean("archivable", true);
        json.WriteBoolean("readOnlyDefinition", HubSpotDefined);
        json.WriteBoolean("readOnlyValue", ReadOnlyValue);
        json.WriteEndObject();
        json.WriteBoolean("formField", FormField);
        json.WriteString("dataSensitivity", "non_sensitive");
        json.WriteEndObject();
    }
}

internal sealed record PropertyOption(string Label, string Value, string? Description, int DisplayOrder, bool Hidden)
{
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("label", Label);
        json.WriteString("value", Value);
        if (Description is not null)
            json.WriteString("description", Description);
        json.WriteNumber("displayOrder", DisplayOrder);
        json.WriteBoolean("hidden", Hidden);
        json.WriteEndObject();
    }
}

internal sealed record PropertyGroup(string Name, string Label, int DisplayOrder)
{
    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("name", Name);
        json.WriteString("label", Label);
        json.WriteNumber("displayOrder", DisplayOrder);
        json.WriteBoolean("archived", false);
    }
}
