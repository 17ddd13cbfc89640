namespace CrmLeadQualifier.Sandbox.Salesforce.Records;

/// <summary>
/// A Lead becomes a Contact of an Account, with an Opportunity where one is asked for. Afterwards the Lead is read-only; its activities and campaign
/// memberships are the
/// Contact's, modified at that instant. Custom fields are not carried over: an org maps them itself or not at all.
/// </summary>
internal static class LeadConversion
{
    /// <param name="org">The org.</param>
    /// <param name="lead">An open Lead.</param>
    /// <param name="opportunityName">Null: no opportunity.</param>
    /// <param name="contact">An existing Contact to convert to; null: a new one.</param>
    /// <param name="at">When.</param>
    /// <param name="by">Who.</param>
    public static SObject Convert(Org org, SObject lead, string? opportunityName, SObject? contact, long at, SObject by)
    {
        var owner = org.Find(lead.Text("OwnerId")) is { Type.Name: "User" } user ? user : by;
        var account = contact?.Text("AccountId") is { } known ? org.Find(known)! : org.Store("Account")
            .Ordered.FirstOrDefault(candidate => !candidate.IsDeleted && lead.Text("Company") is not null
            && string.Equals(candidate.Text("Name"), lead.Text("Company"), StringComparison.OrdinalIgnoreCase));
        if (account is null && lead.Text("Company") is null)
        {
            // Whoever has no company becomes a person account; its Contact is there with it.
            account = org.Writer.Insert("Account", at, by, ("FirstName", lead["FirstName"]), ("LastName", lead["LastName"]), ("PersonEmail", lead["Email"]),
                ("PersonTitle", lead["Title"]), ("OwnerId", owner.Id));
            contact = org.Find(account.Text("PersonContactId"));
        }
        account ??= org.Writer.Insert("Account", at, by, ("Name", lead["Company"]), ("Website", lead["Website"]), ("Industry", lead["Industry"]),
            ("Phone", lead["Phone"]),
            ("NumberOfEmployees", lead["NumberOfEmployees"]), ("AnnualRevenue", lead["AnnualRevenue"]), ("OwnerId", owner.Id));
        contact ??= org.Writer.Insert("Contact", at, by, ("FirstName", lead["FirstName"]), ("LastName", lead["LastName"]), ("Email", lead["Email"]),
            ("Phone", lead["Phone"]),
            ("Title", lead["Title"]), ("LeadSource", lead["LeadSource"]), ("MailingCity", lead["City"]), ("MailingState", lead["State"]),
                ("MailingCountry", lead["Country"]),
            ("MailingPostalCode", lead["PostalCode"]), ("HasOptedOutOfEmail", lead["HasOptedOutOfEmail"]), ("AccountId", account.Id),
                ("OwnerId", owner.Id));
        SObject? opportunity = null;
        if (opportunityName is not null)
        {
            opportunity = org.Writer.Insert("Opportunity", at, by, ("Name", opportunityName), ("AccountId", account.Id), ("ContactId", contact.Id),
                ("StageName", "Prospecting"),
                ("CloseDate", SalesforceTime.Day(at + (90L * 86_400_000))), ("LeadSource", lead["LeadSource"]), ("OwnerId", owner.Id));
            org.Writer.Insert("OpportunityContactRole", at, by, ("OpportunityId", opportunity.Id), ("ContactId", contact.Id), ("IsPrimary", true));
        }
        foreach (var type in new[] { "Task", "Event" })
        {
            foreach (var activity in org.Store(type).Referring("WhoId", lead.Id).ToList())
                org.Writer.Update(activity, at, by, ("WhoId", contact.Id), ("WhatId", opportunity?.Id ?? activity["WhatId"]));
        }
        foreach (var member in org.Store("CampaignMember").Referring("LeadId", lead.Id).ToList())
        {
            if (CampaignMemberships.IsMember(org, member, "ContactId", contact))
                org.Writer.Delete(member, at, by);
            else
                org.Writer.Update(member, at, by, ("ContactId", contact.Id));
        }
        Mark(org, lead, account, contact, opportunity, at, by);
        return contact;
    }

    /// <summary>Turns a Lead into the read-only trace of its conversion.</summary>
    public static void Mark(Org org, SObject lead, SObject account, SObject contact, SObject? opportunity, long at, SObject by)
    {
        org.Writer.Update(lead, at, by, ("Status", "Closed - Converted"), ("IsConverted", true), ("ConvertedDate", SalesforceTime.Day(at)),
            ("ConvertedAccountId", account.Id),
            ("ConvertedContactId", contact.Id), ("ConvertedOpportunityId", opportunity?.Id));
        org.History.Note(lead, "leadConverted", at, by);
    }
}
