namespace CrmLeadQualifier.Sandbox.Salesforce.Schema;

/// <summary>The objects that the org has from the start, with the fields that a lead qualification can meet.</summary>
internal static class StandardObjects
{
    private const string Sources = "Web|Phone Inquiry|Partner Referral|Purchased List|Other";
    private const string Industries =
        "Agriculture|Apparel|Banking|Biotechnology|Chemicals|Communications|Construction|Consulting|Education|Electronics|Energy|Engineering|Entertainment|Environmental"
        + "|Finance|Food & Beverage|Government|Healthcare|Hospitality|Insurance|Machinery|Manufacturing|Media|Not For Profit|Other|Recreation|Retail|Shipping|Technology|Telecommunications"
        + "|Transportation|Utilities";
    private const string Ratings = "Hot|Warm|Cold";

    public static IEnumerable<SObjectType> All() =>
    [
        Lead(), Contact(), Account(), Opportunity(), OpportunityContactRole(), OpportunityStage(), LeadStatus(), Task(), Event(), Campaign(),
            CampaignMember(), EmailMessage(),
        User(), Group(), Profile(), Organization(), PermissionSet(), FieldPermissions(), PermissionSetAssignment(), ListView(),
            History("Lead", "00L"), History("Contact", "03H"),
    ];

    private static SObjectType Lead()
    {
        var lead = new ObjectBuilder(new SObjectType("Lead", "Lead", "Leads", "00Q") { History = "LeadHistory" }).System()
            .FixedReference("MasterRecordId", "Master Record ID", "MasterRecord", "Lead")
            .Text("LastName", "Last Name", 80, required: true).Text("FirstName", "First Name", 40)
            .Choice("Salutation", "Salutation", "Mr.|Ms.|Mrs.|Dr.|Prof.", length: 40)
            .Fixed("Name", "Full Name", FieldType.String, 121).Text("Title", "Title", 128).Text("Company", "Company", 255, required: true)
            .Address("", "")
            .Phone("Phone", "Phone").Phone("MobilePhone", "Mobile Phone").Email().Url("Website", "Website").LongText("Description", "Description")
            .Choice("LeadSource", "Lead Source", Sources)
            .Choice("Status", "Status", "Open - Not Contacted|Working - Contacted|Closed - Converted|Closed - Not Converted", defaulted: true)
            .Choice("Industry", "Industry", Industries).Choice("Rating", "Rating", Ratings)
            .Number("AnnualRevenue", "Annual Revenue", FieldType.Currency).Whole("NumberOfEmployees", "Employees")
            .Reference("OwnerId", "Owner ID", "Owner", required: false, "Group", "User").Flag("HasOptedOutOfEmail", "Email Opt Out")
            .Flag("DoNotCall", "Do Not Call")
            .Fixed("IsConverted", "Converted", FieldType.Boolean).Fixed("ConvertedDate", "Converted Date", FieldType.Date, nillable: true)
            .FixedReference("ConvertedAccountId", "Converted Account ID", "ConvertedAccount", "Account")
            .FixedReference("ConvertedContactId", "Converted Contact ID", "ConvertedContact", "Contact")
            .FixedReference("ConvertedOpportunityId", "Converted Opportunity ID", "ConvertedOpportunity", "Opportunity")
            .Flag("IsUnreadByOwner", "Unread By Owner")
            .Fixed("LastActivityDate", "Last Activity", FieldType.Date, nillable: true)
            .Moment("EmailBouncedDate", "Email Bounced Date", FieldType.DateTime)
            .Children("CampaignMembers", "CampaignMember", "LeadId").Children("Tasks", "Task", "WhoId").Children("Events", "Event", "WhoId")
            .Children("Histories", "LeadHistory", "LeadId").Type;
        lead.Field("Status").TrackHistory = lead.Field("OwnerId").TrackHistory = true;
        return lead;
    }

