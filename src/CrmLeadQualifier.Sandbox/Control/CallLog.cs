namespace CrmLeadQualifier.Sandbox.Control;

/// <summary>What was called since the start or the last reset. Calls of the sandbox's own routes are not in it.</summary>
internal sealed class CallLog(long startedAt)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, long> _byRoute = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _faults = new(StringComparer.Ordinal);
    private long _since = startedAt;
    private long _total;
    private long _refused;
    private long _rowsRead;
    private long _rowsWritten;

    /// <summary>Notes a call as it arrives, before anything can cut it.</summary>
    public void Arrived(string route)
    {
        lock (_lock)
        {
            _total++;
            _byRoute[route] = _byRoute.GetValueOrDefault(route) + 1;
        }
    }

    /// <summary>Notes a fault that a call met or that began with it.</summary>
    public void Met(string fault)
    {
        lock (_lock)
            _faults[fault] = _faults.GetValueOrDefault(fault) + 1;
    }

    public void Answered(int status, int rowsRead, int rowsWritten)
    {
        lock (_lock)
        {
            if (status is 401 or 403 or 429)
                _refused++;
            _rowsRead += rowsRead;
            _rowsWritten += rowsWritten;
        }
    }

    public void Reset(long at)
    {
        lock (_lock)
        {
            _byRoute.Clear();
            _faults.Clear();
            _since = at;
            _total = _refused = _rowsRead = _rowsWritten = 0;
        }
    }

    public CallStatistics Read()
    {
        lock (_lock)
            return new CallStatistics(_since, _total, new SortedDictionary<string, long>(_byRoute, StringComparer.Ordinal), _refused, _rowsRead, _rowsWritten,
                new SortedDictionary<string, long>(_faults, StringComparer.Ordinal));
    }
}

internal sealed record CallStatistics(long Since, long Total, IReadOnlyDictionary<string, long> ByRoute, long Refused, long RowsRead, long RowsWritten,
    IReadOnlyDictionary<string, long> Faults);
