using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.Pages;

/// <summary>The plain pages of one CRM.</summary>
internal interface IRecordPages
{
    Answer Index(HubSpotCall call);

    Answer Record(HubSpotCall call);
}