    private static SObjectType Contact() =>
        new ObjectBuilder(new SObjectType("Contact", "Contact", "Contacts", "003") { History = "ContactHistory" }).System()
        .FixedReference("MasterRecordId", "Master Record ID", "MasterRecord", "Contact")
        .Reference("AccountId", "Account ID", "Account", required: false, "Account")
        .Text("LastName", "Last Name", 80, required: true).Text("FirstName", "First Name", 40)
        .Choice("Salutation", "Salutation", "Mr.|Ms.|Mrs.|Dr.|Prof.", length: 40)
        .Fixed("Name", "Full Name", FieldType.String, 121).Address("Mailing", "Mailing ").Phone("Phone", "Business Phone")
        .Phone("MobilePhone", "Mobile Phone")
        .Reference("ReportsToId", "Reports To ID", "ReportsTo", required: false, "Contact").Email().Text("Title", "Title", 128)
        .Text("Department", "Department", 80)
        .Choice("LeadSource", "Lead Source", Sources).LongText("Description", "Contact Description")
        .Reference("OwnerId", "Owner ID", "Owner", required: false, "User")
        .Flag("HasOptedOutOfEmail", "Email Opt Out").Flag("DoNotCall", "Do Not Call")
        .Fixed("LastActivityDate", "Last Activity", FieldType.Date, nillable: true)
        .Moment("EmailBouncedDate", "Email Bounced Date", FieldType.DateTime)
        .Children("CampaignMembers", "CampaignMember", "ContactId").Children("Tasks", "Task", "WhoId").Children("Events", "Event", "WhoId")
        .Children("Histories", "ContactHistory", "ContactId")
        .Children("OpportunityContactRoles", "OpportunityContactRole", "ContactId").Type;

    private static SObjectType Account() => new ObjectBuilder(new SObjectType("Account", "Account", "Accounts", "001")).System()
        .FixedReference("MasterRecordId", "Master Record ID", "MasterRecord", "Account").Text("Name", "Account Name", 255, required: true)
        .Choice("Type", "Account Type",
        "Prospect|Customer - Direct|Customer - Channel|Channel Partner / Reseller|Installation Partner|Technology Partner|Other")
            .Address("Billing", "Billing ")
        .Phone("Phone", "Account Phone").Url("Website", "Website").Choice("Industry", "Industry", Industries)
        .Number("AnnualRevenue", "Annual Revenue", FieldType.Currency)
        .Whole("NumberOfEmployees", "Employees").Choice("Rating", "Account Rating", Ratings).LongText("Description", "Account Description")
        .Reference("OwnerId", "Owner ID", "Owner", required: false, "User").Fixed("LastActivityDate", "Last Activity", FieldType.Date, nillable: true)
        .Children("Contacts", "Contact", "AccountId").Children("Opportunities", "Opportunity", "AccountId").Type;

    private static SObjectType Opportunity() => new ObjectBuilder(new SObjectType("Opportunity", "Opportunity", "Opportunities", "006")).System()
        .Reference("AccountId", "Account ID", "Account", required: false, "Account").Text("Name", "Name", 120, required: true)
        .LongText("Description", "Description")
        .Choice("StageName", "Stage", string.Join('|', OpportunityStages.Select(stage => stage.Name)))
        .Number("Amount", "Amount", FieldType.Currency, 18, 2)
        .Number("Probability", "Probability (%)", FieldType.Percent, 3).Moment("CloseDate", "Close Date", FieldType.Date, required: true)
        .Choice("Type", "Opportunity Type", "Existing Customer - Upgrade|Existing Customer - Replacement|Existing Customer - Downgrade|New Customer")
        .Choice("LeadSource", "Lead Source", Sources)
        .Fixed("IsClosed", "Closed", FieldType.Boolean).Fixed("IsWon", "Won", FieldType.Boolean)
        .Choice("ForecastCategoryName", "Forecast Category", "Omitted|Pipeline|Best Case|Commit|Closed")
        .Reference("CampaignId", "Campaign ID", "Campaign", required: false, "Campaign")
        .Reference("OwnerId", "Owner ID", "Owner", required: false, "User")
        .Reference("ContactId", "Contact ID", "Contact", required: false, "Contact")
        .Fixed("LastActivityDate", "Last Activity", FieldType.Date, nillable: true)
        .Fixed("LastStageChangeDate", "Last Stage Change Date", FieldType.DateTime, nillable: true)
        .Children("OpportunityContactRoles", "OpportunityContactRole", "OpportunityId").Type;

