using System.Net;
using System.Net.Http.Headers;
using System.Text;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Salesforce.Mapping;
using Microsoft.Win32.SafeHandles;

namespace CrmLeadQualifier.Salesforce.Writing;

/// <summary>
/// The rows of one job as CSV, kept in a file that goes with the process: very many of them, and Contacts leave in the order of their Accounts. An empty value leaves
/// a field as it is, <c>#N/A</c> empties it.
/// </summary>
internal sealed class IngestRows : IDisposable
{
    /// <summary>Salesforce takes 150 MB once they are encoded; what is full at this has room for one more part.</summary>
    public const long MostBytes = 60_000_000;

    private const string Nothing = "#N/A";

    private readonly List<string> _columns;
    private readonly Dictionary<string, int> _places;
    private readonly RecordValues _values;
    private readonly List<(string? Company, long From, int Length)> _rows = [];
    private readonly SafeFileHandle _file;
    private readonly byte[] _header;
    private long _length;

    /// <param name="existing">The object's fields.</param>
    public IngestRows(RecordValues values, IReadOnlyCollection<string> existing)
    {
        _values = values;
        _columns = ["Id", .. LeadFieldNames.All.Where(name => existing.Contains(name, StringComparer.OrdinalIgnoreCase)), .. values.HasStatus ? [RecordValues.Status] : Array.Empty<string>()];
        _places = _columns.Select((name, place) => (name, place)).ToDictionary(column => column.name, column => column.place, StringComparer.OrdinalIgnoreCase);
        _header = Encoding.UTF8.GetBytes(string.Join(',', _columns) + "\n");
        var path = Path.Combine(Path.GetTempPath(), $"crm-lead-qualifier-{Path.GetRandomFileName()}");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var made = new FileStream(path, options);
        _file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.DeleteOnClose);
    }

    public int Count => _rows.Count;

    public bool IsFull => _length >= MostBytes;

    /// <exception cref="BatchRefusedException">A write names a field that the object lacks.</exception>
    public async Task AddAsync(IReadOnlyList<RecordWrite> part, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        var bytes = new MemoryStream();
        foreach (var write in part)
        {
            text.Clear();
            var row = new string?[_columns.Count];
            row[0] = write.RecordId;
            foreach (var (name, value) in _values.Of(write))
            {
                row[_places.TryGetValue(name, out var place) ? place : throw Missing(name)] = value.Length == 0 ? Nothing : value;
            }

            for (var i = 0; i < row.Length; i++)
            {
                text.Append(i > 0 ? "," : "");
                if (row[i] is { } value)
                {
                    text.Append('"').Append(value.Replace("\"", "\"\"")).Append('"');
                }
            }

            var line = Encoding.UTF8.GetBytes(text.Append('\n').ToString());
            _rows.Add((write.CompanyId, _length + bytes.Length, line.Length));
            bytes.Write(line);
        }

        await RandomAccess.WriteAsync(_file, bytes.GetBuffer().AsMemory(0, (int)bytes.Length), _length, cancellation).ConfigureAwait(false);
        _length += bytes.Length;
    }

    /// <summary>A body for one attempt.</summary>
    public HttpContent ToContent() => new Csv(this);

    public void Dispose() => _file.Dispose();

    private static BatchRefusedException Missing(string name) => new(
        $"The org has no field {name}, or hides it from our user.", LeadFieldNames.FieldOf(name) is { } field ? [field.Name] : []);

    private sealed class Csv : HttpContent
    {
        private readonly IngestRows _rows;

        public Csv(IngestRows rows)
        {
            _rows = rows;
            Headers.ContentType = new MediaTypeHeaderValue("text/csv") { CharSet = "UTF-8" };
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(_rows._header, cancellationToken).ConfigureAwait(false);
            var buffer = new byte[64 * 1024];
            foreach (var (_, from, length) in _rows._rows.OrderBy(row => row.Company, StringComparer.Ordinal))
            {
                buffer = buffer.Length < length ? new byte[length] : buffer;
                for (var read = 0; read < length;)
                {
                    read += await RandomAccess.ReadAsync(_rows._file, buffer.AsMemory(read, length - read), from + read, cancellationToken).ConfigureAwait(false) is > 0 and var some
                        ? some : throw new IOException("the file of a job's rows was cut off");
                }

                await stream.WriteAsync(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _rows._header.Length + _rows._length;
            return true;
        }
    }
}
