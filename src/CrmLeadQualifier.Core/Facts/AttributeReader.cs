using System.Globalization;
using System.Text;
using System.Text.Json;
using CrmLeadQualifier.Core.Text;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Facts;

/// <summary>
/// Reads raw values, from JSON or as a CRM's plain text, by an attribute's type: the table of the definition language, section 2. A raw value that is absent, null or blank is
/// unknown and no problem; one that is there and cannot be read is unknown and a data-quality problem.
/// </summary>
public static class AttributeReader
{
    /// <summary>Reads plain text. Null and blank text are unknown.</summary>
    /// <returns>False if the text is a data-quality problem; <paramref name="value"/> is then unknown.</returns>
    public static bool TryRead(AttributeType type, string? raw, out AttributeValue value)
    {
        value = default;
        if (raw is null)
        {
            return true;
        }

        var trimmed = Spaces.Trim(raw);
        if (trimmed.IsEmpty)
        {
            return true;
        }

        switch (type)
        {
            case AttributeType.Text:
                return TryReadText(raw, out value);
            case AttributeType.Number:
                return TryReadNumber(trimmed, out value);
            case AttributeType.Boolean:
                return TryReadBoolean(trimmed, out value);
            case AttributeType.Date:
                if (!Instant.TryRead(trimmed, out var instant))
                {
                    return false;
                }

                value = AttributeValue.OfDate(instant);
                return true;
            case AttributeType.List:
                return TryReadSplit(raw, out value);
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, null);
        }
    }

    /// <summary>Reads a JSON value. Null and blank text are unknown.</summary>
    /// <returns>False if the value is a data-quality problem; <paramref name="value"/> is then unknown, or a list without the elements that could not be read.</returns>
    public static bool TryRead(AttributeType type, JsonElement raw, out AttributeValue value)
    {
        value = default;
        switch (raw.ValueKind)
        {
            case JsonValueKind.Null or JsonValueKind.Undefined:
                return true;
            case JsonValueKind.String:
                return TryRead(type, JsonText.Of(raw), out value);
            case JsonValueKind.Number when type is AttributeType.Text or AttributeType.Number:
                return TryRead(type, raw.GetRawText(), out value);
            case JsonValueKind.Number when type is AttributeType.Boolean:
                return TryReadBoolean(raw.GetRawText(), out value);
            case JsonValueKind.True or JsonValueKind.False when type is AttributeType.Text or AttributeType.Boolean:
                return TryRead(type, raw.GetRawText(), out value);
            case JsonValueKind.Array when type is AttributeType.List:
                return TryReadArray(raw, out value);
            default:
                return false;
        }
    }

    /// <summary>Folds a text that is kept as one. False if there are characters in it and none is left.</summary>
    private static bool TryReadText(string raw, out AttributeValue value)
    {
        var folded = TextFolding.Fold(raw);
        value = folded.Length == 0 ? default : AttributeValue.OfText(folded);
        return folded.Length > 0;
    }

    /// <summary><c>[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?</c>, finite.</summary>
    internal static bool TryReadNumber(ReadOnlySpan<char> trimmed, out double number)
    {
        number = 0;
        var rest = trimmed is ['+' or '-', ..] ? trimmed[1..] : trimmed;
        if (!TrySkipDigits(ref rest)
            || (rest is ['.', ..] && !TrySkipDigitsAfter(ref rest, 1))
            || (rest is ['e' or 'E', '+' or '-', ..] ? !TrySkipDigitsAfter(ref rest, 2) : rest is ['e' or 'E', ..] && !TrySkipDigitsAfter(ref rest, 1))
            || !rest.IsEmpty)
        {
            return false;
        }

        const NumberStyles Form = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(trimmed, Form, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
    }

    private static bool TryReadNumber(ReadOnlySpan<char> trimmed, out AttributeValue value)
    {
        var read = TryReadNumber(trimmed, out double number);
        value = read ? AttributeValue.OfNumber(number) : default;
        return read;
    }

    private static bool TryReadBoolean(ReadOnlySpan<char> trimmed, out AttributeValue value)
    {
        var isTrue = trimmed is "1" || Ascii.EqualsIgnoreCase(trimmed, "true") || Ascii.EqualsIgnoreCase(trimmed, "yes");
        var isFalse = trimmed is "0" || Ascii.EqualsIgnoreCase(trimmed, "false") || Ascii.EqualsIgnoreCase(trimmed, "no");
        value = isTrue || isFalse ? AttributeValue.OfBoolean(isTrue) : default;
        return isTrue || isFalse;
    }

    private static bool TryReadSplit(string raw, out AttributeValue value)
    {
        var elements = new List<string>();
        foreach (var part in raw.AsSpan().Split(';'))
        {
            AddFolded(elements, raw[part]);
        }

        value = elements.Count == 0 ? default : AttributeValue.OfList([.. elements]);
        return true;
    }

    private static bool TryReadArray(JsonElement array, out AttributeValue value)
    {
        var elements = new List<string>(array.GetArrayLength());
        var readable = true;
        foreach (var element in array.EnumerateArray())
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.String:
                    AddFolded(elements, JsonText.Of(element));
                    break;
                case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False:
                    AddFolded(elements, element.GetRawText());
                    break;
                case JsonValueKind.Null:
                    break;
                default:
                    readable = false;
                    break;
            }
        }

        value = elements.Count == 0 ? default : AttributeValue.OfList([.. elements]);
        return readable;
    }

    private static void AddFolded(List<string> elements, string raw)
    {
        var folded = TextFolding.Fold(raw);
        if (folded.Length > 0)
        {
            elements.Add(folded);
        }
    }

    private static bool TrySkipDigitsAfter(ref ReadOnlySpan<char> text, int skipped)
    {
        text = text[skipped..];
        return TrySkipDigits(ref text);
    }

    private static bool TrySkipDigits(ref ReadOnlySpan<char> text)
    {
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        digits = digits < 0 ? text.Length : digits;
        text = text[digits..];
        return digits > 0;
    }
}
