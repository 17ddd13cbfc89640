using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Lifecycle;

/// <summary>
/// <see cref="BusinessClock"/> for hundreds of thousands of questions about one stretch of time: its openings are told once and then looked up. What lies outside the stretch is asked of the
/// clock itself, so that the answers are always the clock's.
/// </summary>
public sealed class BusinessTimeline
{
    private readonly BusinessHours _hours;
    private readonly Instant _from;
    private readonly Instant _to;
    private readonly long[] _opens;
    private readonly long[] _closes;

    /// <summary>Business milliseconds of the stretch up to each closing.</summary>
    private readonly long[] _passed;

    public BusinessTimeline(BusinessHours hours, Instant from, Instant to)
    {
        (_hours, _from, _to) = (hours, from, to);
        var times = BusinessClock.OpenTimes(hours, from).TakeWhile(time => time.Open < to).ToList();
        _opens = [.. times.Select(time => time.Open.UnixMilliseconds)];
        _closes = [.. times.Select(time => time.Close.UnixMilliseconds)];
        _passed = new long[times.Count];
        for (var i = 0; i < _passed.Length; i++)
        {
            _passed[i] = (i > 0 ? _passed[i - 1] : 0) + _closes[i] - _opens[i];
        }
    }

    /// <inheritdoc cref="BusinessClock.Between"/>
    public TimeSpan Between(Instant from, Instant to) =>
        to <= from ? TimeSpan.Zero
        : from < _from || to > _to ? BusinessClock.Between(_hours, from, to)
        : TimeSpan.FromMilliseconds(PassedBy(to) - PassedBy(from));

    /// <inheritdoc cref="BusinessClock.Add"/>
    public Instant Add(Instant start, TimeSpan businessTime)
    {
        if (start >= _from && start <= _to)
        {
            var target = PassedBy(start) + businessTime.Ticks / TimeSpan.TicksPerMillisecond;
            var next = Array.BinarySearch(_closes, start.UnixMilliseconds);
            next = next < 0 ? ~next : next + 1;
            var reached = Array.BinarySearch(_passed, target);
            reached = Math.Max(reached < 0 ? ~reached : reached, next);
            if (reached < _passed.Length)
            {
                return new Instant(_closes[reached] - (_passed[reached] - target));
            }
        }

        return BusinessClock.Add(_hours, start, businessTime);
    }

    private long PassedBy(Instant at)
    {
        var place = Array.BinarySearch(_opens, at.UnixMilliseconds);
        place = place < 0 ? ~place - 1 : place;
        return place < 0 ? 0 : _passed[place] - Math.Max(0, _closes[place] - at.UnixMilliseconds);
    }
}