    /// <summary>The stages of an opportunity, in order, with their probability.</summary>
    public static readonly IReadOnlyList<(string Name, int Probability, bool Closed, bool Won)> OpportunityStages =
    [
        ("Prospecting", 10, false, false), ("Qualification", 10, false, false), ("Needs Analysis", 20, false, false),
            ("Value Proposition", 50, false, false),
        ("Id. Decision Makers", 60, false, false), ("Perception Analysis", 70, false, false), ("Proposal/Price Quote", 75, false, false),
            ("Negotiation/Review", 90, false, false),
        ("Closed Won", 100, true, true), ("Closed Lost", 0, true, false),
    ];

    private static SObjectType OpportunityContactRole() =>
        new ObjectBuilder(new SObjectType("OpportunityContactRole", "Opportunity Contact Role", "Opportunity Contact Role", "00K")).System()
        .Reference("OpportunityId", "Opportunity ID", "Opportunity", required: true, "Opportunity")
        .Reference("ContactId", "Contact ID", "Contact", required: true, "Contact")
        .Choice("Role", "Role",
        "Business User|Decision Maker|Economic Buyer|Economic Decision Maker|Evaluator|Executive Sponsor|Influencer|Technical Buyer|Other",
            length: 40)
        .Flag("IsPrimary", "Primary").Type;

    private static SObjectType OpportunityStage() => new ObjectBuilder(
        new SObjectType("OpportunityStage", "Opportunity Stage", "Opportunity Stage", "01J") { Createable = false, Updateable = false,
            Deletable = false }).System(deleted: false)
        .Fixed("MasterLabel", "Master Label", FieldType.String, 255).Fixed("ApiName", "API Name", FieldType.String, 255)
        .Fixed("IsActive", "Is Active", FieldType.Boolean)
        .Fixed("SortOrder", "Sort Order", FieldType.Int).Fixed("IsClosed", "Closed", FieldType.Boolean).Fixed("IsWon", "Won", FieldType.Boolean)
        .Fixed("ForecastCategoryName", "Forecast Category Name", FieldType.String, 40)
        .Fixed("DefaultProbability", "Probability (%)", FieldType.Percent).Type;

    private static SObjectType LeadStatus() => new ObjectBuilder(
        new SObjectType("LeadStatus", "Lead Status Value", "Lead Status Value", "01J") { Createable = false, Updateable = false, Deletable = false })
            .System(deleted: false)
        .Fixed("MasterLabel", "Master Label", FieldType.String, 255).Fixed("ApiName", "API Name", FieldType.String, 255)
        .Fixed("SortOrder", "Sort Order", FieldType.Int)
        .Fixed("IsDefault", "Is Default", FieldType.Boolean).Fixed("IsConverted", "Converted", FieldType.Boolean).Type;

