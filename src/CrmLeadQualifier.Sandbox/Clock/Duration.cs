using System.Globalization;

namespace CrmLeadQualifier.Sandbox.Clock;

/// <summary>A whole number and its unit: ms, s, m, h, d or w ("20m").</summary>
internal static class Duration
{
    private static readonly (string Unit, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400), ("w", 604800)];

    public static bool TryRead(string? text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        foreach (var (unit, seconds) in Units)
        {
            if (text is null || !text.EndsWith(unit, StringComparison.Ordinal))
                continue;
            if (!int.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
                continue;
            duration = TimeSpan.FromSeconds(count * seconds);
            return true;
        }
        return false;
    }
}
