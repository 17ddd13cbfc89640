using System.Text;

namespace CrmLeadQualifier.Sandbox.Salesforce.Bulk;

/// <summary>The texts that bulk jobs exchange: every value quoted on the way out, quoted or not on the way in.</summary>
internal static class Csv
{
    /// <summary>The rows of a text; a row that is empty is left out. Null: a quote stands where none may, or is never closed.</summary>
    public static List<string[]>? Read(string text, char delimiter)
    {
        var rows = new List<string[]>();
        var row = new List<string>();
        var at = text.StartsWith('\uFEFF') ? 1 : 0;
        while (at < text.Length)
        {
            var (value, quoted) = (new StringBuilder(), text[at] == '"');
            if (quoted && !Quoted(text, ref at, value))
                return null;
            while (at < text.Length && text[at] != delimiter && text[at] != '\n' && text[at] != '\r')
            {
                if (quoted || text[at] == '"')
                    return null;
                value.Append(text[at++]);
            }
            row.Add(value.ToString());
            if (at < text.Length && text[at] == delimiter)
            {
                at++;
                if (at == text.Length)
                    row.Add("");
                else if (text[at] is not ('\n' or '\r'))
                    continue;
                else
                    row.Add("");
            }
            if (at < text.Length && text[at] == '\r')
                at++;
            if (at < text.Length && text[at] == '\n')
                at++;
            if (row is not [""])
                rows.Add([.. row]);
            row.Clear();
        }
        return rows;
    }

    public static void WriteRow(StringBuilder text, IEnumerable<string?> values, char delimiter, string lineEnding)
    {
        var first = true;
        foreach (var value in values)
        {
            if (!first)
                text.Append(delimiter);
            first = false;
            text.Append('"').Append(value?.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }
        text.Append(lineEnding);
    }

    private static bool Quoted(string text, ref int at, StringBuilder value)
    {
        for (at++; at < text.Length; at++)
        {
            if (text[at] != '"')
            {
                value.Append(text[at]);
                continue;
            }
            if (at + 1 < text.Length && text[at + 1] == '"')
            {
                value.Append(text[at++]);
                continue;
            }
            at++;
            return true;
        }
        return false;
    }
}
