using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Http;
using CrmLeadQualifier.Salesforce.Mapping;
using CrmLeadQualifier.Salesforce.Queries;

namespace CrmLeadQualifier.Salesforce.Streams;

/// <summary>
/// Leads or Contacts as records of people. A merge leaves its mark on the loser only (deleted, with the survivor's id), a conversion on the Lead:
/// those records name the other one as the same person, and go on doing so however often they are read.
/// </summary>
internal sealed class PersonReader : IRowReader
{
    public const string Contact = "contact";
    public const string Lead = "lead";

    private readonly bool _isLead;
    private readonly SalesforceMapping _mapping;
    private readonly AttributeReader _attributes;
    private readonly QueryReading _queries;
    private readonly ObjectDescriptions _descriptions;
    private readonly UserDirectory _users;
    private readonly Organization _organization;
    private readonly Currencies _currencies;
    private readonly CallContext _call;

    private PersonReader(
        bool isLead, AttributeReader attributes, SalesforceMapping mapping, QueryReading queries, ObjectDescriptions descriptions, UserDirectory users, Organization organization,
        Currencies currencies)
    {
        _isLead = isLead;
        _attributes = attributes;
        _mapping = mapping;
        _queries = queries;
        _descriptions = descriptions;
        _users = users;
        _organization = organization;
        _currencies = currencies;
        _call = new CallContext(isLead ? "leads" : "contacts");
        string[] own =
        [
            "Email", "OwnerId", "MasterRecordId", "CreatedDate",
            .. isLead ? ["IsConverted", "ConvertedDate", "ConvertedContactId", "LastModifiedById", "LastModifiedDate"] : new[] { "AccountId" },
            .. isLead && mapping.WritesLeadStatus ? new[] { "Status" } : [],
        ];
        Fields = [.. own, Currencies.CurrencyField, .. attributes.Fields, .. LeadFieldNames.All];
        OwnFields = ["Id", "IsDeleted", RowTimes.StampField, .. own, .. LeadFieldNames.All];
    }

    public string Object => _isLead ? Lead : Contact;

    public string SObject => _isLead ? "Lead" : "Contact";

    public IReadOnlyList<string> Fields { get; }

    public IEnumerable<string> MappedFields => _attributes.Fields;

    /// <summary>What an attribute is read from on the record itself; nothing: it is not, or is worked out.</summary>
    public IReadOnlyList<string> FieldsOf(string attribute) => _attributes.FieldsOf(attribute);

    /// <summary>What shows our fields and who the record is, without the mapped attributes.</summary>
    public IReadOnlyList<string> OwnFields { get; }

    public static PersonReader OfLeads(
        SalesforceConnection connection, QueryReading queries, ObjectDescriptions descriptions, UserDirectory users, Organization organization, Currencies currencies) =>
        new(true, AttributeReader.OfLeads(connection.Mapping, connection.Attributes), connection.Mapping, queries, descriptions, users, organization, currencies);

    public static PersonReader OfContacts(
        SalesforceConnection connection, QueryReading queries, ObjectDescriptions descriptions, UserDirectory users, Organization organization, Currencies currencies) =>
        new(false, AttributeReader.OfContacts(connection.Mapping, connection.Attributes), connection.Mapping, queries, descriptions, users, organization, currencies);

    public async ValueTask ReadAsync(IReadOnlyList<SalesforceRow> rows, RowCollector collector, CancellationToken cancellation)
    {
        var unread = await UnreadAsync(cancellation).ConfigureAwait(false);
        foreach (var row in rows)
        {
            collector.Records.Add(await ReadAsync(row, unread, cancellation).ConfigureAwait(false));
        }
    }

