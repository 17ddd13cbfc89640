using System.Xml.Linq;

namespace CrmLeadQualifier.Salesforce.Provisioning;

/// <summary>Elements in the Metadata API's namespace.</summary>
internal static class Metadata
{
    private static readonly XNamespace Namespace = "http://soap.sforce.com/2006/04/metadata";

    public static XElement Element(string name, string value) => new(Namespace + name, value);

    public static XElement Element(string name, IEnumerable<XElement?> children) => new(Namespace + name, children);

    public static IEnumerable<XElement> Children(XElement parent, string name) => parent.Elements().Where(child => child.Name.LocalName == name);

    public static XElement? Child(XElement parent, string name) => Children(parent, name).FirstOrDefault();

    public static string? Text(XElement parent, string name) => Child(parent, name)?.Value.Trim();

    /// <summary>Whether it was something else before.</summary>
    public static bool SetText(XElement parent, string name, string value)
    {
        if (Child(parent, name) is not { } child)
        {
            parent.Add(Element(name, value));
            return true;
        }

        var isOther = child.Value.Trim() != value;
        child.Value = value;
        return isOther;
    }

    /// <summary>Behind those of its name: Salesforce refuses elements of one name that do not stand together.</summary>
    public static void Append(XElement parent, XElement child)
    {
        if (Children(parent, child.Name.LocalName).LastOrDefault() is { } last)
        {
            last.AddAfterSelf(child);
        }
        else
        {
            parent.Add(child);
        }
    }
}
