namespace CrmLeadQualifier.Resilience.Processes;

/// <summary>Which CRMs are connected.</summary>
[Flags]
public enum Crms
{
    HubSpot = 1,
    Salesforce = 2,
}
