using CrmLeadQualifier.Core.Text;

namespace CrmLeadQualifier.Core.Suggestions;

/// <summary>Names for segments, in a definition and in sentences.</summary>
internal static class SegmentNames
{
    private const int Longest = 60;

    /// <summary>An id that is not taken yet, such as <c>employees_below_50</c>.</summary>
    public static string Id(Segment segment, HashSet<string> taken)
    {
        var words = segment.Value?.Replace("<", "below", StringComparison.Ordinal).Replace(">=", "from", StringComparison.Ordinal) ?? "";
        var id = string.Concat($"{segment.Name}_{TextFolding.Fold(words)}".Select(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') ? c : '_')).Trim('_');
        id = id.Length > Longest ? id[..Longest] : id;
        var free = Free(id, taken);
        taken.Add(free);
        return free;
    }

    /// <summary>The id, with a number if it is taken.</summary>
    public static string Free(string id, IReadOnlySet<string> taken)
    {
        var free = id;
        for (var number = 2; taken.Contains(free); number++)
        {
            free = $"{id}_{number}";
        }

        return free;
    }

    /// <summary>Such as <c>employees &lt; 50</c> or <c>source: Google</c>.</summary>
    public static string Label(Segment segment) => Label(segment.Name, segment.Value);

    public static string Label(string name, string? value) => value is null ? name : value.StartsWith('<') || value.StartsWith('>') ? $"{name} {value}" : $"{name}: {value}";
}
