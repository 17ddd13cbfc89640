using CrmLeadQualifier.Core.Definitions;

namespace CrmLeadQualifier.Core.Scoring;

/// <summary>The weights of section 4, step 4: w(0) = 10^12, w(k+1) = floor(w(k) x (100 - lose) / 100), as far as they are above 0.</summary>
internal sealed class DecayTable
{
    public const long FullWeight = 1_000_000_000_000;

    /// <summary>Later than any instant, and small enough to be added to one.</summary>
    public const long Never = long.MaxValue / 2;

    private readonly long _every;
    private readonly double _perMillisecond;
    private readonly long[] _weights;

    private DecayTable(Decay decay)
    {
        _every = decay.Every.Ticks / TimeSpan.TicksPerMillisecond;
        _perMillisecond = 1.0 / _every;
        var weights = new List<long>();
        // Falls by at least 1 each step: some 2,400 steps at lose 1%.
        for (var weight = FullWeight; weight > 0; weight = weight * (100 - decay.LosePercent) / 100)
        {
            weights.Add(weight);
        }

        _weights = [.. weights];
    }

    /// <summary>Null where nothing decays.</summary>
    public static DecayTable? For(Decay? decay) => decay is null or { LosePercent: 0 } ? null : new DecayTable(decay);

    /// <summary>The weight at an age of 0 ms or more.</summary>
    /// <param name="remaining">How long until the weight is less; <see cref="Never"/> once it is 0.</param>
    public long WeightAt(long age, out long remaining)
    {
        // A product instead of a division, put right where rounding took it to the neighbouring step.
        var step = (long)(age * _perMillisecond);
        var start = step * _every;
        if (start > age)
        {
            step--;
            start -= _every;
        }
        else if (age - start >= _every)
        {
            step++;
            start += _every;
        }

        var weights = _weights;
        if ((ulong)step >= (ulong)weights.Length)
        {
            remaining = Never;
            return 0;
        }

        remaining = start + _every - age;
        return weights[step];
    }
}
