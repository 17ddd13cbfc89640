namespace CrmLeadQualifier.Sandbox.Faults;

/// <summary>Which call meets which fault: what a list names, and a rate of random ones. Calls count from 1 since the start, the last list or the last reset.</summary>
/// <param name="faults">The list.</param>
/// <param name="rate">The share of calls that meet a random fault: one of those that the list names without a call, of all that pass if it names none.</param>
/// <param name="seed">Decides the random ones.</param>
/// <param name="possible">What the CRM can do at all.</param>
internal sealed class FaultPlan(IReadOnlyList<NamedFault> faults, double rate, int seed, Func<FaultDescription, bool> possible)
{
    private readonly Lock _lock = new();
    private Random _random = new(seed);
    private List<NamedFault> _pending = [.. faults];
    private IReadOnlyList<FaultKind> _drawn = Drawn(faults, possible);
    private double _rate = rate;
    private long _calls;

    /// <summary>Counts one more call and tells what it meets.</summary>
    /// <param name="fits">Whether a fault can have its effect on this call.</param>
    public FaultsOfCall Next(Func<FaultKind, bool> fits)
    {
        lock (_lock)
        {
            _calls++;
            // Drawn for every call, so that what is drawn depends on the call's number only.
            var (share, place) = _rate > 0 ? (_random.NextDouble(), _random.NextDouble()) : (1, 0);
            var planned = _pending.FindLast(fault => fault.Call == _calls && fault.Fault.Span is FaultSpan.Call or FaultSpan.PlannedCall);
            var fitting = planned is null && share < _rate ? _drawn.Where(fits).ToList() : [];
            FaultKind? single = planned is not null ? planned.Fault.Kind : fitting.Count > 0 ? fitting[(int)(place * fitting.Count)] : null;
            var due = _pending.Where(fault => fault.Fault.Span is FaultSpan.Once or FaultSpan.Lasting && (fault.Call ?? 0) <= _calls && possible(fault.Fault)
                && (fault.Fault.Span == FaultSpan.Lasting || fits(fault.Fault.Kind))).ToList();
            foreach (var fault in due)
                _pending.Remove(fault);
            return new FaultsOfCall(single, due);
        }
    }

    public void Restart()
    {
        lock (_lock)
            _calls = 0;
    }

    /// <summary>Another list; rate and chance stay as they are unless others are given.</summary>
    public void Replace(IReadOnlyList<NamedFault> list, double? newRate, int? newSeed)
    {
        lock (_lock)
        {
            _random = newSeed is { } given ? new Random(given) : _random;
            _pending = [.. list];
            _drawn = Drawn(list, possible);
            _rate = newRate ?? _rate;
            _calls = 0;
        }
    }

    private static List<FaultKind> Drawn(IReadOnlyList<NamedFault> list, Func<FaultDescription, bool> possible)
    {
        var named = list.Where(fault => fault.Call is null && fault.Fault.Span == FaultSpan.Call).Select(fault => fault.Fault).ToList();
        var drawn = named.Count > 0 ? named : FaultCatalogue.All.Where(fault => fault is { Class: FaultClass.Transient, Span: FaultSpan.Call });
        return [.. drawn.Where(possible).Select(fault => fault.Kind)];
    }
}

/// <param name="Single">What happens to this call; null: nothing.</param>
/// <param name="Due">What begins, or happens beside it, with this call.</param>
internal readonly record struct FaultsOfCall(FaultKind? Single, IReadOnlyList<NamedFault> Due);
