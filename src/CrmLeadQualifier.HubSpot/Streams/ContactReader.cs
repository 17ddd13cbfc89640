using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Mapping;

namespace CrmLeadQualifier.HubSpot.Streams;

/// <summary>Contacts as records of people: mapped attributes, our fields, lifecycle, owner, company, addresses and former ids.</summary>
internal sealed class ContactReader(HubSpotConnection connection, ContactProperties properties, RecentConversions conversions) : IObjectReader
{
    public const string Object = "contact";
    public const string ObjectType = "contacts";
    public const string StampProperty = "lastmodifieddate";

    private const string PageViewsProperty = "hs_analytics_num_page_views";

    /// <summary>Always there, and read whatever is mapped.</summary>
    private static readonly string[] Always =
    [
        LeadProperties.Lifecycle, "email", "hubspot_owner_id", "associatedcompanyid", "hs_additional_emails", "hs_merged_object_ids", StampProperty, "createdate",
        "salesforcecontactid", "salesforceleadid", RecentConversions.NameProperty, RecentConversions.DateProperty, PageViewsProperty, .. ContactCounters.Properties,
    ];

    private readonly AttributeReader _attributes = AttributeReader.OfContacts(connection.Mapping, connection.Attributes);
    private readonly bool _knowsCustomers = connection.Attributes.Any(attribute => attribute.Name == "is_customer");

    public IEnumerable<string> MappedProperties => _attributes.Properties;

    private IEnumerable<string> Wanted => _attributes.Properties.Concat(Always).Concat(LeadProperties.All).Distinct();

    public IReadOnlyList<string> PreviewProperties => [.. Wanted];

    public async ValueTask<IReadOnlyList<string>> PropertiesAsync(CancellationToken cancellation) =>
        await properties.ExistingAsync(Wanted, cancellation).ConfigureAwait(false);

    /// <summary>
    /// An attribute that a company may give, or that is worked out (a customer, an open deal), counts as readable: what a portal hides of a contact is what decides about people.
    /// </summary>
    public async Task<IReadOnlySet<string>> ReadableAttributesAsync(CancellationToken cancellation)
    {
        var existing = await properties.GetAsync(cancellation).ConfigureAwait(false);
        return connection.Attributes
            .Where(attribute => !_attributes.IsMapped(attribute.Name) || _attributes.PropertiesOf(attribute.Name).Any(existing.ContainsKey))
            .Select(attribute => attribute.Name)
            .ToHashSet();
    }

    public CrmRecord? Preview(HubSpotObject row)
    {
        conversions.Note(row);
        return Read(row);
    }

    public ValueTask ReadAsync(HubSpotObject row, IReadOnlyList<string> contacts, int place, RowCollector rows, CancellationToken cancellation)
    {
        if (!rows.IsFirstRead)
        {
            conversions.Note(row);
        }

        if (Read(row) is { } record)
        {
            rows.Records.Add(record);
        }
        else
        {
            rows.Unreadable(row.Id, place, $"no readable {StampProperty}");
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Null: its modification time cannot be read.</summary>
    public CrmRecord? Read(HubSpotObject row)
    {
        if (ObjectStamp.Of(row, StampProperty) is not { } stamp)
        {
            return null;
        }

        var attributes = _attributes.Read(row);
        if (_knowsCustomers && row.Get(LeadProperties.Lifecycle) is { } stage)
        {
            attributes["is_customer"] = stage == connection.Mapping.CustomerStage ? "true" : "false";
        }

        return new CrmRecord(Object, row.Id!, stamp)
        {
            Attributes = attributes,
            Fields = Fields(row),
            Lifecycle = row.Get(LeadProperties.Lifecycle),
            OwnerId = row.Get("hubspot_owner_id"),
            HasLateActivities = row.Get(PageViewsProperty) is { } views && views != "0",
            Counters = ContactCounters.Read(row, connection.Mapping),
            CompanyId = row.Get("associatedcompanyid"),
            Emails = [.. Split(row.Get("email")).Concat(Split(row.Get("hs_additional_emails"))).Distinct()],
            Aliases =
            [
                .. Split(row.Get("hs_merged_object_ids")),
                .. new[] { row.Get("salesforcecontactid"), row.Get("salesforceleadid") }.OfType<string>().Select(id => "salesforce:" + id.Trim()),
            ],
        };
    }

    private static Dictionary<string, string> Fields(HubSpotObject row)
    {
        var fields = new Dictionary<string, string>();
        foreach (var field in LeadField.All)
        {
            if (row.Get(LeadProperties.Of(field)) is { } value && FieldValue.Normalize(field, value) is { Length: > 0 } normal)
            {
                fields[field.Name] = normal;
            }
        }

        return fields;
    }

    private static string[] Split(string? list) => list?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
}
