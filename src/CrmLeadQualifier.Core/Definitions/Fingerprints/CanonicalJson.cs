using System.Globalization;
using System.Text;
using CrmLeadQualifier.Core.Definitions.Yaml;

namespace CrmLeadQualifier.Core.Definitions.Fingerprints;

/// <summary>
/// Content as RFC 8785 canonical JSON: no layout, keys in the order of their UTF-16 units, strings escaped only where JSON demands it, numbers as ECMAScript writes them.
/// A scalar is the number or boolean that the language read it as, else a text as written.
/// </summary>
internal static class CanonicalJson
{
    /// <param name="leaveOut">Entries that do not count, by the mapping they stand in.</param>
    public static string Write(YamlNode node, Func<YamlMapping, YamlEntry, bool>? leaveOut = null)
    {
        var json = new StringBuilder();
        Write(node, json, leaveOut ?? (static (_, _) => false));
        return json.ToString();
    }

    private static void Write(YamlNode node, StringBuilder json, Func<YamlMapping, YamlEntry, bool> leaveOut)
    {
        switch (node)
        {
            case YamlMapping mapping:
                json.Append('{');
                var first = true;
                foreach (var entry in mapping.Entries.Where(entry => !leaveOut(mapping, entry)).OrderBy(entry => entry.Key.Text, StringComparer.Ordinal))
                {
                    json.Append(first ? "" : ",");
                    first = false;
                    Write(entry.Key.Text, json);
                    json.Append(':');
                    Write(entry.Value, json, leaveOut);
                }

                json.Append('}');
                break;
            case YamlList list:
                json.Append('[');
                for (var i = 0; i < list.Items.Count; i++)
                {
                    json.Append(i == 0 ? "" : ",");
                    Write(list.Items[i], json, leaveOut);
                }

                json.Append(']');
                break;
            case YamlScalar { ReadAs: ScalarKind.Number } number:
                json.Append(EcmaScriptNumber.Format(double.Parse(number.Text, NumberStyles.Float, CultureInfo.InvariantCulture)));
                break;
            case YamlScalar { ReadAs: ScalarKind.Boolean } boolean:
                json.Append(boolean.Text);
                break;
            case YamlScalar text:
                Write(text.Text, json);
                break;
            case YamlRefused:
                // A file with refused content is no definition and has no fingerprint; its criteria are compared all the same.
                json.Append("null");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(node));
        }
    }

    private static void Write(string text, StringBuilder json)
    {
        json.Append('"');
        foreach (var c in text)
        {
            switch (c)
            {
                case '"':
                    json.Append("\\\"");
                    break;
                case '\\':
                    json.Append("\\\\");
                    break;
                case '\b':
                    json.Append("\\b");
                    break;
                case '\t':
                    json.Append("\\t");
                    break;
                case '\n':
                    json.Append("\\n");
                    break;
                case '\f':
                    json.Append("\\f");
                    break;
                case '\r':
                    json.Append("\\r");
                    break;
                case < ' ':
                    json.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                    break;
                default:
                    json.Append(c);
                    break;
            }
        }

        json.Append('"');
    }
}
