using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;

namespace CrmLeadQualifier.Sandbox.Salesforce.Behaviours;

/// <summary>Several currencies: every record has one, and CurrencyType tells what a unit of the corporate one is in each.</summary>
internal static class SeveralCurrencies
{
    private const string Field = "CurrencyIsoCode";

    private static readonly string[] Having = ["Lead", "Contact", "Account", "Opportunity", "Campaign"];

    /// <param name="rates">Beside the corporate currency, which counts 1; those that are known get another rate. It moves no stamps.</param>
    public static void Set(Org org, IReadOnlyDictionary<string, double> rates)
    {
        var corporate = org.Store("Organization").Ordered[0].Text("DefaultCurrencyIsoCode")!;
        if (org.FindType("CurrencyType") is null)
            Enable(org, corporate);
        foreach (var (code, rate) in rates.Append(KeyValuePair.Create(corporate, 1.0)))
        {
            var row = org.Store("CurrencyType").Ordered.FirstOrDefault(known => known.Text("IsoCode") == code)
                ?? org.Writer.Insert("CurrencyType", org.Clock.Now, org.Users.Admin, ("IsoCode", code), ("IsActive", true), ("IsCorporate", code == corporate), ("DecimalPlaces", 2.0));
            org.Store("CurrencyType").Set(row, "ConversionRate", rate);
            foreach (var type in Having)
                org.FindType(type)!.Field(Field).AddValue(code);
        }
    }

    private static void Enable(Org org, string corporate)
    {
        org.AddType(new ObjectBuilder(new SObjectType("CurrencyType", "Currency Type", "Currency Types", "01L") { Createable = false, Updateable = false, Deletable = false })
            .System(deleted: false).Text("IsoCode", "Currency ISO Code", 3, required: true).Number("ConversionRate", "Conversion Rate", precision: 18, scale: 6)
            .Whole("DecimalPlaces", "Decimal Places").Flag("IsActive", "Active").Flag("IsCorporate", "Corporate Currency").Type);
        foreach (var type in Having.Select(name => org.FindType(name)!))
        {
            var field = type.Add(new SObjectField(Field, "Currency ISO Code", FieldType.Picklist) { Length = 3, Restricted = true, Default = corporate });
            foreach (var record in org.Store(type).Ordered)
                org.Store(type).Set(record, field, corporate);
        }
    }
}
