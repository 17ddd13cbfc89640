using System.Globalization;
using System.Xml.Linq;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Mapping;

namespace CrmLeadQualifier.Salesforce.Provisioning;

/// <summary>How a field of ours looks as a custom field, as the Metadata API writes it and as a description shows it.</summary>
internal static class FieldMetadata
{
    /// <summary>Salesforce's longest label of a field.</summary>
    private const int LongestLabel = 40;

    // Salesforce keeps digits, not a range: scores stay far below.
    private const int Digits = 9;

    private const int VisibleLines = 5;

    /// <summary>What has to change, in words; empty: nothing. Options that are there and not wanted are no difference, nor is the order of options.</summary>
    public static IReadOnlyList<string> Differences(FieldDescription present, FieldDefinition wanted)
    {
        var differences = new List<string>();
        if (present.Label != Label(wanted))
        {
            differences.Add("label");
        }

        if ((present.InlineHelpText ?? "") != wanted.Description)
        {
            differences.Add("help text");
        }

        if (!IsOfType(present, wanted.Field.Type))
        {
            differences.Add("type");
        }

        var labels = Options(present).ToDictionary(option => option.Value!, option => option.Label);
        foreach (var option in wanted.Options)
        {
            if (!labels.TryGetValue(option.Value, out var label))
            {
                differences.Add($"add option {option.Value}");
            }
            else if (label != option.Label)
            {
                differences.Add($"rename option {option.Value}");
            }
        }

        return differences;
    }

    public static bool IsOfType(FieldDescription present, LeadFieldType type) => type switch
    {
        LeadFieldType.Choice => present.Type == "picklist",
        LeadFieldType.Integer => present.Type is "double" or "int",
        LeadFieldType.Text => present.Type == "string",
        LeadFieldType.LongText => present.Type == "textarea",
        LeadFieldType.Instant => present.Type == "datetime",
        LeadFieldType.Date => present.Type == "date",
        _ => false,
    };

    /// <summary>The type that the Metadata API has for it.</summary>
    public static string TypeOf(LeadFieldType type) => type switch
    {
        LeadFieldType.Choice => "Picklist",
        LeadFieldType.Integer => "Number",
        LeadFieldType.Text => "Text",
        LeadFieldType.LongText => "LongTextArea",
        LeadFieldType.Instant => "DateTime",
        LeadFieldType.Date => "Date",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a type of field."),
    };

    /// <summary>The whole field: where there is one already, that one with our texts and choices, and all else that an admin has set.</summary>
    public static XElement ToXml(ChangedField change, bool isTracked)
    {
        var (field, present) = (change.Field, change.Present);
        if (present is null)
        {
            return NewXml(field, change.Described, isTracked);
        }

        var merged = new XElement(present);
        Metadata.SetText(merged, "label", Label(field));
        if (field.Description.Length > 0)
        {
            Metadata.SetText(merged, "inlineHelpText", field.Description);
        }

        if (isTracked)
        {
            Metadata.SetText(merged, "trackHistory", "true");
        }

        // A field that an admin gave a set of values of the whole org keeps it.
        if (Metadata.Child(merged, "valueSet") is { } set && Metadata.Child(set, "valueSetDefinition") is { } definition)
        {
            MergeOptions(definition, field.Options);
        }

        return merged;
    }

    private static void MergeOptions(XElement definition, IReadOnlyList<FieldOption> options)
    {
        foreach (var option in options)
        {
            var known = Metadata.Children(definition, "value").FirstOrDefault(value => Metadata.Text(value, "fullName") == option.Value);
            if (known is null)
            {
                Metadata.Append(definition, OptionXml(option.Value, option.Label));
                continue;
            }

            Metadata.SetText(known, "label", option.Label);
            Metadata.Child(known, "isActive")?.Remove();
        }
    }

    private static XElement NewXml(FieldDefinition field, FieldDescription? described, bool isTracked) => Metadata.Element(
        "fields",
        [
            Metadata.Element("fullName", LeadFieldNames.Of(field.Field)),
            field.Description.Length > 0 ? Metadata.Element("inlineHelpText", field.Description) : null,
            Metadata.Element("label", Label(field)),
            .. field.Field.Type switch
            {
                LeadFieldType.Integer => new[] { Metadata.Element("precision", Number(Digits)), Metadata.Element("scale", "0") },
                LeadFieldType.Text => [Metadata.Element("length", Number(LeadField.TextLength))],
                LeadFieldType.LongText => [Metadata.Element("length", Number(LeadField.LongTextLength)),
                    Metadata.Element("visibleLines", Number(VisibleLines))],
                _ => [],
            },
            field.Field.Type == LeadFieldType.LongText ? null : Metadata.Element("trackHistory", isTracked ? "true" : "false"),
            Metadata.Element("type", TypeOf(field.Field.Type)),
            field.Field.Type == LeadFieldType.Choice ? ValueSet(field, described) : null,
        ]);

    private static XElement ValueSet(FieldDefinition field, FieldDescription? described)
    {
        var kept = (described is null ? [] : Options(described)).Where(option => field.Options.All(mine => mine.Value != option.Value));
        var options = field.Options.Select(option => (option.Value, option.Label))
            .Concat(kept.Select(option => (option.Value!, option.Label ?? option.Value!)));
        return Metadata.Element(
            "valueSet",
            [
                Metadata.Element("restricted", "true"),
                Metadata.Element("valueSetDefinition", [Metadata.Element("sorted", "false"), .. options.Select(option => OptionXml(option.Item1, option.Item2))]),
            ]);
    }

    private static XElement OptionXml(string value, string label) => Metadata.Element(
        "value", [Metadata.Element("fullName", value), Metadata.Element("default", "false"), Metadata.Element("label", label)]);

    private static IEnumerable<PicklistValue> Options(FieldDescription present) =>
        (present.PicklistValues ?? []).OfType<PicklistValue>().Where(option => option.Value is not null && option.Active != false)
            .DistinctBy(option => option.Value);

    private static string Label(FieldDefinition field) => field.Label.Length <= LongestLabel ? field.Label : field.Label[..LongestLabel];

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
