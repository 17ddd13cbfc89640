using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Salesforce.Http;
using CrmLeadQualifier.Salesforce.Mapping;
using CrmLeadQualifier.Salesforce.Queries;

namespace CrmLeadQualifier.Salesforce.Streams;

/// <summary>The streams in the order in which they are read: what others refer to comes first.</summary>
internal sealed class StreamTable
{
    private static readonly TimeSpan EveryCycle = TimeSpan.Zero;
    private static readonly TimeSpan EveryMinute = TimeSpan.FromSeconds(60);

    public StreamTable(
        SalesforceConnection connection, SalesforceTransport transport, QueryReading queries, ObjectDescriptions descriptions, UserDirectory users, Organization organization,
        TimeProvider clock)
    {
        var mapping = connection.Mapping;
        var lookAhead = new WindowLookAhead(transport, clock);
        Contacts = PersonReader.OfContacts(connection, queries, users, organization);
        Leads = PersonReader.OfLeads(connection, queries, users, organization);
        Accounts = new AccountReader(connection);
        var opportunities = Windowed("opportunities", StreamContentKind.Deals, EveryMinute, new OpportunityReader(mapping, queries, descriptions, organization));
        var tasks = Windowed("tasks", StreamContentKind.Activities, EveryMinute, new TaskReader(mapping, new EmailMessages(queries, descriptions), users, organization), kinds: ["call", "email_sent", "email_reply", "email_open", "meeting", "chat", "note", "task"]);
        ObjectStream[] windowed =
        [
            Windowed("accounts", StreamContentKind.Companies, TimeSpan.FromMinutes(5), Accounts),
            Windowed("contacts", StreamContentKind.Records, EveryCycle, Contacts, isEssential: true),
            Windowed("leads", StreamContentKind.Records, EveryCycle, Leads),
            opportunities,
            Windowed("opportunity_contact_roles", StreamContentKind.Deals, EveryMinute, new ContactRoleReader { Opportunities = opportunities }),
            tasks,
            Windowed("events", StreamContentKind.Activities, EveryMinute, new EventReader(mapping, users), kinds: ["meeting", "call"]),
            Windowed("campaign_members", StreamContentKind.Activities, EveryMinute, new CampaignMemberReader(mapping, users, organization), kinds: ["content_download", "event_registration", "event_attendance", "campaign_response"]),
            Windowed("email_messages", StreamContentKind.Activities, EveryMinute, new EmailMessageReader { Tasks = tasks }, kinds: ["email_sent", "email_reply", "email_open"]),
        ];
        lookAhead.Streams = windowed;
        All = [new UserStream(new("users", StreamContentKind.Owners, ChangeTracking.FullRead, TimeSpan.FromHours(1)), users), .. windowed];

        ObjectStream Windowed(string name, StreamContentKind content, TimeSpan cadence, IRowReader reader, bool isEssential = false, IReadOnlyList<string>? kinds = null) =>
            new(new(name, content, ChangeTracking.ModifiedSince, cadence) { Kinds = kinds ?? [] }, reader, isEssential, queries, descriptions, lookAhead);
    }

    public IReadOnlyList<ISalesforceStream> All { get; }

    public PersonReader Contacts { get; }

    public PersonReader Leads { get; }

    public AccountReader Accounts { get; }
}
