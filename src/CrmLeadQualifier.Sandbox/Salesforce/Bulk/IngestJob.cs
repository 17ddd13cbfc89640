using System.Text;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Bulk;

/// <summary>
/// Rows to be written: uploaded once, then closed, then saved in chunks of two hundred, each with the instant at which it is through. An empty value
/// changes nothing, #N/A empties the field. A complete job may have failed rows; one that fails on the way leaves rows that were never tried.
/// </summary>
internal sealed class IngestJob(Org org, string id, string operation, SObjectType type, SObjectField? externalId, bool assigns, CsvFormat format,
    string version, long createdAt) : BulkJob(id, operation, type.Name, format, version, createdAt)
{
    public const int ChunkRows = 200;
    private const int BatchRows = 10_000;
    private const long Waits = 1_000;

    /// <summary>A batch that takes longer is put back, and given up after ten times.</summary>
    private const long LongestBatch = 600_000;

    private readonly SObjectType _type = type;
    private readonly List<RowResult> _results = [];
    private byte[]? _upload;
    private List<string[]> _rows = [];
    private long _closedAt;
    private long _chunkFrom;

    public string[] Header { get; private set; } = [];

    public bool Uploaded => _upload is not null;

    public int Batches => (_rows.Count + BatchRows - 1) / BatchRows;

    /// <summary>Chunks run beside each other: what is through first is told first, whatever came first in the upload.</summary>
    public IEnumerable<RowResult> Results => _results.GroupBy(result => result.Row / ChunkRows).OrderBy(chunk => chunk.Key % 2).ThenByDescending(chunk => chunk.Key)
        .SelectMany(chunk => chunk);

    public IEnumerable<string[]> Unprocessed => Ended ? _rows.Skip(_results.Count) : [];

    public string[] Row(int row) => _rows[row];

    public IngestJob Opened()
    {
        State = "Open";
        return this;
    }

    public void Upload(byte[] content) => _upload = content;

    public void Close(long now)
    {
        _closedAt = now;
        Enter("UploadComplete", now);
    }

    public override void Work(long now)
    {
        if (State == "UploadComplete" && now >= _closedAt + Waits + org.Behaviours.QueueTakes)
            Begin(_closedAt + Waits + org.Behaviours.QueueTakes);
        while (State == "InProgress")
        {
            var size = Math.Min(ChunkRows, _rows.Count - _results.Count);
            var at = _chunkFrom + org.Behaviours.ChunkTakes(size);
            var chunksOfBatch = (_results.Count % BatchRows / ChunkRows) + 1;
            if (size == 0)
                Enter("JobComplete", _chunkFrom);
            else if (org.Behaviours.JobStops(_results.Count) || chunksOfBatch * (at - _chunkFrom) > LongestBatch)
                Fail("InternalServerError : Retried more than ten times in succession", _chunkFrom);
            else if (now < at)
                return;
            else
                RunChunk(size, at);
        }
    }

    public override void Abort(long now)
    {
        if (State == "Open" && Uploaded)
        {
            Begin(now);
            _results.Clear();
        }
        base.Abort(now);
    }

    public override void Write(Utf8JsonWriter json, string userId)
    {
        base.Write(json, userId);
        json.WriteString("jobType", "V2Ingest");
        if (externalId is not null)
            json.WriteString("externalIdFieldName", externalId.Name);
        if (State == "Open")
            json.WriteString("contentUrl", $"services/data/v{Version}/jobs/ingest/{Id}/batches");
        json.WriteNumber("retries", 0);
        json.WriteNumber("totalProcessingTime", _results.Count == 0 ? 0 : _chunkFrom - _closedAt - Waits);
        json.WriteNumber("apiActiveProcessingTime", _results.Count == 0 ? 0 : (_chunkFrom - _closedAt - Waits) * 9 / 10);
        json.WriteNumber("apexProcessingTime", 0);
        json.WriteNumber("numberRecordsProcessed", _results.Count);
        json.WriteNumber("numberRecordsFailed", _results.Count(result => result.Error is not null));
        if (ErrorMessage is not null)
            json.WriteString("errorMessage", ErrorMessage);
    }

    private void Begin(long at)
    {
        _chunkFrom = at;
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(_upload ?? []);
        }
        catch (ArgumentException)
        {
            Fail("InvalidBatch : The content is not valid UTF-8", at);
            return;
        }
        var rows = Csv.Read(text, Format.Delimiter);
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        var endsWithReturn = end > 0 && text[end - 1] == '\r';
        if (rows is null)
            Fail("ClientInputError : Error parsing CSV content", at);
        else if (end > 0 && endsWithReturn != (Format.LineEndingName == "CRLF"))
            Fail($"ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is {Format.LineEndingName}", at);
        else if (rows.Count == 0)
            Enter("JobComplete", at);
        else if (rows[0].FirstOrDefault(name => !IsField(name)) is { } unknown)
            Lay(rows, () => Fail($"InvalidBatch : Field name not found : {unknown}", at));
        else if (rows[0].Distinct(StringComparer.OrdinalIgnoreCase).Count() < rows[0].Length)
            Lay(rows, () => Fail("InvalidBatch : Duplicate column in the header row", at));
        else if (rows.Find(row => row.Length != rows[0].Length) is { } uneven)
            Lay(rows, () => Fail($"InvalidBatch : A row has {uneven.Length} values, the header {rows[0].Length}", at));
        else
            Lay(rows, () => Enter("InProgress", at));
    }

    private void Lay(List<string[]> rows, Action then)
    {
        Header = rows[0];
        rows.RemoveAt(0);
        _rows = rows;
        then();
    }

    private bool IsField(string name) => _type.TryField(name, out var field) && org.Access.Readable(_type, field);

    private void RunChunk(int size, long at)
    {
        var from = _results.Count;
        var save = new RecordSave(org, new SaveOptions(at, assigns, AllowsDuplicates: false));
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var rows = _rows.GetRange(from, size);
        var locked = org.Behaviours.SiblingLocks ? AccountsOfChunkBefore(from) : [];
        List<SaveResult> SaveAll() => rows.ConvertAll(row => Save(save, row, seen, locked));
        var saved = org.Behaviours.RefuseChunk(rows.ConvertAll(row => Value(row, "Id"))) is { } refused ? org.Journal.Refuse(SaveAll, refused) : SaveAll();
        foreach (var (offset, result) in saved.Index())
        {
            var failure = result.Errors.Count > 0 ? result.Errors[0] : null;
            _results.Add(new RowResult(from + offset, result.Record?.Id ?? "", result.Created,
                failure is null ? null : $"{failure.Code}:{failure.Message}:{string.Join(", ", failure.Fields)}--"));
        }
        _chunkFrom = at;
        ChangedAt = Math.Max(ChangedAt, at);
    }

    private SaveResult Save(RecordSave save, string[] values, HashSet<string> seen, HashSet<string> locked)
    {
        var given = Json(values);
        try
        {
            if (Operation == "insert")
                return save.Create(_type, given);
            if (externalId is { Type: not FieldType.Id })
                return save.Upsert(_type, externalId, Value(values, externalId.Name), given);
            var id = Value(values, "Id");
            if (Operation == "upsert" && id is "")
                return save.Create(_type, given);
            var found = save.Find(_type, id is "" ? null : id, seen);
            if (found.Record is { } record && record.Text("AccountId", null) is { } account && locked.Contains(account))
                return SaveResult.Failed(SaveError.Locked(account));
            if (found.Record is null)
                return found;
            return Operation is "delete" or "hardDelete" ? save.Delete(found.Record) : save.Update(found.Record, given);
        }
        catch (SalesforceRefusal unreadable)
        {
            // What would refuse a body of JSON as a whole is one row's own fault in CSV.
            var message = JsonDocument.Parse(unreadable.Answer.Body).RootElement[0].GetProperty("message").GetString()!;
            return SaveResult.Failed(new SaveError("INVALID_TYPE_ON_FIELD_IN_RECORD", message.Split(" at [")[0]));
        }
    }

    private string? Value(string[] values, string column)
    {
        var at = Array.FindIndex(Header, name => string.Equals(name, column, StringComparison.OrdinalIgnoreCase));
        return at < 0 ? null : values[at];
    }

    /// <summary>The row as a body: what is empty is not there.</summary>
    private JsonElement Json(string[] values)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            for (var i = 0; i < Header.Length; i++)
            {
                if (values[i].Length == 0)
                    continue;
                if (values[i] == "#N/A")
                    json.WriteNull(Header[i]);
                else if (_type.Field(Header[i]).Type == FieldType.Boolean)
                    json.WriteString(Header[i], values[i].ToLowerInvariant() switch { "1" => "true", "0" => "false", var text => text });
                else
                    json.WriteString(Header[i], values[i]);
            }
            json.WriteEndObject();
        }
        return JsonDocument.Parse(buffer.ToArray()).RootElement;
    }

    /// <summary>The chunk before runs at the same time, and holds the accounts of its contacts.</summary>
    private HashSet<string> AccountsOfChunkBefore(int from) => _type.Name != "Contact" ? []
        : [.. _rows.Skip(from - ChunkRows).Take(from == 0 ? 0 : ChunkRows).Select(row => org.Find(Value(row, "Id"))?.Text("AccountId")).OfType<string>()];
}

/// <param name="Row">Its place in the upload.</param>
/// <param name="Id">Empty: none.</param>
/// <param name="Error">CODE:message:fields--; null: saved.</param>
internal sealed record RowResult(int Row, string Id, bool Created, string? Error);
