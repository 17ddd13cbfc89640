namespace CrmLeadQualifier.Sandbox.CommandLine;

/// <summary>Which CRMs are started, and get the leads.</summary>
internal enum Split
{
    HubSpot,
    Salesforce,
    Both,
}
