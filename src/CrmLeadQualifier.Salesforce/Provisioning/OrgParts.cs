using System.Xml.Linq;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Salesforce.Http;
using CrmLeadQualifier.Salesforce.Mapping;
using CrmLeadQualifier.Salesforce.Queries;

namespace CrmLeadQualifier.Salesforce.Provisioning;

/// <summary>What of ours is in the org, as far as our user may look it up: null or nothing where it may not.</summary>
internal sealed class OrgParts(SalesforceTransport transport, QueryReading queries, ObjectDescriptions descriptions, MetadataRetrieval retrieval)
{
    public static readonly IReadOnlyList<string> SObjects = ["Lead", "Contact"];

    private readonly CallContext _read = new("what was provisioned", "provisioning");

    /// <summary>The names of the object's list views.</summary>
    public Task<IReadOnlySet<string>?> ListViewsAsync(string sobject, CancellationToken cancellation) =>
        ValuesAsync($"SELECT DeveloperName FROM ListView WHERE SobjectType = '{sobject}'", "DeveloperName", cancellation);

    /// <summary>The names of the object's fields whose history is kept.</summary>
    public Task<IReadOnlySet<string>?> HistoryAsync(string sobject, CancellationToken cancellation) => ValuesAsync(
        $"SELECT QualifiedApiName, IsFieldHistoryTracked FROM FieldDefinition WHERE EntityDefinition.QualifiedApiName = '{sobject}'",
            "QualifiedApiName", cancellation, "IsFieldHistoryTracked");

    public Task<IReadOnlySet<string>?> PermissionSetsAsync(CancellationToken cancellation) =>
        ValuesAsync($"SELECT Name FROM PermissionSet WHERE Name IN ({PermissionSet.QuotedNames})", "Name", cancellation);

    /// <summary>Whether our user has the worker's permission set.</summary>
    public async Task<bool?> IsAssignedAsync(CancellationToken cancellation)
    {
        if (await transport.GetUserIdAsync(cancellation).ConfigureAwait(false) is not { } user)
        {
            return null;
        }

        var soql = $"SELECT Id FROM PermissionSetAssignment WHERE AssigneeId = '{user}' AND PermissionSet.Name = {Soql.Quote(PermissionSet.Worker.FullName)}";
        return await ValuesAsync(soql, "Id", cancellation).ConfigureAwait(false) is { } rows ? rows.Count > 0 : null;
    }

    public async Task<bool?> HasQuickActionAsync(string sobject, CancellationToken cancellation)
    {
        try
        {
            var rows = await queries.ToolingAsync(
                _read, $"SELECT DeveloperName FROM QuickActionDefinition WHERE SobjectType = '{sobject}'", cancellation).ConfigureAwait(false);
            return rows.Any(row => row.Get("DeveloperName") == QuickAction.Name);
        }
        catch (Exception refused) when (refused is StreamRefusedException or StaleDescriptionException)
        {
            return null;
        }
    }

    /// <summary>What a deployment replaces as a whole and admins change too, as it is.</summary>
    /// <param name="also">Beside record types and permission sets, by type and full name: those of them that there are.</param>
    public async Task<WholeParts> WholeAsync(IEnumerable<(string Type, string Name)> also, CancellationToken cancellation)
    {
        var sets = await PermissionSetsAsync(cancellation).ConfigureAwait(false);
        var recordTypes = await RecordTypesAsync(cancellation).ConfigureAwait(false);
        var names = also.Concat(recordTypes.Select(name => ("RecordType", name)))
            .Concat(PermissionSet.All.Where(set => sets?.Contains(set.FullName) != false).Select(set => ("PermissionSet", set.FullName))).ToList();
        try
        {
            return names.Count == 0 ? WholeParts.None : WholeParts.Of(await retrieval.RetrieveAsync(names, cancellation).ConfigureAwait(false));
        }
        catch (Exception refused) when (refused is StreamRefusedException or StaleDescriptionException or RetriableCrmException)
        {
            // Whoever sees a field of ours sees it by a permission set.
            var areThere = sets ?? (await SeesFieldsAsync(cancellation).ConfigureAwait(false) ? [.. PermissionSet.All.Select(set => set.FullName)] : new HashSet<string>());
            return WholeParts.None with { HiddenSets = areThere };
        }
    }

