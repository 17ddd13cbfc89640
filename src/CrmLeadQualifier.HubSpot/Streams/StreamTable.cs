using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.HubSpot.Http;

namespace CrmLeadQualifier.HubSpot.Streams;

/// <summary>The streams in the order in which they are read: what others refer to comes first.</summary>
internal static class StreamTable
{
    private static readonly TimeSpan EveryCycle = TimeSpan.Zero;
    private static readonly TimeSpan EveryMinute = TimeSpan.FromSeconds(60);

    public static IEnumerable<IHubSpotStream> Of(HubSpotConnection connection, HubSpotTransport transport, ContactReader contacts, CompanyReader companies, RecentConversions conversions)
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
        yield return Activities("meetings", ActivityReader.Meetings(), "meeting");
        yield return Activities("calls", ActivityReader.Calls(), "call");
        yield return Activities("emails", ActivityReader.Emails(), "email_reply", "email_sent");
        yield return Activities("notes", ActivityReader.Notes(), "note");
        yield return Activities("tasks", ActivityReader.Tasks(), "task");
        yield return Activities("communications", ActivityReader.Communications(), "chat");
        yield return new PageViewStream(Happened("page_views", "page_view", "content_download"), transport);
        var forms = new FormReading(connection.Mapping, transport);
        yield return new FormSubmissionStream(
            Happened("form_submissions", "form_submission", "content_download", "event_registration") with { FollowsRecords = true }, forms, conversions);
        yield return new AllFormsStream(new("all_forms", StreamContentKind.Activities, ChangeTracking.HappenedSince, TimeSpan.FromDays(1)) { Fallback = ContactCounters.Fallbacks["form_submissions"] }, forms, transport);
        yield return new EmailEventStream(Happened("email_events", "email_open", "email_click", "email_bounce", "unsubscribe", "content_download"), transport);

        IHubSpotStream Activities(string type, ActivityReader reader, params string[] kinds) => new ObjectStream(
            new(type, StreamContentKind.Activities, ChangeTracking.ModifiedSince, EveryMinute) { Kinds = kinds, Fallback = ContactCounters.Fallbacks.GetValueOrDefault(type) },
            type, ActivityReader.StampProperty, withContacts: true, isEssential: false, reader, transport);

        static StreamDescription Happened(string name, params string[] kinds) =>
            new(name, StreamContentKind.Activities, ChangeTracking.HappenedSince, EveryMinute) { Kinds = kinds, Fallback = ContactCounters.Fallbacks[name] };
    }
}
