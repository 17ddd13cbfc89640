using System.Globalization;
using System.Text.RegularExpressions;
using CrmLeadQualifier.Core.Definitions.Yaml;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Text;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Definitions.Reading;

/// <summary>
/// Operands of tests, read by the type of the subject and never by YAML's guess (definition language, section 3). One that cannot be read is reported and null.
/// </summary>
internal sealed partial class OperandReader(ProblemList problems, ScalarReader scalars)
{
    /// <summary>A text, folded; as written, so that <c>01000</c>, <c>NO</c> and <c>1.0</c> are texts.</summary>
    public string? Text(YamlNode node)
    {
        if (node is not YamlScalar { IsNull: false } scalar)
        {
            problems.WrongType(node, "a text");
            return null;
        }

        var folded = TextFolding.Fold(scalar.Text);
        if (folded.Length == 0)
        {
            problems.Error(node, "This text is empty once spaces and accents are put aside: nothing could equal it.");
            return null;
        }

        return folded;
    }

    /// <summary>A word or a phrase, folded.</summary>
    public string? Phrase(YamlNode node)
    {
        if (Text(node) is not { } folded)
        {
            return null;
        }

        foreach (var rune in folded.EnumerateRunes())
        {
            if (!Words.IsWordCodePoint(rune.Value) && rune.Value is not (' ' or '\'' or 0x2019 or '-' or 0x2010))
            {
                problems.Error(node, $"`{((YamlScalar)node).Text}` has a character that is in no word (`{rune}`): use `contains`.");
                return null;
            }
        }

        if (Words.Split(folded).Length == 0)
        {
            problems.Error(node, $"`{((YamlScalar)node).Text}` has no word in it: use `contains`.");
            return null;
        }

        return folded;
    }

    /// <summary>A finite number, unquoted.</summary>
    public double? Number(YamlNode node)
    {
        if (node is YamlScalar { IsPlain: true } scalar && NumberForm().IsMatch(scalar.Text)
            && double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
        {
            scalar.ReadAs = ScalarKind.Number;
            return number;
        }

        problems.WrongType(node, node is YamlScalar { IsPlain: false } ? "a number, without quotes" : "a number");
        return null;
    }

    public Instant? Date(YamlNode node)
    {
        if (node is YamlScalar scalar && Instant.TryRead(scalar.Text, out var instant))
        {
            return instant;
        }

        problems.WrongType(node, "a date, such as 2026-12-25 or 2026-12-25T09:00:00+01:00");
        return null;
    }

    /// <summary>Adds an operand of the subject's type to the group of its kind.</summary>
    /// <returns>False (and reported) if it cannot be read.</returns>
    public bool Read(YamlNode node, AttributeType type, Operands operands)
    {
        switch (type)
        {
            case AttributeType.Number when Number(node) is { } number:
                operands.Numbers.Add(number);
                return true;
            case AttributeType.Boolean when scalars.Boolean(node) is { } boolean:
                operands.Booleans.Add(boolean);
                return true;
            case AttributeType.Date when Date(node) is { } date:
                operands.Instants.Add(date);
                return true;
            case AttributeType.Text or AttributeType.List when Text(node) is { } text:
                operands.Texts.Add(text);
                return true;
            default:
                return false;
        }
    }

    [GeneratedRegex(@"\A[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?\z")]
    private static partial Regex NumberForm();
}

/// <summary>The operands of one test; one of the groups is filled.</summary>
internal sealed class Operands
{
    public List<string> Texts { get; } = [];

    public List<double> Numbers { get; } = [];

    public List<bool> Booleans { get; } = [];

    public List<Instant> Instants { get; } = [];
}