    private async Task<bool> SeesFieldsAsync(CancellationToken cancellation)
    {
        foreach (var sobject in SObjects)
        {
            var existing = await descriptions.GetAsync(sobject, null, cancellation).ConfigureAwait(false);
            if (LeadField.All.Select(LeadFieldNames.Of).Any(existing.ContainsKey))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The active ones that are the org's own; none where they cannot be read.</summary>
    private async Task<IReadOnlyList<string>> RecordTypesAsync(CancellationToken cancellation)
    {
        try
        {
            var rows = await queries.ReadAllAsync(
                _read, "SELECT DeveloperName, SobjectType, NamespacePrefix FROM RecordType WHERE SobjectType IN ('Lead', 'Contact') AND IsActive = true", withDeleted: false, cancellation)
                    .ConfigureAwait(false);
            return
            [
                .. rows.Where(row => row.Get("NamespacePrefix") is null && row.Get("DeveloperName") is not null && row.Get("SobjectType") is not null)
                    .Select(row => $"{row.Get("SobjectType")}.{row.Get("DeveloperName")}"),
            ];
        }
        catch (Exception refused) when (refused is StreamRefusedException or StaleDescriptionException)
        {
            return [];
        }
    }

    /// <summary>The values of a query's rows, of those where <paramref name="flag"/> is set.</summary>
    private async Task<IReadOnlySet<string>?> ValuesAsync(string soql, string field, CancellationToken cancellation, string? flag = null)
    {
        try
        {
            var rows = await queries.ReadAllAsync(_read, soql, withDeleted: false, cancellation).ConfigureAwait(false);
            return rows.Where(row => flag is null || row.Is(flag)).Select(row => row.Get(field)).OfType<string>().ToHashSet();
        }
        catch (Exception refused) when (refused is StreamRefusedException or StaleDescriptionException)
        {
            return null;
        }
    }
}

/// <param name="Fields">By <c>Lead.LQ_Stage__c</c>.</param>
/// <param name="ListViews">By <c>Lead.LQ_Overdue_All</c>.</param>
/// <param name="QuickActions">By full name, as are <paramref name="PermissionSets"/>.</param>
internal sealed record WholeParts(
    IReadOnlyDictionary<string, XElement> Fields, IReadOnlyDictionary<string, XElement> ListViews, IReadOnlyList<(string SObject, XElement Content)> RecordTypes,
    IReadOnlyDictionary<string, XElement> QuickActions, IReadOnlyDictionary<string, XElement> PermissionSets)
{
    public static readonly WholeParts None = Of(new Dictionary<string, XElement>());

    /// <summary>Permission sets that are there and that our user may not read: they must not be replaced.</summary>
    public IReadOnlySet<string> HiddenSets { get; init; } = new HashSet<string>();

    /// <param name="files">As they were retrieved, by their path.</param>
    public static WholeParts Of(IReadOnlyDictionary<string, XElement> files)
    {
        var objects = OrgParts.SObjects.SelectMany(sobject => files.Where(file => file.Key.EndsWith($"objects/{sobject}.object", StringComparison.Ordinal))
            .Select(file => (SObject: sobject, Content: file.Value))).ToList();
        return new WholeParts(
            Named("fields"), Named("listViews"), [.. objects.SelectMany(one => Metadata.Children(one.Content, "recordTypes").Select(type => (one.SObject, type)))],
            Whole("quickActions/", ".quickAction"), Whole("permissionsets/", ".permissionset"));

        Dictionary<string, XElement> Named(string element) => objects.SelectMany(one => Metadata.Children(one.Content, element)
            .Select(part => (Name: $"{one.SObject}.{Metadata.Text(part, "fullName")}", Content: part))).ToDictionary(part => part.Name, part => part.Content);

        Dictionary<string, XElement> Whole(string folder, string extension) => files.Where(file => file.Key.EndsWith(extension, StringComparison.Ordinal))
            .Select(file => (Path: file.Key[..^extension.Length], Content: file.Value)).Where(file => file.Path.Contains(folder, StringComparison.Ordinal))
            .ToDictionary(file => file.Path[(file.Path.LastIndexOf('/') + 1)..], file => file.Content);
    }
}
