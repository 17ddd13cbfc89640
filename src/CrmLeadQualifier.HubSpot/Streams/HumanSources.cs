using System.Collections.Frozen;

namespace CrmLeadQualifier.HubSpot.Streams;

/// <summary>
/// HubSpot's words for where a change or a record came from, as far as they prove a person at work in HubSpot or its apps. Others may have a user too
/// (an import, a workflow that somebody enrolled into) without that person having decided on this value.
/// </summary>
internal static class HumanSources
{
    private static readonly FrozenSet<string> Known = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "CRM_UI", "CRM_UI_BULK_ACTION", "CONTACTS_WEB", "MOBILE_IOS", "MOBILE_ANDROID");

    public static bool Contains(string? source) => source is not null && Known.Contains(source);
}
