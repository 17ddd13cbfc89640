using System.Text;
using CrmLeadQualifier.Salesforce.Api;

namespace CrmLeadQualifier.Salesforce.Queries;

/// <summary>The rest of a CSV did not come, or is none.</summary>
internal sealed class BrokenCsvException(string message) : IOException(message);

/// <summary>
/// Reads rows from a CSV as it comes in: a header with the fields' names, values in quotes, which may hold line ends. An empty value is none (a query's result does not
/// tell it from null); the texts NA and null are texts. NUL characters, which do occur, are left out.
/// </summary>
internal sealed class CsvRows(Stream stream, TimeSpan patience) : IDisposable
{
    private readonly byte[] _bytes = new byte[64 * 1024];
    private readonly char[] _chars = new char[64 * 1024 + 1];
    private readonly Decoder _decoder = new UTF8Encoding(false).GetDecoder();
    private readonly StringBuilder _value = new();
    private string[]? _names;
    private int _at;
    private int _length;
    private bool _isAtEnd;

    /// <summary>The next row; null: there is none.</summary>
    /// <exception cref="BrokenCsvException">It ends within a row, or is no CSV of records.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async ValueTask<SalesforceRow?> ReadAsync(CancellationToken cancellation)
    {
        if (_names is null)
        {
            _names = await ValuesAsync(cancellation).ConfigureAwait(false) is { } header ? [.. header] : throw new BrokenCsvException("empty");
            if (!_names.Contains("Id", StringComparer.OrdinalIgnoreCase))
            {
                throw new BrokenCsvException("no CSV of records");
            }
        }

        if (await ValuesAsync(cancellation).ConfigureAwait(false) is not { } values)
        {
            return null;
        }

        if (values.Count != _names.Length)
        {
            throw new BrokenCsvException("a row of another width than the header's");
        }

        var row = new Dictionary<string, string>(_names.Length, StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < _names.Length; i++)
        {
            if (values[i].Length > 0)
            {
                row[_names[i]] = values[i];
            }
        }

        return new SalesforceRow(row);
    }

    public void Dispose() => stream.Dispose();

    /// <summary>The values of one line; null at the end.</summary>
    private async ValueTask<List<string>?> ValuesAsync(CancellationToken cancellation)
    {
        var values = new List<string>(_names?.Length ?? 16);
        var (isQuoted, wasQuoted) = (false, false);
        _value.Clear();
        while (true)
        {
            if (_at == _length && !await FillAsync(cancellation).ConfigureAwait(false))
            {
                return isQuoted ? throw new BrokenCsvException("cut off within a value")
                    : values.Count == 0 && _value.Length == 0 && !wasQuoted ? null
                    : End();
            }

            var c = _chars[_at++];
            if (isQuoted)
            {
                if (c != '"')
                {
                    Append(c);
                }
                else if ((_at < _length || await FillAsync(cancellation).ConfigureAwait(false)) && _chars[_at] == '"')
                {
                    _at++;
                    Append(c);
                }
                else
                {
                    isQuoted = false;
                }
            }
            else if (c == '"')
            {
                (isQuoted, wasQuoted) = (true, true);
            }
            else if (c == ',')
            {
                values.Add(_value.ToString());
                _value.Clear();
                wasQuoted = false;
            }
            else if (c == '\n')
            {
                // A blank line is none.
                if (values.Count > 0 || _value.Length > 0 || wasQuoted)
                {
                    return End();
                }
            }
            else if (c != '\r')
            {
                Append(c);
            }
        }

        void Append(char c)
        {
            if (c != '\0')
            {
                _value.Append(c);
            }
        }

        List<string> End()
        {
            values.Add(_value.ToString());
            return values;
        }
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        while (!_isAtEnd)
        {
            // The client's own time limit ends with the answer's head.
            wait.CancelAfter(patience);
            int read;
            try
            {
                read = await stream.ReadAsync(_bytes, wait.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new IOException("no more rows in time");
            }

            _isAtEnd = read == 0;
            (_at, _length) = (0, _decoder.GetChars(_bytes, 0, read, _chars, 0, flush: _isAtEnd));
            if (_length > 0)
            {
                return true;
            }
        }

        (_at, _length) = (0, 0);
        return false;
    }
}
