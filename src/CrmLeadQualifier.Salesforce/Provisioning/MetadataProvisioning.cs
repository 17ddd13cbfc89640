using System.Xml.Linq;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Http;
using CrmLeadQualifier.Salesforce.Mapping;
using CrmLeadQualifier.Salesforce.Queries;
using CrmLeadQualifier.Salesforce.Writing;

namespace CrmLeadQualifier.Salesforce.Provisioning;

/// <summary>
/// Makes and keeps our fields on Leads and Contacts, their field history, permission sets and list views: compared with what the org describes,
/// brought by one deploy. Options are merged into those that are there, never replaced; page layouts are left alone.
/// </summary>
internal sealed class MetadataProvisioning(
    SalesforceTransport transport, QueryReading queries, ObjectDescriptions descriptions, MetadataDeployment deployment, MetadataRetrieval retrieval,
    string apiVersion, TimeProvider clock)
{
    /// <summary>Salesforce keeps the history of so many fields of one object.</summary>
    private const int MostTracked = 20;

    private const string Assignment = "assignment of Lead_Qualification_Worker";

    // A description is cached by Salesforce for a moment.
    private const int DescribeAttempts = 10;

    private static readonly TimeSpan DescribePause = TimeSpan.FromSeconds(2);
    private static readonly string[] SObjects = ["Lead", "Contact"];
    private static readonly LeadField[] Tracked = [LeadField.Verdict, LeadField.RejectionReason];

    private readonly CallContext _read = new("what was provisioned", "provisioning");
    private readonly CallContext _assign = new("the assignment of the permission set", IsWrite: true);

    public async Task<IReadOnlyList<ProvisioningStep>> PlanAsync(IReadOnlyList<FieldDefinition> fields, CancellationToken cancellation)
    {
        descriptions.Forget();
        var steps = new List<ProvisioningStep>();
        foreach (var sobject in SObjects)
        {
            var existing = await descriptions.GetAsync(sobject, null, cancellation).ConfigureAwait(false);
            foreach (var field in fields)
            {
                var name = $"{sobject}.{LeadFieldNames.Of(field.Field)}";
                if (!existing.TryGetValue(LeadFieldNames.Of(field.Field), out var present))
                {
                    steps.Add(new ProvisioningStep(name, $"create field {name}"));
                }
                else if (FieldMetadata.Differences(present, field) is { Count: > 0 } differences)
                {
                    steps.Add(new ProvisioningStep(name, $"change field {name}: {string.Join(", ", differences)}"));
                }
            }

            foreach (var field in await UntrackedAsync(sobject, fields, cancellation).ConfigureAwait(false))
            {
                steps.Add(new ProvisioningStep(History(sobject, field), $"keep the history of field {sobject}.{LeadFieldNames.Of(field)}"));
            }

            var views = await ExistingAsync($"SELECT DeveloperName FROM ListView WHERE SobjectType = '{sobject}'", "DeveloperName", cancellation)
                .ConfigureAwait(false);
            steps.AddRange(ListView.Of(sobject, fields).Where(view => views?.Contains(view.FullName) == false)
                .Select(view => new ProvisioningStep($"{sobject}.{view.FullName}", $"create list view {sobject}: {view.Label}")));
        }

        foreach (var sobject in SObjects.Where(_ => QuickAction.ToXml(fields) is not null))
        {
            if (await HasQuickActionAsync(sobject, cancellation).ConfigureAwait(false) == false)
            {
                steps.Add(new ProvisioningStep(QuickAction.FullName(sobject), $"create quick action {QuickAction.FullName(sobject)}"));
            }
        }

        steps.AddRange((await RecordTypesAsync(fields, cancellation).ConfigureAwait(false)).Select(one =>
            new ProvisioningStep(RecordTypeTarget(one), $"add our choices to record type {one.SObject}.{RecordTypes.Text(one.RecordType, "fullName")}")));

        var sets = await ExistingAsync(SetsSoql, "Name", cancellation).ConfigureAwait(false);
        steps.AddRange(PermissionSet.All.Where(set => sets?.Contains(set.FullName) == false)
            .Select(set => new ProvisioningStep(set.FullName, $"create permission set {set.Label}")));
        if (await IsAssignedAsync(cancellation).ConfigureAwait(false) == false)
        {
            steps.Add(new ProvisioningStep(Assignment, $"assign permission set {PermissionSet.Worker.Label} to our user"));
        }

        return steps;
    }

    /// <exception cref="FatalCrmException">A field of ours is of another type, or the integration user may not deploy.</exception>
    public async Task ApplyAsync(IReadOnlyList<FieldDefinition> fields, IReadOnlyList<ProvisioningStep> steps, CancellationToken cancellation)
    {
        var targets = steps.Select(step => step.Target).ToHashSet();
        if (targets.Any(target => target != Assignment))
        {
            await DeployAsync(await PackageAsync(fields, targets, cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
        }

        await AssignAsync(cancellation).ConfigureAwait(false);
        await AwaitAsync(fields, cancellation).ConfigureAwait(false);
    }

    /// <summary>What Salesforce would refuse of planned steps; nothing is changed.</summary>
    public async Task<IReadOnlyList<string>> RehearseAsync(IReadOnlyList<FieldDefinition> fields, IReadOnlyList<ProvisioningStep> steps, CancellationToken cancellation)
    {
        var targets = steps.Select(step => step.Target).ToHashSet();
        if (targets.All(target => target == Assignment))
        {
            return [];
        }

        var package = await PackageAsync(fields, targets, cancellation).ConfigureAwait(false);
        return [.. (await deployment.DeployAsync(package.ToZip(), checkOnly: true, cancellation).ConfigureAwait(false)).Select(Words)];
    }

    /// <summary>All that provisioning makes, merged into what is there, as files for an admin who deploys them by other means.</summary>
    public async Task<IReadOnlyList<PackageFile>> ExportAsync(IReadOnlyList<FieldDefinition> fields, CancellationToken cancellation)
    {
        var package = await PackageAsync(fields, targets: null, cancellation).ConfigureAwait(false);
        return [.. package.Files().Select(file => new PackageFile(file.Path, new XDeclaration("1.0", "UTF-8", null) + "\n" + file.Root + "\n"))];
    }

    /// <summary>What of ours is in the org.</summary>
    public async Task<IReadOnlyList<ProvisioningStep>> PlanRemovalAsync(CancellationToken cancellation)
    {
        descriptions.Forget();
        var steps = new List<ProvisioningStep>();
        foreach (var sobject in SObjects)
        {
            var views = await ExistingAsync($"SELECT DeveloperName FROM ListView WHERE SobjectType = '{sobject}'", "DeveloperName", cancellation).ConfigureAwait(false);
            steps.AddRange((views ?? new HashSet<string>()).Where(view => view.StartsWith(LeadFieldNames.Prefix, StringComparison.Ordinal)).Order()
                .Select(view => new ProvisioningStep($"ListView {sobject}.{view}", $"delete list view {sobject}.{view}")));
            if (await HasQuickActionAsync(sobject, cancellation).ConfigureAwait(false) == true)
            {
                steps.Add(new ProvisioningStep($"QuickAction {QuickAction.FullName(sobject)}", $"delete quick action {QuickAction.FullName(sobject)}"));
            }

            var existing = await descriptions.GetAsync(sobject, null, cancellation).ConfigureAwait(false);
            steps.AddRange(LeadFieldNames.All.Where(existing.ContainsKey)
                .Select(name => new ProvisioningStep($"CustomField {sobject}.{name}", $"delete field {sobject}.{name} with its values")));
        }

        var sets = await ExistingAsync(SetsSoql, "Name", cancellation).ConfigureAwait(false);
        steps.AddRange(PermissionSet.All.Where(set => sets?.Contains(set.FullName) == true)
            .Select(set => new ProvisioningStep($"PermissionSet {set.FullName}", $"delete permission set {set.Label}, also where it is assigned")));
        return steps;
    }

    /// <summary>
    /// Takes planned steps out: fields and what shows them by one deployment, all or nothing; then the permission sets, once nobody has them. Doing it again goes on where it stopped.
    /// </summary>
    /// <exception cref="FatalCrmException">Salesforce refuses: something else uses a field, or our user may not.</exception>
    public async Task RemoveAsync(IReadOnlyList<ProvisioningStep> steps, CancellationToken cancellation)
    {
        var members = steps.Select(step => step.Target.Split(' ', 2)).Select(target => (Type: target[0], Name: target[1])).ToLookup(member => member.Type == "PermissionSet");
        await RemoveAsync([.. members[false]], cancellation).ConfigureAwait(false);
        if (members[true].Any())
        {
            await UnassignAsync(cancellation).ConfigureAwait(false);
            await RemoveAsync([.. members[true]], cancellation).ConfigureAwait(false);
        }
    }

    private async Task RemoveAsync(IReadOnlyList<(string Type, string Name)> members, CancellationToken cancellation)
    {
        if (members.Count == 0)
        {
            return;
        }

        var failures = await deployment.DeployAsync(MetadataPackage.Removal(apiVersion, members), checkOnly: false, cancellation).ConfigureAwait(false);
        descriptions.Forget();
        if (failures.Count > 0)
        {
            throw new FatalCrmException(
                $"Salesforce did not delete {failures.Count} of our parts, and left all: {string.Join("; ", failures.Take(3).Select(Words))}.",
                "Take them out where they are used (Setup, Object Manager, Lead or Contact, the field, Where is this used?), then run the same command again.");
        }
    }

    /// <summary>A permission set that somebody has cannot be deleted.</summary>
    private async Task UnassignAsync(CancellationToken cancellation)
    {
        var names = string.Join(", ", PermissionSet.All.Select(set => Soql.Quote(set.FullName)));
        var rows = await queries.ReadAllAsync(
            _read, $"SELECT Id FROM PermissionSetAssignment WHERE PermissionSet.Name IN ({names})", withDeleted: false, cancellation).ConfigureAwait(false);
        foreach (var ids in rows.Select(row => row.Id).OfType<string>().Chunk(RecordWriting.PerCall))
        {
            await transport.CallAsync<List<SaveResult>>(
                _read, (api, token, t) => api.DeleteAsync(transport.Paths.Collections, string.Join(',', ids), "false", token, t), cancellation).ConfigureAwait(false);
        }
    }

    private async Task<bool?> HasQuickActionAsync(string sobject, CancellationToken cancellation)
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

    /// <summary>The active record types that lack choices of ours, with them; none where they cannot be read.</summary>
    private async Task<IReadOnlyList<(string SObject, XElement RecordType)>> RecordTypesAsync(IReadOnlyList<FieldDefinition> fields, CancellationToken cancellation)
    {
        try
        {
            var rows = await queries.ReadAllAsync(
                _read, "SELECT DeveloperName, SobjectType, NamespacePrefix FROM RecordType WHERE SobjectType IN ('Lead', 'Contact') AND IsActive = true", withDeleted: false, cancellation).ConfigureAwait(false);
            var names = rows.Where(row => row.Get("NamespacePrefix") is null && row.Get("DeveloperName") is not null && row.Get("SobjectType") is not null)
                .Select(row => ("RecordType", $"{row.Get("SobjectType")}.{row.Get("DeveloperName")}")).ToList();
            if (names.Count == 0)
            {
                return [];
            }

            var files = await retrieval.RetrieveAsync(names, cancellation).ConfigureAwait(false);
            return
            [
                .. SObjects.SelectMany(sobject => files.Where(file => file.Key.EndsWith($"objects/{sobject}.object", StringComparison.Ordinal))
                    .SelectMany(file => RecordTypes.Children(file.Value, "recordTypes"))
                    .Select(present => (sobject, RecordType: RecordTypes.WithChoices(present, fields))))
                    .Where(one => one.RecordType is not null)
                    .Select(one => (one.sobject, one.RecordType!)),
            ];
        }
        catch (Exception refused) when (refused is StreamRefusedException or StaleDescriptionException or RetriableCrmException)
        {
            return [];
        }
    }

    private static string RecordTypeTarget((string SObject, XElement RecordType) one) => $"record type {one.SObject}.{RecordTypes.Text(one.RecordType, "fullName")}";

    private static string Words(ComponentFailure failure) => $"{failure.ComponentType} {failure.FullName}: {failure.Problem}";

    /// <param name="targets">Of the planned steps; null: all that there is.</param>
    private async Task<MetadataPackage> PackageAsync(IReadOnlyList<FieldDefinition> fields, IReadOnlySet<string>? targets, CancellationToken cancellation)
    {
        descriptions.Forget();
        var changes = new List<(string, FieldDefinition, FieldDescription?)>();
        var tracked = new HashSet<string>();
        foreach (var sobject in SObjects)
        {
            var existing = await descriptions.GetAsync(sobject, null, cancellation).ConfigureAwait(false);
            var history = await HistoryAsync(sobject, cancellation).ConfigureAwait(false);
            foreach (var field in fields)
            {
                var name = LeadFieldNames.Of(field.Field);
                var present = existing.GetValueOrDefault(name);
                if (present is not null && !FieldMetadata.IsOfType(present, field.Field.Type))
                {
                    throw new FatalCrmException($"The field {sobject}.{name} exists with type {present.Type}.",
                        $"Delete {sobject}.{name} in Salesforce's Setup, then run provision again.");
                }

                // What the plan could not see (there was no room, or history cannot be read) is tried along with what is deployed anyway.
                if (Tracked.Contains(field.Field) && (history is null || history.Contains(name) || history.Count < MostTracked))
                {
                    tracked.Add($"{sobject}.{name}");
                }

                if (targets is null || targets.Contains($"{sobject}.{name}") || targets.Contains(History(sobject, field.Field)))
                {
                    changes.Add((sobject, field, present));
                }
            }
        }

        return new MetadataPackage(apiVersion, SObjects, fields)
        {
            Changes = changes,
            ListViews = [.. SObjects.SelectMany(sobject => ListView.Of(sobject, fields)).Where(view => targets?.Contains($"{view.SObject}.{view.FullName}") != false)],
            QuickActions = [.. SObjects.Where(sobject => QuickAction.ToXml(fields) is not null && targets?.Contains(QuickAction.FullName(sobject)) != false)],
            RecordTypes = [.. (await RecordTypesAsync(fields, cancellation).ConfigureAwait(false)).Where(one => targets?.Contains(RecordTypeTarget(one)) != false)],
            Tracked = tracked,
        };
    }

    private async Task DeployAsync(MetadataPackage package, CancellationToken cancellation)
    {
        var failures = await deployment.DeployAsync(package.ToZip(), checkOnly: false, cancellation).ConfigureAwait(false);
        if (failures.Count > 0 && package.Tracked.Count > 0
            && failures.All(failure => failure.Problem is { } problem
                && (problem.Contains("histor", StringComparison.OrdinalIgnoreCase) || problem.Contains("track", StringComparison.OrdinalIgnoreCase))))
        {
            failures = await deployment.DeployAsync((package with { Tracked = new HashSet<string>() }).ToZip(), checkOnly: false, cancellation).ConfigureAwait(false);
        }

        if (failures.Count > 0)
        {
            var named = string.Join("; ", failures.Take(3).Select(Words));
            throw new FatalCrmException($"Salesforce refused {failures.Count} parts of the deployment, and took none: {named}.",
                "Settle what Salesforce names, then run provision again.");
        }
    }

    /// <summary>Without it our own user does not see the fields that it made.</summary>
    private async Task AssignAsync(CancellationToken cancellation)
    {
        var isMissing = await IsAssignedAsync(cancellation).ConfigureAwait(false) == false;
        if (!isMissing || await transport.GetUserIdAsync(cancellation).ConfigureAwait(false) is not { } user)
        {
            return;
        }

        var sets = await queries.ReadAllAsync(_read, SetsSoql, withDeleted: false, cancellation).ConfigureAwait(false);
        if (sets.FirstOrDefault(row => row.Get("Name") == PermissionSet.Worker.FullName)?.Id is not { } set)
        {
            return;
        }

        var request = new CollectionRequest(false, [new RecordUpdate("PermissionSetAssignment", null, [new("AssigneeId", user), new("PermissionSetId", set)])]);
        string? reason;
        try
        {
            var answer = await transport.CallAsync<List<SaveResult>>(
                _assign, (api, token, t) => api.CreateAsync(transport.Paths.Collections, request, token, t), cancellation).ConfigureAwait(false);
            var result = answer.Body.FirstOrDefault();
            var isThere = result?.Success == true || result?.Errors?.Any(error => error?.Code == "DUPLICATE_VALUE") == true;
            reason = isThere ? null : SalesforceErrors.OfRow(result?.Errors).Reason;
        }
        catch (CrmException refused) when (refused is BatchRefusedException or FatalCrmException)
        {
            reason = refused.Message;
        }

        if (reason is not null)
        {
            throw new FatalCrmException(
                $"Our user may not assign the permission set {PermissionSet.Worker.Label} to itself ({reason}).",
                $"Assign the permission set {PermissionSet.Worker.Label} to the integration user in Salesforce's Setup, then run provision again.");
        }
    }

    private async Task AwaitAsync(IReadOnlyList<FieldDefinition> fields, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            descriptions.Forget();
            var missing = new List<string>();
            foreach (var sobject in SObjects)
            {
                var existing = await descriptions.GetAsync(sobject, null, cancellation).ConfigureAwait(false);
                missing.AddRange(fields.Select(field => LeadFieldNames.Of(field.Field)).Where(name => !existing.ContainsKey(name))
                    .Select(name => $"{sobject}.{name}"));
            }

            if (missing.Count == 0)
            {
                return;
            }

            if (attempt == DescribeAttempts)
            {
                throw new FatalCrmException(
                    $"{missing.Count} fields were deployed, but our user does not see them: {string.Join(", ", missing.Take(3))}.",
                    $"Assign the permission set {PermissionSet.Worker.Label} to the integration user.");
            }

            await Task.Delay(DescribePause, clock, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The fields whose history should be kept and is not, as far as there is room; none where that cannot be read.</summary>
    private async Task<IEnumerable<LeadField>> UntrackedAsync(string sobject, IReadOnlyList<FieldDefinition> fields, CancellationToken cancellation)
    {
        if (await HistoryAsync(sobject, cancellation).ConfigureAwait(false) is not { } history)
        {
            return [];
        }

        return Tracked.Where(field => fields.Any(wanted => wanted.Field == field) && !history.Contains(LeadFieldNames.Of(field)))
            .Take(Math.Max(0, MostTracked - history.Count));
    }

    private Task<IReadOnlySet<string>?> HistoryAsync(string sobject, CancellationToken cancellation) => ExistingAsync(
        $"SELECT QualifiedApiName, IsFieldHistoryTracked FROM FieldDefinition WHERE EntityDefinition.QualifiedApiName = '{sobject}'",
            "QualifiedApiName", cancellation, "IsFieldHistoryTracked");

    private static string SetsSoql =>
        $"SELECT Id, Name FROM PermissionSet WHERE Name IN ({string.Join(", ", PermissionSet.All.Select(set => Soql.Quote(set.FullName)))})";

    /// <summary>Null: our user may not see it.</summary>
    private async Task<bool?> IsAssignedAsync(CancellationToken cancellation)
    {
        if (await transport.GetUserIdAsync(cancellation).ConfigureAwait(false) is not { } user)
        {
            return null;
        }

        var soql = $"SELECT Id FROM PermissionSetAssignment WHERE AssigneeId = '{user}' AND PermissionSet.Name = {Soql.Quote(PermissionSet.Worker.FullName)}";
        return await ExistingAsync(soql, "Id", cancellation).ConfigureAwait(false) is { } rows ? rows.Count > 0 : null;
    }

    /// <summary>The values of a query's rows, of those where <paramref name="flag"/> is set; null: our user may not see them.</summary>
    private async Task<IReadOnlySet<string>?> ExistingAsync(string soql, string field, CancellationToken cancellation, string? flag = null)
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

    private static string History(string sobject, LeadField field) => $"history of {sobject}.{LeadFieldNames.Of(field)}";
}
