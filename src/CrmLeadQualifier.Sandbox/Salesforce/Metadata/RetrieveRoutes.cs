using System.IO.Compression;
using System.Xml;
using System.Xml.Linq;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Salesforce.Access;
using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Metadata;

/// <summary>
/// The Metadata API's SOAP endpoint, for what REST does not have: retrieve and checkRetrieveStatus. The session stands in the envelope's header.
/// </summary>
internal sealed class RetrieveRoutes(Org org, Sessions sessions, ApiUsage usage)
{
    private const long Takes = 1_000;
    private static readonly XNamespace Soap = "http://schemas.xmlsoap.org/soap/envelope/";

    private readonly Dictionary<string, (byte[] Zip, long BegunAt)> _begun = [];

    public Answer Handle(SalesforceCall call)
    {
        XElement envelope;
        try
        {
            envelope = XDocument.Load(new MemoryStream(call.Body.ToArray())).Root!;
        }
        catch (XmlException broken)
        {
            return Fault("soapenv:Client", broken.Message);
        }
        var session = envelope.Element(Soap + "Header")?.Descendants().FirstOrDefault(element => element.Name.LocalName == "sessionId")?.Value.Trim();
        if (sessions.Known(session ?? "", call.Now) is null)
            return Fault("sf:INVALID_SESSION_ID", "INVALID_SESSION_ID: Invalid Session ID found in SessionHeader: Illegal Session");
        usage.Take(call.Now);
        var operation = envelope.Element(Soap + "Body")?.Elements().FirstOrDefault();
        return operation?.Name.LocalName switch
        {
            "retrieve" => Retrieve(operation, call.Now),
            "checkRetrieveStatus" => Status(operation, call.Now),
            _ => Fault("sf:INVALID_TYPE", $"No operation available for request {operation?.Name.LocalName}"),
        };
    }

    private Answer Retrieve(XElement operation, long now)
    {
        var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            var package = new PackageWriter(org, operation.Descendants().Any(element => element.Name.LocalName == "singlePackage" && element.Value.Trim() == "true")
                ? "" : "unpackaged/");
            foreach (var types in operation.Descendants().Where(element => element.Name.LocalName == "types"))
            {
                foreach (var member in types.Elements().Where(element => element.Name.LocalName == "members"))
                    package.Add(types.Elements().First(element => element.Name.LocalName == "name").Value.Trim(), member.Value.Trim());
            }
            foreach (var (name, content) in package.Files())
            {
                using var entry = archive.CreateEntry(name).Open();
                content.Save(entry);
            }
        }
        var id = SalesforceId.Make("09S", _begun.Count + 1);
        _begun[id] = (zip.ToArray(), now);
        return Reply("retrieveResponse", new XElement(MetadataXml.Namespace + "done", false), new XElement(MetadataXml.Namespace + "id", id),
            new XElement(MetadataXml.Namespace + "state", "Queued"));
    }

    private Answer Status(XElement operation, long now)
    {
        var asked = operation.Elements().FirstOrDefault(element => element.Name.LocalName == "asyncProcessId")?.Value.Trim();
        if (SalesforceId.Read(asked ?? "") is not { } id || !_begun.TryGetValue(id, out var begun))
            return Fault("sf:INVALID_ID_FIELD", $"INVALID_ID_FIELD: invalid id: {asked}");
        var done = now >= begun.BegunAt + Takes;
        XElement Of(string name, object value) => new(MetadataXml.Namespace + name, value);
        return Reply("checkRetrieveStatusResponse", done
            ? [Of("done", true), Of("id", id), Of("status", "Succeeded"), Of("success", true), Of("zipFile", Convert.ToBase64String(begun.Zip))]
            : [Of("done", false), Of("id", id), Of("status", "InProgress"), Of("success", false)]);
    }

    private static Answer Reply(string name, params XElement[] result) => Envelope(200,
        new XElement(MetadataXml.Namespace + name, new XElement(MetadataXml.Namespace + "result", result)));

    private static Answer Fault(string code, string message) => Envelope(500,
        new XElement(Soap + "Fault", new XElement("faultcode", code), new XElement("faultstring", message)));

    private static Answer Envelope(int status, XElement body)
    {
        using var content = new MemoryStream();
        new XDocument(new XElement(Soap + "Envelope", new XAttribute(XNamespace.Xmlns + "soapenv", Soap.NamespaceName),
            new XAttribute(XNamespace.Xmlns + "sf", "http://soap.sforce.com/2006/04/metadata"), new XElement(Soap + "Body", body))).Save(content);
        return new Answer(status, content.ToArray(), "text/xml;charset=utf-8");
    }
}
