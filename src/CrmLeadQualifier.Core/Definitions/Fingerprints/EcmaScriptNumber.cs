using System.Globalization;

namespace CrmLeadQualifier.Core.Definitions.Fingerprints;

/// <summary>
/// A double as ECMAScript's Number::toString writes it, which RFC 8785 (section 3.2.2.3) makes the one form of a JSON number: the shortest digits that read back as the
/// same double, without an exponent from 1e-6 up to below 1e21.
/// </summary>
internal static class EcmaScriptNumber
{
    /// <param name="number">Finite.</param>
    public static string Format(double number)
    {
        if (!double.IsFinite(number))
        {
            throw new ArgumentOutOfRangeException(nameof(number), "JSON has no such number.");
        }

        if (number == 0)
        {
            return "0";
        }

        // "E16" would round; the round-trip form gives the shortest digits, in one of two layouts.
        var shortest = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture);
        var e = shortest.IndexOf('E', StringComparison.Ordinal);
        var exponent = e < 0 ? 0 : int.Parse(shortest.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = e < 0 ? shortest : shortest[..e];
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);

        // The value is 0.DIGITS times ten to the power n, as in the standard.
        var n = (point < 0 ? mantissa.Length : point) + exponent;
        var leadingZeros = digits.Length - digits.TrimStart('0').Length;
        n -= leadingZeros;
        digits = digits.Trim('0');

        var sign = number < 0 ? "-" : "";
        var k = digits.Length;
        if (n is > 0 and <= 21)
        {
            return sign + (k <= n ? digits + new string('0', n - k) : digits[..n] + "." + digits[n..]);
        }

        if (n is > -6 and <= 0)
        {
            return sign + "0." + new string('0', -n) + digits;
        }

        var power = (n - 1).ToString("+0;-0", CultureInfo.InvariantCulture);
        return sign + digits[..1] + (k == 1 ? "" : "." + digits[1..]) + "e" + power;
    }
}