    private static SObjectType Task() => new ObjectBuilder(new SObjectType("Task", "Task", "Tasks", "00T")).System()
        .Reference("WhoId", "Name ID", "Who", required: false, "Contact", "Lead")
        .Reference("WhatId", "Related To ID", "What", required: false, "Account", "Campaign", "Opportunity")
        .Text("Subject", "Subject", 255).Moment("ActivityDate", "Due Date Only", FieldType.Date)
        .Choice("Status", "Status", "Not Started|In Progress|Completed|Waiting on someone else|Deferred", defaulted: true)
        .Choice("Priority", "Priority", "Normal|High|Low", defaulted: true).Fixed("IsHighPriority", "High Priority", FieldType.Boolean)
        .Reference("OwnerId", "Assigned To ID", "Owner", required: false, "Group", "User").LongText("Description", "Description")
        .Choice("Type", "Type", "Call|Email|Meeting|Other|Note|Chat", length: 40)
        .FixedReference("AccountId", "Account ID", "Account", "Account").Fixed("IsClosed", "Closed", FieldType.Boolean)
        .Fixed("IsArchived", "Archived", FieldType.Boolean)
        .Whole("CallDurationInSeconds", "Call Duration").Choice("CallType", "Call Type", "Internal|Inbound|Outbound", length: 40)
        .Text("CallDisposition", "Call Result", 255)
        .Text("CallObject", "Call Object Identifier", 255)
        .Choice("TaskSubtype", "Task Subtype", "Task|Email|ListEmail|Cadence|Call|LinkedIn", defaulted: true, length: 40)
        .Fixed("CompletedDateTime", "Completed Date", FieldType.DateTime, nillable: true).Flag("IsRecurrence", "Create Recurring Series of Tasks")
        .Type;

    private static SObjectType Event() => new ObjectBuilder(new SObjectType("Event", "Event", "Events", "00U")).System()
        .Reference("WhoId", "Name ID", "Who", required: false, "Contact", "Lead")
        .Reference("WhatId", "Related To ID", "What", required: false, "Account", "Campaign", "Opportunity")
        .Text("Subject", "Subject", 255).Text("Location", "Location", 255).Flag("IsAllDayEvent", "All-Day Event")
        .Moment("ActivityDateTime", "Due Date Time", FieldType.DateTime)
        .Moment("ActivityDate", "Due Date Only", FieldType.Date).Whole("DurationInMinutes", "Duration")
        .Moment("StartDateTime", "Start Date Time", FieldType.DateTime)
        .Moment("EndDateTime", "End Date Time", FieldType.DateTime).LongText("Description", "Description")
        .FixedReference("AccountId", "Account ID", "Account", "Account")
        .Reference("OwnerId", "Assigned To ID", "Owner", required: false, "User").Choice("Type", "Type", "Call|Email|Meeting|Other", length: 40)
        .Fixed("IsArchived", "Archived", FieldType.Boolean)
        .Flag("IsChild", "Is Child").Fixed("IsGroupEvent", "Is Group Event", FieldType.Boolean)
        .Choice("EventSubtype", "Event Subtype", "Event", defaulted: true, length: 40)
        .Choice("ShowAs", "Show Time As", "Busy|OutOfOffice|Free", defaulted: true, length: 40).Type;

    private static SObjectType Campaign() => new ObjectBuilder(new SObjectType("Campaign", "Campaign", "Campaigns", "701")).System()
        .Text("Name", "Name", 80, required: true)
        .Choice("Type", "Type",
        "Conference|Webinar|Trade Show|Public Relations|Partners|Referral Program|Advertisement|Banner Ads|Direct Mail|Email|Telemarketing|Other|Seminar|Content|White Paper", length: 40)
        .Choice("Status", "Status", "Planned|In Progress|Completed|Aborted", defaulted: true, length: 40)
        .Moment("StartDate", "Start Date", FieldType.Date).Moment("EndDate", "End Date", FieldType.Date)
        .Flag("IsActive", "Active").LongText("Description", "Description").Reference("OwnerId", "Owner ID", "Owner", required: false, "User")
        .Reference("ParentId", "Parent Campaign ID", "Parent", required: false, "Campaign")
        .Children("CampaignMembers", "CampaignMember", "CampaignId").Type;

