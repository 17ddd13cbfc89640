using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Mapping;

namespace CrmLeadQualifier.Salesforce.Streams;

/// <summary>Accounts with the attributes that agreements read from them. A person account is nobody's company: it has no company's name, only its person's.</summary>
internal sealed class AccountReader(SalesforceConnection connection, ObjectDescriptions descriptions, Currencies currencies) : IRowReader
{
    private const string OfPerson = "IsPersonAccount";
    private const string Name = "Name";

    private static readonly Dictionary<string, string?> NoName = new() { [Name] = null };

    private readonly AttributeReader _attributes = AttributeReader.OfAccounts(connection.Mapping, connection.Attributes);
    private readonly bool _knowsCustomers = connection.Attributes.Any(
        attribute => attribute.Name == "is_customer" && connection.Mapping.ContactSources(attribute).Contains(SalesforceMapping.CustomerAccount));

    public string SObject => "Account";

    public IReadOnlyList<string> Fields => [.. _attributes.Fields, OfPerson, Currencies.CurrencyField, .. _knowsCustomers ? new[] { "Type" } : []];

    public IEnumerable<string> MappedFields => _attributes.Fields;

    public async ValueTask ReadAsync(IReadOnlyList<SalesforceRow> rows, RowCollector collector, CancellationToken cancellation)
    {
        var described = await descriptions.GetAsync(SObject, "accounts", cancellation).ConfigureAwait(false);
        foreach (var row in rows)
        {
            // A deleted Account says nothing any more of those who were with it.
            var attributes = row.IsDeleted ? [] : _attributes.Read(row, await InsteadAsync(row, described, cancellation).ConfigureAwait(false));
            if (_knowsCustomers && !row.IsDeleted && row.Get("Type") is { } type && connection.Mapping.IsCustomer(type))
            {
                attributes["is_customer"] = "true";
            }

            collector.Companies.Add(new CrmCompany(row.Id!, row.Stamp()!.Value, attributes));
        }
    }

    private async ValueTask<IReadOnlyDictionary<string, string?>?> InsteadAsync(
        SalesforceRow row, IReadOnlyDictionary<string, FieldDescription> described, CancellationToken cancellation)
    {
        var amounts = await currencies.AmountsAsync(row, _attributes.Fields, described, cancellation).ConfigureAwait(false);
        return !row.Is(OfPerson) ? amounts : amounts is null ? NoName : new Dictionary<string, string?>(amounts) { [Name] = null };
    }
}
