namespace CrmLeadQualifier.Salesforce;

/// <summary>The org's API calls of the last 24 hours, whoever made them, and how many it has.</summary>
public readonly record struct ApiUsage(long Used, long Allowed)
{
    public long Left => Math.Max(0, Allowed - Used);
}