    private static SObjectType CampaignMember() => new ObjectBuilder(new SObjectType("CampaignMember", "Campaign Member", "Campaign Members", "00v"))
        .System()
        .Reference("CampaignId", "Campaign ID", "Campaign", required: true, "Campaign")
        .Reference("LeadId", "Lead ID", "Lead", required: false, "Lead")
        .Reference("ContactId", "Contact ID", "Contact", required: false, "Contact")
        .Choice("Status", "Status", "Sent|Responded|Registered|Attended|Downloaded", defaulted: true, length: 40)
        .Fixed("HasResponded", "Responded", FieldType.Boolean).Fixed("FirstRespondedDate", "First Responded Date", FieldType.Date, nillable: true)
        .Fixed("LeadOrContactId", "Lead or Contact ID", FieldType.String, 18, nillable: true).Type;

    private static SObjectType EmailMessage() => new ObjectBuilder(new SObjectType("EmailMessage", "Email Message", "Email Messages", "02s")).System()
        .Reference("ActivityId", "Activity ID", "Activity", required: false, "Task")
        .Reference("RelatedToId", "Related To ID", "RelatedTo", required: false, "Account", "Opportunity")
        .Text("Subject", "Subject", 3_000).Text("FromAddress", "From Address", 1_000, kind: FieldType.Email).Text("FromName", "From Name", 1_000)
        .Text("ToAddress", "To Address", 4_000, kind: FieldType.LongTextArea).LongText("TextBody", "Text Body").Flag("Incoming", "Is Incoming")
        .Choice("Status", "Status", "0|1|2|3|4|5", length: 40).Moment("MessageDate", "Message Date", FieldType.DateTime)
        .Flag("IsTracked", "Is Tracked")
        .Fixed("IsOpened", "Opened?", FieldType.Boolean).Fixed("FirstOpenedDate", "First Opened", FieldType.DateTime, nillable: true)
        .Fixed("LastOpenedDate", "Last Opened", FieldType.DateTime, nillable: true).Fixed("IsBounced", "Bounced?", FieldType.Boolean).Type;

    private static SObjectType User() =>
        new ObjectBuilder(new SObjectType("User", "User", "Users", "005") { Createable = false, Updateable = false, Deletable = false })
            .System(deleted: false)
        .Text("Username", "Username", 80, required: true).Text("LastName", "Last Name", 80, required: true).Text("FirstName", "First Name", 40)
        .Fixed("Name", "Full Name", FieldType.String, 121)
        .Text("Title", "Title", 80).Text("Department", "Department", 80).Email().Phone("Phone", "Phone").Text("Alias", "Alias", 8)
        .Flag("IsActive", "Active")
        .Choice("TimeZoneSidKey", "Time Zone", "GMT|Europe/Paris|Europe/London|America/New_York", length: 40)
        .Choice("LocaleSidKey", "Locale", "en_US|fr_FR", length: 40)
        .Choice("LanguageLocaleKey", "Language", "en_US|fr", length: 40).Reference("ProfileId", "Profile ID", "Profile", required: false, "Profile")
        .Choice("UserType", "User Type", "Standard|PowerPartner|CSPLitePortal|CustomerSuccess|PowerCustomerSuccess|CsnOnly|AutomatedProcess|Guest",
        defaulted: true, length: 40)
        .Reference("ManagerId", "Manager ID", "Manager", required: false, "User").Moment("LastLoginDate", "Last Login", FieldType.DateTime).Type;

    private static SObjectType Group() =>
        new ObjectBuilder(new SObjectType("Group", "Group", "Group", "00G") { Createable = false, Updateable = false, Deletable = false })
            .System(deleted: false)
        .Text("Name", "Name", 40, required: true).Text("DeveloperName", "Developer Name", 80)
        .Choice("Type", "Type", "Regular|Role|Queue|Organization", length: 40).Email().Type;

    private static SObjectType Profile() =>
        new ObjectBuilder(new SObjectType("Profile", "Profile", "Profile", "00e") { Createable = false, Updateable = false, Deletable = false })
            .System(deleted: false)
        .Text("Name", "Name", 255, required: true).Choice("UserType", "User Type", "Standard", length: 40).Type;

