using CrmLeadQualifier.Sandbox.Salesforce.Records;

namespace CrmLeadQualifier.Sandbox.Salesforce.Access;

/// <summary>The users of the org, and the queue that owns what nobody took.</summary>
internal sealed class OrgUsers
{
    public const string Username = "lead.qualification@vendor.example";

    private readonly Org _org;
    private readonly Dictionary<string, SObject> _byEmail = new(StringComparer.OrdinalIgnoreCase);

    public OrgUsers(Org org)
    {
        _org = org;
        var start = org.Clock.Start - (1_000L * 86_400_000);
        var organization = org.Store("Organization").Add();
        OrganizationId = organization.Id;
        var standard = Profile("Standard User");
        var administrator = Profile("System Administrator");
        var integrations = Profile("Salesforce API Only System Integrations");
        Admin = Add("admin@vendor.example", "Alex", "Moreau", administrator, start);
        Integration = Add(Username, "Lead Qualification", "Integration", integrations, start);
        Connector = Add("hubspot.connector@vendor.example", "HubSpot", "Integration", integrations, start);
        Automation = Add("autoproc@vendor.example", "Automated", "Process", standard, start, userType: "AutomatedProcess");
        StandardProfile = standard;
        foreach (var type in new[] { "Organization", "Profile" })
        {
            foreach (var record in org.Store(type).Ordered)
                Stamp(record, start);
        }
        Set(organization, ("Name", "Vendor"), ("InstanceName", "EMU1"), ("OrganizationType", "Enterprise Edition"), ("TimeZoneSidKey", "GMT"),
            ("LanguageLocaleKey", "en_US"),
            ("DefaultCurrencyIsoCode", "EUR"));
        Queue = org.Store("Group").Add();
        Set(Queue, ("Name", "Inbound Leads"), ("DeveloperName", "Inbound_Leads"), ("Type", "Queue"));
        Stamp(Queue, start);
        IntegrationPermissions = org.Store("PermissionSet").Add();
        Set(IntegrationPermissions, ("Name", "X00ed00000integration"), ("Label", "X00ed00000integration"), ("IsOwnedByProfile", true),
            ("ProfileId", integrations.Id));
        Stamp(IntegrationPermissions, start);
        // What an admin gives the user of an integration that is to follow converted Leads.
        var given = org.Store("PermissionSet").Add();
        Set(given, ("Name", "Integration_Access"), ("Label", "Integration access"), ("PermissionsEditConvertedLeads", true));
        Stamp(given, start);
        var assignment = org.Store("PermissionSetAssignment").Add();
        Set(assignment, ("AssigneeId", Integration.Id), ("PermissionSetId", given.Id));
        Stamp(assignment, start);
        Describe(start);
    }

    public string OrganizationId { get; private set; }

    /// <summary>Another org answers under the same address.</summary>
    public void Swap()
    {
        var store = _org.Store("Organization");
        var former = store.Ordered[0];
        var other = store.Add(SalesforceId.Make("00D", 7_777));
        foreach (var field in former.Type.Fields.Where(field => field.Name != "Id"))
            store.Set(other, field, former[field]);
        store.Vanish(former, _org.Clock.Now);
        OrganizationId = other.Id;
    }

    public SObject Admin { get; }

    /// <summary>The user as whom the API client runs.</summary>
    public SObject Integration { get; }

    /// <summary>The native connector's user.</summary>
    public SObject Connector { get; }

    /// <summary>As whom flows run.</summary>
    public SObject Automation { get; }

    public SObject Queue { get; }

    /// <summary>The permission set that stands for the integration user's profile.</summary>
    public SObject IntegrationPermissions { get; }

    private SObject StandardProfile { get; }

    public SObject? ByEmail(string email) => _byEmail.GetValueOrDefault(email.Trim());

    /// <summary>A salesperson.</summary>
    public SObject Add(string email, string firstName, string lastName, long createdAt, bool active = true) =>
        Add(email, firstName, lastName, StandardProfile, createdAt, active);

    private SObject Add(string email, string firstName, string lastName, SObject profile, long createdAt, bool active = true,
        string userType = "Standard")
    {
        var user = _org.Store("User").Add();
        email = email.Trim().ToLowerInvariant();
        Set(user, ("Username", email), ("Email", email), ("FirstName", Null(firstName)), ("LastName", lastName),
            ("Name", $"{firstName} {lastName}".Trim()), ("IsActive", active),
            ("Alias", lastName.Length > 8 ? lastName[..8].ToLowerInvariant() : lastName.ToLowerInvariant()), ("ProfileId", profile.Id),
                ("UserType", userType),
            ("TimeZoneSidKey", "GMT"), ("LocaleSidKey", "en_US"), ("LanguageLocaleKey", "en_US"));
        Stamp(user, createdAt);
        _byEmail[email] = user;
        return user;
    }

    private static string? Null(string text) => text.Length == 0 ? null : text;

    private SObject Profile(string name)
    {
        var profile = _org.Store("Profile").Add();
        Set(profile, ("Name", name), ("UserType", "Standard"));
        return profile;
    }

    /// <summary>The stages of opportunities and the statuses of leads are records too.</summary>
    private void Describe(long start)
    {
        double order = 1;
        foreach (var (name, probability, closed, won) in Schema.StandardObjects.OpportunityStages)
        {
            var stage = _org.Store("OpportunityStage").Add();
            Set(stage, ("MasterLabel", name), ("ApiName", name), ("IsActive", true), ("SortOrder", order++), ("IsClosed", closed), ("IsWon", won),
                ("ForecastCategoryName", won ? "Closed" : closed ? "Omitted" : "Pipeline"), ("DefaultProbability", (double)probability));
            Stamp(stage, start);
        }
        order = 1;
        // The two objects share a key prefix; ids of stages come first, so that no id is given twice.
        foreach (var value in _org.FindType("Lead")!.Field("Status").Values)
        {
            var status = _org.Store("LeadStatus").Add(SalesforceId.Make("01J", 500 + (long)order));
            Set(status, ("MasterLabel", value.Value), ("ApiName", value.Value), ("SortOrder", order++), ("IsDefault", value.Default),
                ("IsConverted", value.Value == "Closed - Converted"));
            Stamp(status, start);
        }
    }

    private void Set(SObject record, params (string Field, object? Value)[] values)
    {
        foreach (var (field, value) in values)
            _org.Store(record.Type).Set(record, field, value);
    }

    private void Stamp(SObject record, long at)
    {
        at = SalesforceTime.Second(at);
        var by = _org.Store("User").Ordered[0].Id;
        Set(record, ("CreatedDate", at), ("CreatedById", by), ("LastModifiedDate", at), ("LastModifiedById", by), ("SystemModstamp", at));
    }
}
