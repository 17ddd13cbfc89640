namespace CrmLeadQualifier.Sandbox.HubSpot.Objects;

/// <summary>A kind of CRM record, with the names under which HubSpot's paths accept it.</summary>
internal sealed class ObjectType
{
    public static readonly ObjectType Contact = new("contact", "contacts", "0-1", ["email", "firstname", "lastname"], "createdate", "lastmodifieddate");
    public static readonly ObjectType Company = new("company", "companies", "0-2", ["domain", "name"], "createdate", "hs_lastmodifieddate");
    public static readonly ObjectType Deal = new("deal", "deals", "0-3", ["amount", "closedate", "dealname", "dealstage", "pipeline"], "createdate",
        "hs_lastmodifieddate");
    public static readonly ObjectType Ticket = new("ticket", "tickets", "0-5", ["content", "hs_pipeline", "hs_pipeline_stage", "hs_ticket_category",
        "hs_ticket_priority", "subject"], "createdate", "hs_lastmodifieddate");
    public static readonly ObjectType Note = new("note", "notes", "0-46", [], "hs_createdate", "hs_lastmodifieddate");
    public static readonly ObjectType Meeting = new("meeting", "meetings", "0-47", [], "hs_createdate", "hs_lastmodifieddate");
    public static readonly ObjectType Call = new("call", "calls", "0-48", [], "hs_createdate", "hs_lastmodifieddate");
    public static readonly ObjectType Email = new("email", "emails", "0-49", [], "hs_createdate", "hs_lastmodifieddate");
    public static readonly ObjectType Task = new("task", "tasks", "0-27", [], "hs_createdate", "hs_lastmodifieddate");
    public static readonly ObjectType Communication = new("communication", "communications", "0-18", [], "hs_createdate", "hs_lastmodifieddate");

    public static readonly ObjectType[] All = [Contact, Company, Deal, Call, Email, Meeting, Note, Task, Communication, Ticket];

    private static readonly Dictionary<string, ObjectType> ByName =
        All.SelectMany(type => new[] { (type.Singular, type), (type.Plural, type), (type.TypeId, type) })
            .ToDictionary(pair => pair.Item1, pair => pair.type, StringComparer.OrdinalIgnoreCase);

    private ObjectType(string singular, string plural, string typeId, string[] shownByDefault, string created, string modified)
    {
        Singular = singular;
        Plural = plural;
        TypeId = typeId;
        Created = created;
        Modified = modified;
        Always = [created, "hs_object_id", modified];
        Defaults = [.. shownByDefault, .. Always];
    }

    public string Singular { get; }

    public string Plural { get; }

    public string TypeId { get; }

    /// <summary>The property that holds the creation stamp.</summary>
    public string Created { get; }

    /// <summary>The property that holds the modification stamp: lastmodifieddate of contacts, hs_lastmodifieddate of everything else.</summary>
    public string Modified { get; }

    /// <summary>Properties in every answer, asked for or not.</summary>
    public string[] Always { get; }

    /// <summary>Properties of an answer where none are asked for.</summary>
    public string[] Defaults { get; }

    public bool IsEngagement => this != Contact && this != Company && this != Deal && this != Ticket;

    /// <summary>The type as scopes name it: engagements are under the contacts' ones.</summary>
    public string ScopeName => IsEngagement ? Contact.Plural : Plural;

    /// <summary>By plural, singular or type id ("contacts", "Contact", "0-1").</summary>
    public static ObjectType? Find(string name) => ByName.GetValueOrDefault(name);
}
