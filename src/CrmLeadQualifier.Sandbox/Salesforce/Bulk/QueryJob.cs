using System.Globalization;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;
using CrmLeadQualifier.Sandbox.Salesforce.Soql;

namespace CrmLeadQualifier.Sandbox.Salesforce.Bulk;

/// <summary>A query that runs beside the calls: it waits, reads everything as of one instant, and is complete a little later.</summary>
internal sealed class QueryJob(string id, string operation, QueryRun run, CsvFormat format, string version, long createdAt)
    : BulkJob(id, operation, run.Type.Name, format, version, createdAt)
{
    private const long Waits = 500;
    private const long Starts = 500;
    private const double PerRow = 0.01;

    private long _completeAt = long.MaxValue;

    /// <summary>The values as they were when the job ran.</summary>
    public List<object?[]> Rows { get; private set; } = [];

    public IReadOnlyList<(string Name, BoundPath Path)> Columns => run.Columns;

    public override void Work(long now)
    {
        if (State == "UploadComplete" && now >= CreatedAt + Waits)
        {
            Rows = run.Find().ConvertAll(record => Columns.Select(column => column.Path.Value(record)).ToArray());
            _completeAt = CreatedAt + Waits + Starts + (long)(Rows.Count * PerRow);
            Enter("InProgress", CreatedAt + Waits);
        }
        if (State == "InProgress" && now >= _completeAt)
            Enter("JobComplete", _completeAt);
    }

    public override void Write(Utf8JsonWriter json, string userId)
    {
        base.Write(json, userId);
        json.WriteString("jobType", "V2Query");
        if (State is "UploadComplete")
            return;
        json.WriteNumber("numberRecordsProcessed", State == "JobComplete" ? Rows.Count : 0);
        json.WriteNumber("retries", 0);
        json.WriteNumber("totalProcessingTime", Math.Max(0, ChangedAt - CreatedAt - Waits));
        json.WriteBoolean("isPkChunkingSupported", true);
        if (ErrorMessage is not null)
            json.WriteString("errorMessage", ErrorMessage);
    }

    /// <summary>A value as CSV carries it: nothing for null, instants with a Z.</summary>
    public static string? Text(SObjectField field, object? value) => value switch
    {
        null => null,
        bool flag => flag ? "true" : "false",
        double number when field.Type == FieldType.Int => ((long)number).ToString(CultureInfo.InvariantCulture),
        double number => FieldValue.Number(number),
        DateOnly day => SalesforceTime.Write(day),
        long instant => SalesforceTime.Write(instant)[..^5] + "Z",
        _ => (string)value,
    };
}
