using System.Globalization;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.Salesforce.Records;

namespace CrmLeadQualifier.Sandbox.Salesforce.Bulk;

/// <summary>What jobs that read and jobs that write have in common.</summary>
internal abstract class BulkJob(string id, string operation, string objectName, CsvFormat format, string version, long createdAt)
{
    public string Id => id;

    public string Operation => operation;

    public string ObjectName => objectName;

    public CsvFormat Format => format;

    public string Version => version;

    public long CreatedAt => createdAt;

    /// <summary>Open, UploadComplete, InProgress, JobComplete, Failed or Aborted.</summary>
    public string State { get; protected set; } = "UploadComplete";

    /// <summary>When its state was entered, or a chunk came through.</summary>
    public long ChangedAt { get; protected set; }

    public string? ErrorMessage { get; protected set; }

    public bool Ended => State is "JobComplete" or "Failed" or "Aborted";

    protected void Enter(string state, long at) => (State, ChangedAt) = (state, Math.Max(at, ChangedAt));

    protected void Fail(string message, long at)
    {
        ErrorMessage = message;
        Enter("Failed", at);
    }

    /// <summary>Goes on until <paramref name="now"/>.</summary>
    public abstract void Work(long now);

    public virtual void Abort(long now)
    {
        Work(now);
        Enter("Aborted", now);
    }

    public virtual void Write(Utf8JsonWriter json, string userId)
    {
        json.WriteString("id", Id);
        json.WriteString("operation", Operation);
        json.WriteString("object", ObjectName);
        json.WriteString("createdById", userId);
        json.WriteString("createdDate", SalesforceTime.Write(CreatedAt));
        json.WriteString("systemModstamp", SalesforceTime.Write(Math.Max(CreatedAt, ChangedAt)));
        json.WriteString("state", State);
        json.WriteString("concurrencyMode", "Parallel");
        json.WriteString("contentType", "CSV");
        json.WritePropertyName("apiVersion");
        json.WriteRawValue(double.Parse(Version, CultureInfo.InvariantCulture).ToString("0.0", CultureInfo.InvariantCulture));
        json.WriteString("lineEnding", Format.LineEndingName);
        json.WriteString("columnDelimiter", Format.DelimiterName);
    }
}
