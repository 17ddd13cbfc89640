using System.IO.Compression;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Salesforce.Http;

namespace CrmLeadQualifier.Salesforce.Provisioning;

/// <summary>Reads metadata as it is, which the Metadata API gives by SOAP only.</summary>
internal sealed class MetadataRetrieval(SalesforceTransport transport, string apiVersion)
{
    private const int Looks = 60;

    private static readonly XNamespace Soap = "http://schemas.xmlsoap.org/soap/envelope/";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly CallContext _call = new("the org's metadata", "provisioning");

    /// <summary>The files of these components by their path.</summary>
    /// <param name="components">Type and full name: <c>RecordType</c>, <c>Lead.Partner</c>.</param>
    /// <exception cref="CrmException">Our user may not read metadata, or Salesforce did not finish.</exception>
    public async Task<IReadOnlyDictionary<string, XElement>> RetrieveAsync(IEnumerable<(string Type, string Name)> components, CancellationToken cancellation)
    {
        var asked = await AskAsync(Metadata.Element("retrieve", [Metadata.Element(
            "retrieveRequest",
            [
                Metadata.Element("apiVersion", apiVersion),
                Metadata.Element("singlePackage", "true"),
                Metadata.Element(
                    "unpackaged",
                    [
                        .. components.GroupBy(component => component.Type).Select(type => Metadata.Element(
                            "types", [.. type.Select(member => Metadata.Element("members", member.Name)), Metadata.Element("name", type.Key)])),
                        Metadata.Element("version", apiVersion),
                    ]),
            ])]), cancellation).ConfigureAwait(false);
        var id = Metadata.Text(asked, "id") ?? throw Refused("its answer names no retrieval");
        for (var look = 0; look < Looks; look++)
        {
            var status = await AskAsync(
                Metadata.Element("checkRetrieveStatus", [Metadata.Element("asyncProcessId", id), Metadata.Element("includeZip", "true")]), cancellation).ConfigureAwait(false);
            if (Metadata.Text(status, "done") == "true")
            {
                return Metadata.Text(status, "zipFile") is { Length: > 0 } zip ? Files(Convert.FromBase64String(zip)) : throw Refused(Metadata.Text(status, "status") ?? "it failed");
            }

            await transport.PauseAsync(Pause, cancellation).ConfigureAwait(false);
        }

        throw Refused("it takes too long");
    }

    /// <summary>The <c>result</c> of an operation.</summary>
    private async Task<XElement> AskAsync(XElement operation, CancellationToken cancellation)
    {
        var answer = await transport.CallAsync<string>(
            _call, (api, token, t) => api.SoapAsync(transport.Paths.MetadataSoap, Envelope(operation, token), token, t), cancellation).ConfigureAwait(false);
        try
        {
            return XDocument.Parse(answer.Body).Descendants().FirstOrDefault(element => element.Name.LocalName == "result") ?? throw Refused("its answer has no result");
        }
        catch (XmlException)
        {
            throw Refused("its answer is not XML");
        }
    }

    private static ByteArrayContent Envelope(XElement operation, string token)
    {
        var header = new XElement(Soap + "Header", Metadata.Element("SessionHeader", [Metadata.Element("sessionId", token)]));
        var envelope = new XElement(Soap + "Envelope", header, new XElement(Soap + "Body", operation));
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(envelope.ToString(SaveOptions.DisableFormatting)));
        content.Headers.ContentType = new("text/xml") { CharSet = "UTF-8" };
        content.Headers.Add("SOAPAction", "\"\"");
        return content;
    }

    private static Dictionary<string, XElement> Files(byte[] zip)
    {
        using var archive = new ZipArchive(new MemoryStream(zip), ZipArchiveMode.Read);
        var files = new Dictionary<string, XElement>();
        foreach (var entry in archive.Entries.Where(entry => entry.Name.Length > 0))
        {
            using var content = entry.Open();
            files[entry.FullName] = XDocument.Load(content).Root!;
        }

        return files;
    }

    private static StreamRefusedException Refused(string why) => new(
        "provisioning", $"Salesforce did not give the org's metadata: {why}.", "Give the integration user the permission Modify Metadata Through Metadata API Functions, or do without.");
}
