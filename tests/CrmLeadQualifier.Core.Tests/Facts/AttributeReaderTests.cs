using System.Globalization;
using System.Text.Json;
using CrmLeadQualifier.Core.Facts;

namespace CrmLeadQualifier.Core.Tests.Facts;

/// <summary>What each type reads, and what it does not (definition language, section 2).</summary>
public sealed class AttributeReaderTests
{
    /// <summary>Unknown, and no problem.</summary>
    private const string Unknown = "unknown";

    /// <summary>Unknown, and a problem.</summary>
    private const string Problem = "problem";

    [Theory]
    // text
    [InlineData(AttributeType.Text, "\" Été \"", "ete")]
    [InlineData(AttributeType.Text, "1.50", "1.50")]
    [InlineData(AttributeType.Text, "1E5", "1e5")]
    [InlineData(AttributeType.Text, "-0", "-0")]
    [InlineData(AttributeType.Text, "true", "true")]
    [InlineData(AttributeType.Text, "null", Unknown)]
    [InlineData(AttributeType.Text, "\"\"", Unknown)]
    [InlineData(AttributeType.Text, "\" \\u00a0\\u001f\"", Unknown)]
    [InlineData(AttributeType.Text, "\"\\u0301\"", Problem)] // a mark alone folds to nothing
    [InlineData(AttributeType.Text, "[\"a\"]", Problem)]
    [InlineData(AttributeType.Text, "{\"a\": 1}", Problem)]
    [InlineData(AttributeType.Text, "\"a\\ud800b\"", "a\uFFFDb")]
    [InlineData(AttributeType.Text, "\"\\udc00\\n\\\"\\\\\\/\\b\\f\\r\\t\\ud83d\\ude00\"", "\uFFFD \"\\/\b \U0001F600")]
    // number
    [InlineData(AttributeType.Number, "12", "12")]
    [InlineData(AttributeType.Number, "-1.5e3", "-1500")]
    [InlineData(AttributeType.Number, "1e400", Problem)]
    [InlineData(AttributeType.Number, "true", Problem)]
    [InlineData(AttributeType.Number, "[1]", Problem)]
    [InlineData(AttributeType.Number, "null", Unknown)]
    [InlineData(AttributeType.Number, "\" +12.50 \"", "12.5")]
    [InlineData(AttributeType.Number, "\"\\u00a07\\u001c\"", "7")]
    [InlineData(AttributeType.Number, "\"007\"", "7")]
    [InlineData(AttributeType.Number, "\"1E+2\"", "100")]
    [InlineData(AttributeType.Number, "\"1e-2\"", "0.01")]
    [InlineData(AttributeType.Number, "\"1,000\"", Problem)]
    [InlineData(AttributeType.Number, "\"1 000\"", Problem)]
    [InlineData(AttributeType.Number, "\".5\"", Problem)]
    [InlineData(AttributeType.Number, "\"5.\"", Problem)]
    [InlineData(AttributeType.Number, "\"1e\"", Problem)]
    [InlineData(AttributeType.Number, "\"1e+\"", Problem)]
    [InlineData(AttributeType.Number, "\"e5\"", Problem)]
    [InlineData(AttributeType.Number, "\"+\"", Problem)]
    [InlineData(AttributeType.Number, "\"--1\"", Problem)]
    [InlineData(AttributeType.Number, "\"0x10\"", Problem)]
    [InlineData(AttributeType.Number, "\"NaN\"", Problem)]
    [InlineData(AttributeType.Number, "\"Infinity\"", Problem)]
    [InlineData(AttributeType.Number, "\"1e999\"", Problem)]
    [InlineData(AttributeType.Number, "\"١٢\"", Problem)]
    [InlineData(AttributeType.Number, "\" \"", Unknown)]
    // boolean
    [InlineData(AttributeType.Boolean, "true", "True")]
    [InlineData(AttributeType.Boolean, "false", "False")]
    [InlineData(AttributeType.Boolean, "1", "True")]
    [InlineData(AttributeType.Boolean, "0", "False")]
    [InlineData(AttributeType.Boolean, "1.0", Problem)]
    [InlineData(AttributeType.Boolean, "-0", Problem)]
    [InlineData(AttributeType.Boolean, "2", Problem)]
    [InlineData(AttributeType.Boolean, "\" YeS \"", "True")]
    [InlineData(AttributeType.Boolean, "\"TRUE\"", "True")]
    [InlineData(AttributeType.Boolean, "\"no\"", "False")]
    [InlineData(AttributeType.Boolean, "\"False\"", "False")]
    [InlineData(AttributeType.Boolean, "\"0\"", "False")]
    [InlineData(AttributeType.Boolean, "\"1\"", "True")]
    [InlineData(AttributeType.Boolean, "\"oui\"", Problem)]
    [InlineData(AttributeType.Boolean, "\"on\"", Problem)]
    [InlineData(AttributeType.Boolean, "\"1.0\"", Problem)]
    [InlineData(AttributeType.Boolean, "null", Unknown)]
    [InlineData(AttributeType.Boolean, "\"\"", Unknown)]
    [InlineData(AttributeType.Boolean, "[true]", Problem)]
    // date
    [InlineData(AttributeType.Date, "\"2026-11-23\"", "2026-11-23T00:00:00Z")]
    [InlineData(AttributeType.Date, "\" 2026-11-23 \"", "2026-11-23T00:00:00Z")]
    [InlineData(AttributeType.Date, "\"2026-11-23T09:30:00Z\"", "2026-11-23T09:30:00Z")]
    [InlineData(AttributeType.Date, "\"2026-11-23t09:30:00z\"", "2026-11-23T09:30:00Z")]
    [InlineData(AttributeType.Date, "\"2026-11-23 09:30:00+01:00\"", "2026-11-23T08:30:00Z")]
    [InlineData(AttributeType.Date, "\"2026-11-23T09:30:00-0130\"", "2026-11-23T11:00:00Z")]
    [InlineData(AttributeType.Date, "\"2026-11-23T09:30:00.1239999999Z\"", "2026-11-23T09:30:00.123Z")]
    [InlineData(AttributeType.Date, "\"2026-11-23T09:30:00.5Z\"", "2026-11-23T09:30:00.500Z")]
    [InlineData(AttributeType.Date, "\"2026-11-23T23:59:59+23:59\"", "2026-11-23T00:00:59Z")]
    [InlineData(AttributeType.Date, "\"2024-02-29\"", "2024-02-29T00:00:00Z")]
    [InlineData(AttributeType.Date, "\"0001-01-01\"", "0001-01-01T00:00:00Z")]
    [InlineData(AttributeType.Date, "\"9999-12-31T23:59:59.999Z\"", "9999-12-31T23:59:59.999Z")]
    [InlineData(AttributeType.Date, "\"2026-02-29\"", Problem)]
    [InlineData(AttributeType.Date, "\"0000-01-01\"", Problem)]
    [InlineData(AttributeType.Date, "\"0001-01-01T00:00:00+00:01\"", Problem)]
    [InlineData(AttributeType.Date, "\"9999-12-31T23:59:59-00:01\"", Problem)]
    [InlineData(AttributeType.Date, "\"2026-11-23T09:30:00\"", Problem)]
    [InlineData(AttributeType.Date, "\"2026-11-23T09:30Z\"", Problem)]
    [InlineData(AttributeType.Date, "\"2026-11-23T24:00:00Z\"", Problem)]
    [InlineData(AttributeType.Date, "\"2026-11-23T09:30:60Z\"", Problem)]
    [InlineData(AttributeType.Date, "\"2026-11-23T09:30:00+24:00\"", Problem)]
    [InlineData(AttributeType.Date, "\"2026-11-23T09:30:00.Z\"", Problem)]
    [InlineData(AttributeType.Date, "\"2026-11-23  09:30:00Z\"", Problem)]
    [InlineData(AttributeType.Date, "\"23/11/2026\"", Problem)]
    [InlineData(AttributeType.Date, "\"20261123\"", Problem)]
    [InlineData(AttributeType.Date, "\"1795426200000\"", Problem)]
    [InlineData(AttributeType.Date, "1795426200000", Problem)]
    [InlineData(AttributeType.Date, "true", Problem)]
    [InlineData(AttributeType.Date, "\"\"", Unknown)]
    // list
    [InlineData(AttributeType.List, "[\"CRM\", \" Erp \"]", "crm|erp")]
    [InlineData(AttributeType.List, "\"CRM; Erp;;\"", "crm|erp")]
    [InlineData(AttributeType.List, "[1.50, true, null, \" \", \"a;b\"]", "1.50|true|a;b")]
    [InlineData(AttributeType.List, "[\"a\", \"a\"]", "a|a")]
    [InlineData(AttributeType.List, "[\"a\", [\"b\"], {}]", "problem with a")]
    [InlineData(AttributeType.List, "[]", Unknown)]
    [InlineData(AttributeType.List, "[null]", Unknown)]
    [InlineData(AttributeType.List, "\";\"", Unknown)]
    [InlineData(AttributeType.List, "[{}]", Problem)]
    [InlineData(AttributeType.List, "5", Problem)]
    [InlineData(AttributeType.List, "true", Problem)]
    [InlineData(AttributeType.List, "{}", Problem)]
    public void A_JSON_value_is_read_by_its_type(AttributeType type, string json, string expected)
    {
        using var document = JsonDocument.Parse(json);

        var readable = AttributeReader.TryRead(type, document.RootElement, out var value);

        Assert.Equal(expected, Written(type, readable, value));
    }

