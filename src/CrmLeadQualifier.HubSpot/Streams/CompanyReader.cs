using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Mapping;

namespace CrmLeadQualifier.HubSpot.Streams;

/// <summary>Companies with the attributes that agreements read from them.</summary>
internal sealed class CompanyReader(HubSpotConnection connection) : IObjectReader
{
    public const string StampProperty = "hs_lastmodifieddate";

    private readonly AttributeReader _attributes = AttributeReader.OfCompanies(connection.Mapping, connection.Attributes);

    public IEnumerable<string> MappedProperties => _attributes.Properties;

    public ValueTask<IReadOnlyList<string>> PropertiesAsync(CancellationToken cancellation) => new([.. _attributes.Properties, StampProperty]);

    public ValueTask ReadAsync(HubSpotObject row, IReadOnlyList<string> contacts, int place, RowCollector rows, CancellationToken cancellation)
    {
        if (ObjectStamp.Of(row, StampProperty) is { } stamp)
        {
            rows.Companies.Add(new CrmCompany(row.Id!, stamp, _attributes.Read(row)));
        }
        else
        {
            rows.Unreadable(row.Id, place, $"no readable {StampProperty}");
        }

        return ValueTask.CompletedTask;
    }
}
