using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Mapping;

namespace CrmLeadQualifier.HubSpot.Provisioning;

/// <summary>How a field of ours looks as a HubSpot property.</summary>
internal static class PropertyShape
{
    public static PropertyDescription Of(FieldDefinition definition)
    {
        var (type, fieldType) = definition.Field.Type switch
        {
            LeadFieldType.Choice => ("enumeration", "select"),
            LeadFieldType.Integer => ("number", "number"),
            LeadFieldType.Text => ("string", "text"),
            LeadFieldType.LongText => ("string", "textarea"),
            LeadFieldType.Instant => ("datetime", "date"),
            LeadFieldType.Date => ("date", "date"),
            var other => throw new ArgumentOutOfRangeException(nameof(definition), other, "Not a type of field."),
        };
        return new PropertyDescription
        {
            Name = LeadProperties.Of(definition.Field),
            Label = definition.Label,
            Description = definition.Description,
            GroupName = LeadProperties.Group,
            Type = type,
            FieldType = fieldType,
            Options = definition.Field.Type == LeadFieldType.Choice
                ? [.. definition.Options.Select((option, index) =>
                    new PropertyOption { Value = option.Value, Label = option.Label, DisplayOrder = index, Hidden = false })]
                : null,
        };
    }

    /// <summary>What has to change, in words; empty: nothing. Options that are there and not wanted are no difference, nor is the order of options.</summary>
    public static IReadOnlyList<string> Differences(PropertyDescription present, PropertyDescription wanted)
    {
        var differences = new List<string>();
        Compare("label", present.Label, wanted.Label);
        Compare("description", present.Description, wanted.Description);
        Compare("group", present.GroupName, wanted.GroupName);
        Compare("type", present.Type, wanted.Type);
        Compare("field type", present.FieldType, wanted.FieldType);
        var labels = (present.Options ?? []).OfType<PropertyOption>().Where(option => option.Value is not null)
            .DistinctBy(option => option.Value).ToDictionary(option => option.Value!, option => option.Label);
        foreach (var option in (wanted.Options ?? []).OfType<PropertyOption>())
        {
            if (!labels.TryGetValue(option.Value!, out var label))
            {
                differences.Add($"add option {option.Value}");
            }
            else if (label != option.Label)
            {
                differences.Add($"rename option {option.Value}");
            }
        }

        return differences;

        void Compare(string what, string? has, string? should)
        {
            if ((has ?? "") != (should ?? ""))
            {
                differences.Add(what);
            }
        }
    }

    /// <summary>A PATCH replaces the whole list: what is there and not wanted is kept behind, as records may hold it.</summary>
    public static List<PropertyOption?> Merge(IReadOnlyList<PropertyOption?>? present, IReadOnlyList<PropertyOption?> wanted)
    {
        var kept = (present ?? []).OfType<PropertyOption>().Where(option => wanted.All(mine => mine?.Value != option.Value));
        return [.. wanted.OfType<PropertyOption>().Concat(kept).Select((option, index) => option with { DisplayOrder = index })];
    }
}
