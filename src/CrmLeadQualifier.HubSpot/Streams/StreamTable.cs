using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.HubSpot.Http;

namespace CrmLeadQualifier.HubSpot.Streams;

/// <summary>The streams in the order in which they are read: what others refer to comes first.</summary>
internal static class StreamTable
{
    private static readonly TimeSpan EveryCycle = TimeSpan.Zero;
    private static readonly TimeSpan EveryMinute = TimeSpan.FromSeconds(60);

    public static IEnumerable<IHubSpotStream> Of(HubSpotConnection connection, HubSpotTransport transport, ContactReader contacts, CompanyReader companies)
    {
        yield return new OwnerStream(new("owners", StreamContentKind.Owners, ChangeTracking.FullRead, TimeSpan.FromHours(1)), transport);
        yield return new ObjectStream(
            new("companies", StreamContentKind.Companies, ChangeTracking.ModifiedSince, TimeSpan.FromMinutes(5)),
            "companies", CompanyReader.StampProperty, withContacts: false, isEssential: false, companies, transport);
        yield return new ObjectStream(
            new("contacts", StreamContentKind.Records, ChangeTracking.ModifiedSince, EveryCycle),
            ContactReader.ObjectType, ContactReader.StampProperty, withContacts: false, isEssential: true, contacts, transport);
        yield return new ObjectStream(
            new("deals", StreamContentKind.Deals, ChangeTracking.ModifiedSince, EveryMinute),
            "deals", DealReader.StampProperty, withContacts: true, isEssential: false, new DealReader(connection, transport), transport);
        yield return Activities("meetings", ActivityReader.Meetings());
        yield return Activities("calls", ActivityReader.Calls());
        yield return Activities("emails", ActivityReader.Emails());
        yield return Activities("notes", ActivityReader.Notes());
        yield return Activities("tasks", ActivityReader.Tasks());
        yield return new PageViewStream(Happened("page_views"), transport);
        yield return new FormSubmissionStream(Happened("form_submissions"), connection.Mapping, transport);
        yield return new EmailEventStream(Happened("email_events"), transport);

        IHubSpotStream Activities(string type, ActivityReader reader) => new ObjectStream(
            new(type, StreamContentKind.Activities, ChangeTracking.ModifiedSince, EveryMinute),
            type, ActivityReader.StampProperty, withContacts: true, isEssential: false, reader, transport);

        static StreamDescription Happened(string name) => new(name, StreamContentKind.Activities, ChangeTracking.HappenedSince, EveryMinute);
    }
}
