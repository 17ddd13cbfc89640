namespace CrmLeadQualifier.Sandbox.Salesforce.Records;

/// <summary>A person is a member of a campaign once, also after becoming another record.</summary>
internal static class CampaignMemberships
{
    /// <param name="org">The org.</param>
    /// <param name="member">A membership of somebody else; another object's record is none.</param>
    /// <param name="field">The reference by which people are named: LeadId or ContactId.</param>
    /// <param name="person">Who may be a member of the same campaign already.</param>
    public static bool IsMember(Org org, SObject member, string field, SObject person) => member.Type.Name == "CampaignMember"
        && org.Store(member.Type).Referring(field, person.Id).Any(other => other != member && other.Text("CampaignId") == member.Text("CampaignId"));
}