    [Theory]
    [InlineData(AttributeType.Text, null, Unknown)]
    [InlineData(AttributeType.Text, "Acme  SAS", "acme sas")]
    [InlineData(AttributeType.Number, "120", "120")]
    [InlineData(AttributeType.Number, "120 people", Problem)]
    [InlineData(AttributeType.Boolean, "Yes", "True")]
    [InlineData(AttributeType.Date, "2026-11-23T09:30:00.000Z", "2026-11-23T09:30:00Z")]
    [InlineData(AttributeType.List, "a;b ; c", "a|b|c")]
    public void A_CRM_s_plain_text_is_read_by_its_type(AttributeType type, string? raw, string expected)
    {
        var readable = AttributeReader.TryRead(type, raw, out var value);

        Assert.Equal(expected, Written(type, readable, value));
    }

    private static string Written(AttributeType type, bool readable, AttributeValue value) => (readable, value.IsKnown) switch
    {
        (true, false) => Unknown,
        (false, false) => Problem,
        (false, true) => "problem with " + Known(type, value),
        _ => Known(type, value),
    };

    private static string Known(AttributeType type, AttributeValue value) => type switch
    {
        AttributeType.Text => value.Text,
        AttributeType.Number => value.Number.ToString("R", CultureInfo.InvariantCulture),
        AttributeType.Boolean => value.Boolean.ToString(),
        AttributeType.Date => value.Date.ToString(),
        _ => string.Join('|', value.Elements),
    };
}
