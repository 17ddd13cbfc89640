using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Bulk;

/// <summary>How a job's rows are written: COMMA and LF unless it says otherwise.</summary>
internal sealed record CsvFormat(string DelimiterName, char Delimiter, string LineEndingName)
{
    private static readonly Dictionary<string, char> Delimiters = new(StringComparer.Ordinal)
    {
        ["BACKQUOTE"] = '`', ["CARET"] = '^', ["COMMA"] = ',', ["PIPE"] = '|', ["SEMICOLON"] = ';', ["TAB"] = '\t',
    };

    public string LineEnding => LineEndingName == "CRLF" ? "\r\n" : "\n";

    public static CsvFormat Read(SalesforceCall call)
    {
        if ((call.BodyText("contentType") ?? "CSV") != "CSV")
            throw SalesforceRefusal.With(400, "INVALIDJOB", "Only content type CSV is supported");
        var delimiter = call.BodyText("columnDelimiter") ?? "COMMA";
        var lineEnding = call.BodyText("lineEnding") ?? "LF";
        if (!Delimiters.TryGetValue(delimiter, out var sign))
            throw SalesforceRefusal.With(400, "INVALIDJOB", $"Invalid columnDelimiter: {delimiter}");
        return lineEnding is "LF" or "CRLF" ? new CsvFormat(delimiter, sign, lineEnding)
            : throw SalesforceRefusal.With(400, "INVALIDJOB", $"Invalid lineEnding: {lineEnding}");
    }
}
