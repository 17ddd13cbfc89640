using System.Globalization;

namespace CrmLeadQualifier.Storage.Texts;

/// <summary>A few ids in one column: <c>3,17,208</c>.</summary>
internal static class IdList
{
    public static string Write(IReadOnlyList<long> ids) => string.Join(',', ids.Select(id => id.ToString(CultureInfo.InvariantCulture)));

    public static IReadOnlyList<long> Read(string text) => text.Length == 0 ? [] : [.. text.Split(',').Select(id => long.Parse(id, CultureInfo.InvariantCulture))];
}
