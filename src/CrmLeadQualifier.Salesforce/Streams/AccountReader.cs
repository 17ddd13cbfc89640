using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Mapping;

namespace CrmLeadQualifier.Salesforce.Streams;

/// <summary>Accounts with the attributes that agreements read from them.</summary>
internal sealed class AccountReader(SalesforceConnection connection) : IRowReader
{
    private readonly AttributeReader _attributes = AttributeReader.OfAccounts(connection.Mapping, connection.Attributes);
    private readonly bool _knowsCustomers = connection.Attributes.Any(
        attribute => attribute.Name == "is_customer" && connection.Mapping.ContactSources(attribute).Contains(SalesforceMapping.CustomerAccount));

    public string SObject => "Account";

    public IReadOnlyList<string> Fields => [.. _attributes.Fields, .. _knowsCustomers ? new[] { "Type" } : []];

    public IEnumerable<string> MappedFields => _attributes.Fields;

    public ValueTask ReadAsync(IReadOnlyList<SalesforceRow> rows, RowCollector collector, CancellationToken cancellation)
    {
        foreach (var row in rows)
        {
            // A deleted Account says nothing any more of those who were with it.
            var attributes = row.IsDeleted ? [] : _attributes.Read(row);
            if (_knowsCustomers && !row.IsDeleted && row.Get("Type") is { } type && connection.Mapping.IsCustomer(type))
            {
                attributes["is_customer"] = "true";
            }

            collector.Companies.Add(new CrmCompany(row.Id!, row.Stamp()!.Value, attributes));
        }

        return ValueTask.CompletedTask;
    }
}
