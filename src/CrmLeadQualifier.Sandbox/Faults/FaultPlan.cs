using System.Globalization;

namespace CrmLeadQualifier.Sandbox.Faults;

/// <summary>Which call meets which fault: a list of KIND@CALL (calls count from 1 since the start or the last reset), and a rate of random ones.</summary>
internal sealed class FaultPlan
{
    private static readonly Dictionary<string, FaultKind> Names = new(StringComparer.Ordinal)
    {
        ["cut-before"] = FaultKind.CutBefore,
        ["cut-after"] = FaultKind.CutAfter,
        ["html"] = FaultKind.Html,
        ["empty"] = FaultKind.Empty,
        ["truncated"] = FaultKind.Truncated,
        ["429"] = FaultKind.TooMany,
        ["500"] = FaultKind.ServerError,
        ["slow"] = FaultKind.Slow,
        ["number"] = FaultKind.Number,
        ["401"] = FaultKind.Expired,
    };

    /// <summary>What a client overcomes by asking again.</summary>
    private static readonly FaultKind[] Retriable =
        [FaultKind.CutBefore, FaultKind.CutAfter, FaultKind.Html, FaultKind.Empty, FaultKind.Truncated, FaultKind.TooMany, FaultKind.ServerError,
            FaultKind.Slow];

    private readonly Lock _lock = new();
    private readonly double _rate;
    private readonly Random _random;
    private IReadOnlyDictionary<long, FaultKind> _planned;
    private long _calls;

    public FaultPlan(IReadOnlyDictionary<long, FaultKind> planned, double rate, int seed)
    {
        _planned = planned;
        _rate = rate;
        _random = new Random(seed);
    }

    /// <summary>Counts one more call and tells the fault that it meets, if any.</summary>
    public FaultKind? Next()
    {
        lock (_lock)
        {
            _calls++;
            if (_planned.TryGetValue(_calls, out var planned))
                return planned;
            return _rate > 0 && _random.NextDouble() < _rate ? Retriable[_random.Next(Retriable.Length)] : null;
        }
    }

    public void Restart()
    {
        lock (_lock)
            _calls = 0;
    }

    public void Replace(IReadOnlyDictionary<long, FaultKind> planned)
    {
        lock (_lock)
        {
            _planned = planned;
            _calls = 0;
        }
    }

    /// <summary>Reads "cut-after@12,html@3"; null and an empty text are no faults.</summary>
    public static bool TryRead(string? list, out IReadOnlyDictionary<long, FaultKind> planned, out string error)
    {
        var read = new Dictionary<long, FaultKind>();
        planned = read;
        error = "";
        foreach (var entry in (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = entry.IndexOf('@', StringComparison.Ordinal);
            if (at < 0 || !Names.TryGetValue(entry[..at], out var kind)
                || !long.TryParse(entry.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var call) || call < 1)
            {
                error = $"'{entry}' is no fault: write KIND@CALL, KIND one of {string.Join(", ", Names.Keys)}, CALL a number from 1.";
                return false;
            }
            read[call] = kind;
        }
        return true;
    }
}
