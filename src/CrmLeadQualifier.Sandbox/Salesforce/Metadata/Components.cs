using System.Xml.Linq;

namespace CrmLeadQualifier.Sandbox.Salesforce.Metadata;

/// <summary>The org's metadata as it was deployed, by type and full name ("CustomField", "Lead.LQ_Score__c"), for whoever retrieves it.</summary>
internal sealed class Components
{
    private readonly Dictionary<(string Type, string Name), XElement> _all = [];

    public void Put(string type, string fullName, XElement content) => _all[(type, fullName)] = content;

    public void Remove(string type, string fullName) => _all.Remove((type, fullName));

    public XElement? Find(string type, string fullName) => _all.GetValueOrDefault((type, fullName));

    public IEnumerable<(string Name, XElement Content)> Of(string type) =>
        _all.Where(component => component.Key.Type == type).Select(component => (component.Key.Name, component.Value)).OrderBy(component => component.Name,
            StringComparer.Ordinal);
}
