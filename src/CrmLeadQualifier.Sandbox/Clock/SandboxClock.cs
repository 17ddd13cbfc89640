namespace CrmLeadQualifier.Sandbox.Clock;

/// <summary>
/// The clock of the emulated CRMs: starts at a given instant, runs with real time, and can be moved forward.
/// Stamps, Date headers and the search index's lag follow it; rate limits count real time, so that moving it is never needed to pass one.
/// </summary>
internal sealed class SandboxClock
{
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly long _start;
    private long _moved;

    public SandboxClock(TimeProvider time, DateTimeOffset? startAt)
    {
        _time = time;
        _origin = time.GetTimestamp();
        _start = (startAt ?? time.GetUtcNow()).ToUnixTimeMilliseconds();
    }

    public long Start => _start;

    public long Now => _start + (long)_time.GetElapsedTime(_origin).TotalMilliseconds + Volatile.Read(ref _moved);

    public void Advance(TimeSpan by) => Interlocked.Add(ref _moved, (long)by.TotalMilliseconds);
}
