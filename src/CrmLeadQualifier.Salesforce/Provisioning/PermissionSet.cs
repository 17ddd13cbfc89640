using System.Xml.Linq;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Salesforce.Mapping;
using CrmLeadQualifier.Salesforce.Queries;

namespace CrmLeadQualifier.Salesforce.Provisioning;

/// <summary>Who may see and change our fields: fields made by the API are hidden from everyone until a permission set shows them.</summary>
internal sealed record PermissionSet(string FullName, string Label)
{
    /// <summary>For sales: the worker's fields to read, their own to fill in.</summary>
    public static readonly PermissionSet Sales = new("Lead_Qualification", "Lead Qualification");

    /// <summary>For the integration user: all fields to write, all records to read.</summary>
    public static readonly PermissionSet Worker = new("Lead_Qualification_Worker", "Lead Qualification Worker");

    public static readonly IReadOnlyList<PermissionSet> All = [Sales, Worker];

    /// <summary>For a query's list.</summary>
    public static string QuotedNames => string.Join(", ", All.Select(set => Soql.Quote(set.FullName)));

    private static readonly (string SObject, bool IsEdited)[] WorkerObjects =
        [("Account", false), ("Campaign", false), ("Contact", true), ("Lead", true), ("Opportunity", false)];

    public XElement ToXml(IReadOnlyList<string> sobjects, IReadOnlyList<FieldDefinition> fields) => Metadata.Element(
        "PermissionSet", [.. OfFields(sobjects, fields), Metadata.Element("hasActivationRequired", "false"), Metadata.Element("label", Label), .. OfObjects()]);

    /// <summary>The set with what ours lack in it; null: it has all. What an admin has added stays, since a deployment replaces the whole.</summary>
    /// <param name="present">As the org gave it.</param>
    public XElement? WithOurs(XElement present, IReadOnlyList<string> sobjects, IReadOnlyList<FieldDefinition> fields)
    {
        var merged = new XElement(present);
        var isChanged = false;
        foreach (var (key, wanted) in OfFields(sobjects, fields).Select(one => ("field", one)).Concat(OfObjects().Select(one => ("object", one))))
        {
            var known = Metadata.Children(merged, wanted.Name.LocalName).FirstOrDefault(one => Metadata.Text(one, key) == Metadata.Text(wanted, key));
            if (known is null)
            {
                Metadata.Append(merged, wanted);
                isChanged = true;
                continue;
            }

            foreach (var granted in wanted.Elements().Where(granted => granted.Value == "true"))
            {
                isChanged |= Metadata.SetText(known, granted.Name.LocalName, "true");
            }
        }

        return isChanged ? merged : null;
    }

    private IEnumerable<XElement> OfFields(IReadOnlyList<string> sobjects, IReadOnlyList<FieldDefinition> fields) =>
        sobjects.SelectMany(sobject => fields.Select(field => Metadata.Element(
            "fieldPermissions",
            [
                Metadata.Element("editable", this == Worker || field.Field.Writer == FieldWriter.Sales ? "true" : "false"),
                Metadata.Element("field", $"{sobject}.{LeadFieldNames.Of(field.Field)}"),
                Metadata.Element("readable", "true"),
            ])));

    private IEnumerable<XElement> OfObjects() => (this == Worker ? WorkerObjects : []).Select(permission => Metadata.Element(
        "objectPermissions",
        [
            Metadata.Element("allowCreate", "false"),
            Metadata.Element("allowDelete", "false"),
            Metadata.Element("allowEdit", permission.IsEdited ? "true" : "false"),
            Metadata.Element("allowRead", "true"),
            Metadata.Element("modifyAllRecords", "false"),
            Metadata.Element("object", permission.SObject),
            Metadata.Element("viewAllRecords", "true"),
        ]));
}
