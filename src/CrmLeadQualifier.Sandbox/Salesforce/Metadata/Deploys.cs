using System.IO.Compression;
using System.Xml;
using System.Xml.Linq;
using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Metadata;

/// <summary>Deployments: a zip of metadata that is carried out a little after it was asked for, wholly or not at all.</summary>
internal sealed class Deploys(Org org)
{
    private const long Takes = 1_500;

    private readonly Dictionary<string, Deploy> _all = new(StringComparer.Ordinal);

    /// <param name="zip">The files.</param>
    /// <param name="singlePackage">Whether package.xml stands at the top; else it may stand in a folder.</param>
    /// <param name="checkOnly">Whether nothing is to be changed.</param>
    /// <param name="now">When it was asked for.</param>
    public Deploy Begin(byte[] zip, bool singlePackage, bool checkOnly, long now)
    {
        var deploy = new Deploy(SalesforceId.Make("0Af", _all.Count + 1), Open(zip, singlePackage), checkOnly, now);
        _all.Add(deploy.Id, deploy);
        return deploy;
    }

    public Deploy? Find(string id) => SalesforceId.Read(id) is { } whole ? _all.GetValueOrDefault(whole) : null;

    public void Finish(long now)
    {
        foreach (var deploy in _all.Values)
        {
            if (deploy.Done || now < deploy.CreatedAt + Takes)
                continue;
            var plan = new MetadataPlan(org);
            foreach (var (file, root) in deploy.Files)
                plan.Add(file, root);
            if (plan.Failures.Count == 0 && !deploy.CheckOnly)
                plan.CarryOut();
            deploy.Finish(plan.Components, plan.Failures, now);
        }
    }

    private static List<(string File, XElement Root)> Open(byte[] zip, bool singlePackage)
    {
        var files = new List<(string, XElement)>();
        try
        {
            using var archive = new ZipArchive(new MemoryStream(zip), ZipArchiveMode.Read);
            foreach (var entry in archive.Entries.Where(entry => entry.Name.Length > 0))
            {
                using var content = entry.Open();
                files.Add((entry.FullName, XDocument.Load(content).Root!));
            }
        }
        catch (Exception broken) when (broken is InvalidDataException or XmlException)
        {
            throw SalesforceRefusal.With(400, "INVALID_INPUT", "The zip file, or a file in it, cannot be read: " + broken.Message);
        }
        if (!singlePackage && files.Find(file => file.Item1.EndsWith("/package.xml", StringComparison.Ordinal)) is { Item1: { } manifest })
        {
            var folder = manifest[..^"package.xml".Length];
            files = [.. files.Where(file => file.Item1.StartsWith(folder, StringComparison.Ordinal)).Select(file => (file.Item1[folder.Length..], file.Item2))];
        }
        if (!files.Exists(file => file.Item1 == "package.xml"))
            throw SalesforceRefusal.With(400, "INVALID_INPUT", "No package.xml found");
        return files;
    }
}

internal sealed class Deploy(string id, List<(string File, XElement Root)> files, bool checkOnly, long createdAt)
{
    public string Id => id;

    public IReadOnlyList<(string File, XElement Root)> Files => files;

    public bool CheckOnly => checkOnly;

    public long CreatedAt => createdAt;

    public bool Done { get; private set; }

    public long CompletedAt { get; private set; }

    public bool Canceled { get; private set; }

    public IReadOnlyList<MetadataComponent> Components { get; private set; } = [];

    public IReadOnlyList<MetadataFailure> Failures { get; private set; } = [];

    public void Finish(IReadOnlyList<MetadataComponent> components, IReadOnlyList<MetadataFailure> failures, long now) =>
        (Done, Components, Failures, CompletedAt) = (true, components, failures, now);

    public void Cancel(long now) => (Done, Canceled, CompletedAt) = (true, true, now);
}

/// <param name="Type">CustomField, ListView, PermissionSet and the like.</param>
/// <param name="FullName">Lead.LQ_Stage__c.</param>
/// <param name="File">Where it stands in the zip.</param>
internal sealed record MetadataComponent(string Type, string FullName, string File)
{
    public bool Created { get; set; }

    public bool Deleted { get; init; }
}

internal sealed record MetadataFailure(MetadataComponent Component, string Problem);
