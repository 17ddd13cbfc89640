using System.Xml.Linq;

namespace CrmLeadQualifier.Salesforce.Provisioning;

/// <summary>Elements in the Metadata API's namespace.</summary>
internal static class Metadata
{
    private static readonly XNamespace Namespace = "http://soap.sforce.com/2006/04/metadata";

    public static XElement Element(string name, string value) => new(Namespace + name, value);

    public static XElement Element(string name, IEnumerable<XElement?> children) => new(Namespace + name, children);
}
