using System.Xml.Linq;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Salesforce.Mapping;

namespace CrmLeadQualifier.Salesforce.Provisioning;

/// <summary>Who may see and change our fields: fields made by the API are hidden from everyone until a permission set shows them.</summary>
internal sealed record PermissionSet(string FullName, string Label)
{
    /// <summary>For sales: the worker's fields to read, their own to fill in.</summary>
    public static readonly PermissionSet Sales = new("Lead_Qualification", "Lead Qualification");

    /// <summary>For the integration user: all fields to write, all records to read.</summary>
    public static readonly PermissionSet Worker = new("Lead_Qualification_Worker", "Lead Qualification Worker");

    public static readonly IReadOnlyList<PermissionSet> All = [Sales, Worker];

    private static readonly (string SObject, bool IsEdited)[] WorkerObjects =
        [("Account", false), ("Campaign", false), ("Contact", true), ("Lead", true), ("Opportunity", false)];

    public XElement ToXml(IReadOnlyList<string> sobjects, IReadOnlyList<FieldDefinition> fields)
    {
        var ofFields = sobjects.SelectMany(sobject => fields.Select(field => Metadata.Element(
            "fieldPermissions",
            [
                Metadata.Element("editable", this == Worker || field.Field.Writer == FieldWriter.Sales ? "true" : "false"),
                Metadata.Element("field", $"{sobject}.{LeadFieldNames.Of(field.Field)}"),
                Metadata.Element("readable", "true"),
            ])));
        var ofObjects = (this == Worker ? WorkerObjects : []).Select(permission => Metadata.Element(
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
        return Metadata.Element("PermissionSet", [.. ofFields, Metadata.Element("hasActivationRequired", "false"), Metadata.Element("label", Label), .. ofObjects]);
    }
}
