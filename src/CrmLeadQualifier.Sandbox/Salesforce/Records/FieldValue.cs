using System.Globalization;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Records;

/// <summary>Reads a value that a client sends, and writes one as an answer carries it.</summary>
internal static class FieldValue
{
    /// <summary>A value of the field's kind; a value that is of another kind refuses the whole call, as a body that cannot be read.</summary>
    public static object? Read(SObjectField field, JsonElement given)
    {
        if (given.ValueKind == JsonValueKind.Null)
            return null;
        if (given.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            throw Unreadable(field, given);
        var text = JsonText.Read(given)!;
        switch (field.Type)
        {
            case FieldType.Boolean:
                return text switch { "true" => true, "false" => false, _ => throw Unreadable(field, given) };
            case FieldType.Int:
            case FieldType.Double:
            case FieldType.Currency:
            case FieldType.Percent:
                if (text.Length == 0)
                    return null;
                return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : throw Unreadable(field, given);
            case FieldType.Date:
                if (text.Length == 0)
                    return null;
                // An instant is taken too, for its day.
                return SalesforceTime.TryReadDay(text.Length > 10 ? text[..10] : text, out var day) ? day : throw Unreadable(field, given);
            case FieldType.DateTime:
                if (text.Length == 0)
                    return null;
                if (SalesforceTime.TryReadDay(text, out var midnight))
                    return SalesforceTime.Start(midnight);
                return SalesforceTime.TryRead(text, out var instant) ? instant : throw Unreadable(field, given);
            default:
                if (given.ValueKind is JsonValueKind.True or JsonValueKind.False)
                    throw Unreadable(field, given);
                text = text.Trim();
                return text.Length == 0 ? null : text;
        }
    }

    /// <summary>What is wrong with a value of the right kind; null: it may be kept, as <paramref name="kept"/>.</summary>
    public static SaveError? Check(SObjectField field, object? value, out object? kept)
    {
        kept = value;
        switch (value)
        {
            case string text when field.Type is FieldType.Picklist:
                var known = field.Values.Find(option => string.Equals(option.Value, text, StringComparison.OrdinalIgnoreCase));
                kept = known?.Value ?? text;
                return field.Restricted && known is not { Active: true } ? BadValue(field, text) : TooLong(field, text);
            case string text when field.Type is FieldType.MultiPicklist:
                foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                {
                    if (field.Restricted && !field.Values.Exists(option => option.Active && string.Equals(option.Value, part, StringComparison.OrdinalIgnoreCase)))
                        return BadValue(field, part);
                }
                return TooLong(field, text);
            case string text when field.Type is FieldType.Email:
                var at = text.IndexOf('@', StringComparison.Ordinal);
                if (at < 1 || at != text.LastIndexOf('@') || text.IndexOf('.', at) < at + 2 || text.EndsWith('.') || text.Any(char.IsWhiteSpace))
                    return new SaveError("INVALID_EMAIL_ADDRESS", $"{field.Label}: invalid email address: {text}", field.Name);
                return TooLong(field, text);
            case string text:
                return field.Type.IsId() ? null : TooLong(field, text);
            case double number when field.Type.IsNumber():
                kept = Math.Round(number, field.Type == FieldType.Int ? 0 : Math.Min(15, field.Scale), MidpointRounding.AwayFromZero);
                var digits = field.Type == FieldType.Int ? 10 : field.Precision - field.Scale;
                return Math.Abs(number) >= Math.Pow(10, digits)
                    ? new SaveError("NUMBER_OUTSIDE_VALID_RANGE", $"{field.Label}: value outside of valid range on numeric field: {Number(number)}", field.Name)
                    : null;
            default:
                return null;
        }
    }

    public static void Write(Utf8JsonWriter json, SObjectField field, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case double number when field.Type == FieldType.Int:
                json.WriteNumberValue((long)number);
                break;
            case double number:
                json.WriteRawValue(Number(number));
                break;
            case DateOnly day:
                json.WriteStringValue(SalesforceTime.Write(day));
                break;
            case long instant:
                json.WriteStringValue(SalesforceTime.Write(instant));
                break;
            default:
                json.WriteStringValue((string)value);
                break;
        }
    }

    /// <summary>As Java writes a double: 75.0, and 1.5E8 from ten millions on.</summary>
    public static string Number(double number)
    {
        var size = Math.Abs(number);
        if (number == 0 || (size >= 1e-3 && size < 1e7))
        {
            var plain = number.ToString("R", CultureInfo.InvariantCulture);
            return plain.Contains('.', StringComparison.Ordinal) ? plain : plain + ".0";
        }
        var text = number.ToString("0.0###############E0", CultureInfo.InvariantCulture);
        return text;
    }

    private static SaveError? TooLong(SObjectField field, string text) => field.Length > 0 && text.Length > field.Length
        ? new SaveError("STRING_TOO_LONG", $"{field.Label}: data value too large: {text} (max length={field.Length})", field.Name)
        : null;

    private static SaveError BadValue(SObjectField field, string text) =>
        new("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", $"{field.Label}: bad value for restricted picklist field: {text}", field.Name);

    private static SalesforceRefusal Unreadable(SObjectField field, JsonElement given)
    {
        var kind = given.ValueKind switch
        {
            JsonValueKind.Number => "VALUE_NUMBER", JsonValueKind.True => "VALUE_TRUE", JsonValueKind.False => "VALUE_FALSE", JsonValueKind.Object => "START_OBJECT",
            JsonValueKind.Array => "START_ARRAY", _ => "VALUE_STRING",
        };
        return SalesforceRefusal.BadJson($"Cannot deserialize instance of {field.Type.SoapName()[4..].ToLowerInvariant()} from {kind} value {JsonText.Read(given)}"
            + " or request may be missing a required field at [line:1, column:1]");
    }
}