    /// <summary>Records as they are now; gone ones are left out, a merged one comes under its survivor's id with its own among the aliases.</summary>
    public async Task<IReadOnlyList<CrmRecord>> ReadByIdsAsync(IReadOnlyList<string> ids, IReadOnlyList<string> fields, CancellationToken cancellation)
    {
        var found = new Dictionary<string, CrmRecord>();
        var former = new List<(string Old, string New)>();
        var unread = await UnreadAsync(cancellation).ConfigureAwait(false);
        IReadOnlyCollection<string> wanted = ids;
        while (wanted.Count > 0)
        {
            var rows = await _queries.ReadByIdsAsync(_call, SObject, fields, "Id", wanted, withDeleted: true, null, cancellation).ConfigureAwait(false);
            var further = new HashSet<string>();
            foreach (var row in rows.Where(row => row.Id is not null && row.Stamp() is not null))
            {
                if (!row.IsDeleted)
                {
                    found[row.Id!] = await ReadAsync(row, unread, cancellation).ConfigureAwait(false);
                }
                else if (row.Get("MasterRecordId") is { } survivor && former.All(merge => merge.Old != row.Id))
                {
                    former.Add((row.Id!, survivor));
                    further.Add(survivor);
                }
            }

            further.ExceptWith(found.Keys);
            wanted = further;
        }

        // A survivor may have been merged in turn: the oldest id leads to the last survivor.
        foreach (var (old, survivor) in former)
        {
            var present = survivor;
            while (!found.ContainsKey(present) && former.Find(merge => merge.Old == present) is { New: { } next })
            {
                present = next;
            }

            if (found.TryGetValue(present, out var record))
            {
                found[present] = record with { Aliases = [.. record.Aliases, old] };
            }
        }

        return [.. found.Values];
    }

    /// <summary>Attributes none of whose fields our user sees: nothing is known of them, which is not that they are empty.</summary>
    private async Task<IReadOnlyCollection<string>> UnreadAsync(CancellationToken cancellation)
    {
        var unread = new List<string>();
        foreach (var (attribute, fields) in _attributes.Sources)
        {
            if ((await _descriptions.ExistingAsync(SObject, fields, stream: null, cancellation).ConfigureAwait(false)).Count == 0)
            {
                unread.Add(attribute);
            }
        }

        return unread;
    }

    private async ValueTask<CrmRecord> ReadAsync(SalesforceRow row, IReadOnlyCollection<string> unread, CancellationToken cancellation)
    {
        var amounts = row.Get(Currencies.CurrencyField) is null ? null : await _currencies.AmountsAsync(
            row, _attributes.Fields, await _descriptions.GetAsync(SObject, _call.Stream, cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
        var others = row.IsDeleted ? row.Get("MasterRecordId") : row.Get("ConvertedContactId");
        return new CrmRecord(Object, row.Id!, row.Stamp()!.Value)
        {
            Attributes = _attributes.Read(row, amounts),
            Unread = amounts is null ? unread : [.. unread, .. _attributes.Sources.Where(source => source.Fields.Any(field => amounts.TryGetValue(field, out var amount) && amount is null))
                .Select(source => source.Attribute)],
            Fields = OurFields(row),
            Lifecycle = _isLead && _mapping.WritesLeadStatus ? row.Get("Status") : null,
            OwnerId = row.Get("OwnerId"),
            CompanyId = row.Get("AccountId"),
            Emails = row.Get("Email") is { } email ? [email] : [],
            SameAs = others is not null ? [others] : [],
            IsGone = row.IsDeleted,
            Conversion = row.Is("IsConverted") ? await ConversionAsync(row, cancellation).ConfigureAwait(false) : null,
        };
    }

    /// <summary>A converted Lead is read-only: who modified it last converted it, where that was on the day of the conversion.</summary>
    private async ValueTask<CrmConversion> ConversionAsync(SalesforceRow row, CancellationToken cancellation)
    {
        var modified = row.Time("LastModifiedDate");
        if (row.Time("ConvertedDate") is not { } day)
        {
            return new CrmConversion(modified ?? row.Stamp()!.Value, IsPerson: false, null);
        }

        var (at, isDayOnly) = (await _organization.GetDaysAsync(cancellation).ConfigureAwait(false)).Of(day, modified);
        var users = await _users.GetAsync(cancellation).ConfigureAwait(false);
        var user = isDayOnly ? null : row.Get("LastModifiedById");
        return new CrmConversion(at, users.IsPerson(user), user);
    }

    private static Dictionary<string, string> OurFields(SalesforceRow row)
    {
        var fields = new Dictionary<string, string>();
        foreach (var field in LeadField.All)
        {
            if (row.Get(LeadFieldNames.Of(field)) is { } value && FieldValue.Normalize(field, value) is { Length: > 0 } normal)
            {
                fields[field.Name] = normal;
            }
        }

        return fields;
    }
}
