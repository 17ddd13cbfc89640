using System.Collections.Frozen;

namespace CrmLeadQualifier.HubSpot.Streams;

/// <summary>HubSpot's words for where a change or a record came from, as far as they mean a person at work in HubSpot or its apps.</summary>
internal static class HumanSources
{
    private static readonly FrozenSet<string> Known = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "CRM_UI", "CRM_UI_BULK_ACTION", "CONTACTS_WEB", "MOBILE_IOS", "MOBILE_ANDROID", "CALLING", "MEETINGS_UI", "TASKS_UI", "CONVERSATIONS_UI", "SIDEKICK", "EXTENSION");

    public static bool Contains(string? source) => source is not null && Known.Contains(source);
}
