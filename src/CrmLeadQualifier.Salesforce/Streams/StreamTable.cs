using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Salesforce.Http;
using CrmLeadQualifier.Salesforce.Mapping;
using CrmLeadQualifier.Salesforce.Queries;

namespace CrmLeadQualifier.Salesforce.Streams;

/// <summary>The streams in the order in which they are read: what others refer to comes first.</summary>
internal sealed class StreamTable : IDisposable
{
    private static readonly TimeSpan EveryCycle = TimeSpan.Zero;
    private static readonly TimeSpan EveryMinute = TimeSpan.FromSeconds(60);

    public StreamTable(
        SalesforceConnection connection, SalesforceTransport transport, QueryReading queries, QueryJobs jobs, ObjectDescriptions descriptions, UserDirectory users,
        Organization organization, TimeProvider clock)
    {
        var mapping = connection.Mapping;
        var lookAhead = new WindowLookAhead(transport, clock);
        var currencies = new Currencies(queries, clock);
        Contacts = PersonReader.OfContacts(connection, queries, descriptions, users, organization, currencies);
        Leads = PersonReader.OfLeads(connection, queries, descriptions, users, organization, currencies);
        Accounts = new AccountReader(connection, descriptions, currencies);
        var opportunities = Windowed("opportunities", StreamContentKind.Deals, EveryMinute,
            new OpportunityReader(mapping, queries, descriptions, organization, currencies));
        var taskReader = new TaskReader(mapping, new EmailMessages(queries, descriptions), users, organization);
        var eventReader = new EventReader(mapping, users);
        var tasks = Activities(
            "tasks", taskReader,
            "call", "email_sent", "email_reply", "email_open", "meeting", "note", "chat", "task");
        ObjectStream[] windowed =
        [
            Windowed("accounts", StreamContentKind.Companies, TimeSpan.FromMinutes(5), Accounts),
            Windowed("contacts", StreamContentKind.Records, EveryCycle, Contacts, isEssential: true),
            Windowed("leads", StreamContentKind.Records, EveryCycle, Leads),
            opportunities,
            Windowed("opportunity_contact_roles", StreamContentKind.Deals, EveryMinute, new ContactRoleReader { Opportunities = opportunities }),
            tasks,
            Activities("events", eventReader, "meeting", "call"),
            Activities(
                "campaign_members", new CampaignMemberReader(mapping, users, organization),
                "event_registration", "event_attendance", "content_download", "campaign_response"),
            Activities("email_messages", new EmailMessageReader(users) { Tasks = tasks }, "email_sent", "email_reply", "email_open"),
            // Their kinds are those of the activities that they tie people to: whoever looks for a kind finds it there.
            Activities("task_relations", new RelationReader(taskReader)),
            Activities("event_relations", new RelationReader(eventReader)),
        ];
        lookAhead.Streams = windowed;
        All = [new UserStream(new("users", StreamContentKind.Owners, ChangeTracking.FullRead, TimeSpan.FromHours(1)), users), .. windowed];

        // Of people comes what they do without an activity: opting out.
        ObjectStream Windowed(string name, StreamContentKind content, TimeSpan cadence, IRowReader reader, bool isEssential = false) =>
            Stream(new(name, content, ChangeTracking.ModifiedSince, cadence) { Kinds = content == StreamContentKind.Records ? ["unsubscribe"] : [] }, reader, isEssential);

        ObjectStream Activities(string name, IRowReader reader, params string[] kinds) =>
            Stream(new(name, StreamContentKind.Activities, ChangeTracking.ModifiedSince, EveryMinute) { Kinds = kinds }, reader, isEssential: false);

        ObjectStream Stream(StreamDescription description, IRowReader reader, bool isEssential) =>
            new(description, reader, isEssential, queries, jobs, descriptions, lookAhead, connection.BulkAbove);
    }

    public IReadOnlyList<ISalesforceStream> All { get; }

    public void Dispose()
    {
        foreach (var stream in All.OfType<IDisposable>())
        {
            stream.Dispose();
        }
    }

    public PersonReader Contacts { get; }

    public PersonReader Leads { get; }

    public AccountReader Accounts { get; }
}