    private static SObjectType Organization() => new ObjectBuilder(
        new SObjectType("Organization", "Organization", "Organizations", "00D") { Createable = false, Updateable = false, Deletable = false })
            .System(deleted: false)
        .Text("Name", "Name", 80, required: true).Text("InstanceName", "Instance Name", 5).Flag("IsSandbox", "Is Sandbox")
        .Moment("TrialExpirationDate", "Trial Expiration Date", FieldType.DateTime)
        .Text("NamespacePrefix", "Namespace Prefix", 15).Choice("OrganizationType", "Edition", "Enterprise Edition|Developer Edition", length: 40)
        .Choice("TimeZoneSidKey", "Time Zone", "GMT", length: 40).Choice("LanguageLocaleKey", "Language", "en_US|fr", length: 40)
        .Text("DefaultCurrencyIsoCode", "Default Currency ISO Code", 3).Type;

    private static SObjectType PermissionSet() => new ObjectBuilder(new SObjectType("PermissionSet", "Permission Set", "Permission Sets", "0PS"))
        .System(deleted: false)
        .Text("Name", "Permission Set Name", 80, required: true).Text("Label", "Permission Set Label", 80, required: true)
        .Text("Description", "Description", 255)
        .Flag("IsOwnedByProfile", "Is Owned By Profile").Reference("ProfileId", "Profile ID", "Profile", required: false, "Profile")
        .Flag("HasActivationRequired", "Has Activation Required").Flag("PermissionsApiEnabled", "API Enabled")
        .Flag("PermissionsViewAllData", "View All Data").Flag("PermissionsModifyAllData", "Modify All Data").Flag("PermissionsViewSetup", "View Setup and Configuration")
        .Flag("PermissionsConvertLeads", "Convert Leads").Flag("PermissionsEditConvertedLeads", "View and Edit Converted Leads")
        .Flag("PermissionsCustomizeApplication", "Customize Application")
        .Flag("PermissionsModifyMetadata", "Modify Metadata Through Metadata API Functions").Type;

    private static SObjectType FieldPermissions() =>
        new ObjectBuilder(new SObjectType("FieldPermissions", "Field Permissions", "Field Permissions", "01k")).System(deleted: false)
        .Reference("ParentId", "Parent ID", "Parent", required: true, "PermissionSet").Text("SobjectType", "Sobject Type", 40, required: true)
        .Text("Field", "Field Name", 255, required: true)
        .Flag("PermissionsRead", "Read Field").Flag("PermissionsEdit", "Edit Field").Type;

    private static SObjectType PermissionSetAssignment() => new ObjectBuilder(
        new SObjectType("PermissionSetAssignment", "Permission Set Assignment", "Permission Set Assignments", "0Pa") { Updateable = false })
            .System(deleted: false)
        .Reference("PermissionSetId", "PermissionSet ID", "PermissionSet", required: true, "PermissionSet")
        .Reference("AssigneeId", "Assignee ID", "Assignee", required: true, "User").Type;

    private static SObjectType ListView() =>
        new ObjectBuilder(new SObjectType("ListView", "List View", "List Views", "00B") { Createable = false, Updateable = false })
            .System(deleted: false)
        .Text("Name", "View Name", 40, required: true).Text("DeveloperName", "API Name", 80).Text("NamespacePrefix", "Namespace Prefix", 15)
        .Text("SobjectType", "Object Name", 40)
        .Flag("IsSoqlCompatible", "SOQL Compatible").Type;

    private static SObjectType History(string of, string prefix) => new ObjectBuilder(
        new SObjectType(of + "History", of + " History", of + " History", prefix) { Createable = false, Updateable = false, Deletable = false })
            .System(modified: false)
        .FixedReference(of + "Id", of + " ID", of, of).Fixed("Field", "Changed Field", FieldType.Picklist, 255)
        .Fixed("DataType", "Datatype", FieldType.Picklist, 40)
        .Fixed("OldValue", "Old Value", FieldType.AnyType, 255, nillable: true)
        .Fixed("NewValue", "New Value", FieldType.AnyType, 255, nillable: true).Type;
}
