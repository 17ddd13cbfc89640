using System.Globalization;
using System.Text;

namespace CrmLeadQualifier.Sandbox.HubSpot.Wire;

/// <summary>A cursor that only its maker reads: base64, and already percent-encoded in the answer, as recorded. Who encodes it again gets a 400.</summary>
internal static class OpaqueCursor
{
    public static string Write(string position)
    {
        // One or two bytes short of a group of three, so that there is always padding to encode.
        while (position.Length % 3 == 0)
            position += "|";
        return Uri.EscapeDataString(Convert.ToBase64String(Encoding.UTF8.GetBytes(position)));
    }

    public static string? Read(HubSpotCall call)
    {
        if (call.Query("after") is not { Length: > 0 } after)
            return null;
        var bytes = new byte[after.Length];
        return Convert.TryFromBase64String(after, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length)
            : throw HubSpotRefusal.Validation($"Invalid cursor: {after}");
    }

    public static int ReadOffset(HubSpotCall call) =>
        int.TryParse(Read(call)?.TrimEnd('|'), NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? offset : 0;
}
