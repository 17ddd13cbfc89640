using CrmLeadQualifier.HubSpot.Api;

namespace CrmLeadQualifier.HubSpot.Streams;

internal static class Cursor
{
    /// <summary>Where the next page is asked for; null: there is none. An empty page may have a next one, so nothing else ends a reading.</summary>
    public static string? Next(Paging? paging) => paging?.Next?.After is { Length: > 0 } after
        // Events and forms send it encoded for a URL already, and the client encodes what it puts into one.
        ? Uri.UnescapeDataString(after)
        : null;
}
