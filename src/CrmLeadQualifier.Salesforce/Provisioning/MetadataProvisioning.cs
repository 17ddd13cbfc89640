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
    SalesforceTransport transport, QueryReading queries, ObjectDescriptions descriptions, OrgParts org, MetadataDeployment deployment, string apiVersion, TimeProvider clock)
{
    /// <summary>Salesforce keeps the history of so many fields of one object.</summary>
    private const int MostTracked = 20;

    private const string Assignment = "assignment of Lead_Qualification_Worker";

    // A description is cached by Salesforce for a moment.
    private const int DescribeAttempts = 10;

    private static readonly TimeSpan DescribePause = TimeSpan.FromSeconds(2);
    private static readonly LeadField[] Tracked = [LeadField.Verdict, LeadField.RejectionReason];

    private readonly CallContext _read = new("what was provisioned", "provisioning");
    private readonly CallContext _assign = new("the assignment of the permission set", IsWrite: true);

    public async Task<IReadOnlyList<ProvisioningStep>> PlanAsync(IReadOnlyList<FieldDefinition> fields, CancellationToken cancellation)
    {
        descriptions.Forget();
        var steps = new List<ProvisioningStep>();
        foreach (var sobject in OrgParts.SObjects)
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

            var views = await org.ListViewsAsync(sobject, cancellation).ConfigureAwait(false);
            steps.AddRange(ListView.Of(sobject, fields).Where(view => views?.Contains(view.FullName) == false)
                .Select(view => new ProvisioningStep($"{sobject}.{view.FullName}", $"create list view {sobject}: {view.Label}")));
        }

        foreach (var sobject in OrgParts.SObjects.Where(_ => QuickAction.IsOf(fields)))
        {
            if (await org.HasQuickActionAsync(sobject, cancellation).ConfigureAwait(false) == false)
            {
                steps.Add(new ProvisioningStep(QuickAction.FullName(sobject), $"create quick action {QuickAction.FullName(sobject)}"));
            }
        }

        var whole = await org.WholeAsync([], cancellation).ConfigureAwait(false);
        steps.AddRange(RecordTypesOf(whole, fields).Select(one =>
            new ProvisioningStep(RecordTypeTarget(one), $"add our choices to record type {one.SObject}.{Metadata.Text(one.RecordType, "fullName")}")));
        foreach (var set in PermissionSet.All.Where(set => !whole.HiddenSets.Contains(set.FullName)))
        {
            if (!whole.PermissionSets.TryGetValue(set.FullName, out var content))
            {
                steps.Add(new ProvisioningStep(set.FullName, $"create permission set {set.Label}"));
            }
            else if (set.WithOurs(content, OrgParts.SObjects, fields) is not null)
            {
                steps.Add(new ProvisioningStep(set.FullName, $"add our permissions to permission set {set.Label}"));
            }
        }

        if (await org.IsAssignedAsync(cancellation).ConfigureAwait(false) == false)
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

    /// <summary>The record types that lack choices of ours, with them.</summary>
    private static IEnumerable<(string SObject, XElement RecordType)> RecordTypesOf(WholeParts present, IReadOnlyList<FieldDefinition> fields) =>
        present.RecordTypes.Select(one => (one.SObject, RecordType: RecordTypes.WithChoices(one.Content, fields))).Where(one => one.RecordType is not null)
            .Select(one => (one.SObject, one.RecordType!));

    private static string RecordTypeTarget((string SObject, XElement RecordType) one) => $"record type {one.SObject}.{Metadata.Text(one.RecordType, "fullName")}";

    public static string Words(ComponentFailure failure) => $"{failure.ComponentType} {failure.FullName}: {failure.Problem}";

    /// <param name="targets">Of the planned steps; null: all that there is.</param>
    private async Task<MetadataPackage> PackageAsync(IReadOnlyList<FieldDefinition> fields, IReadOnlySet<string>? targets, CancellationToken cancellation)
    {
        descriptions.Forget();
        var present = await org.WholeAsync(OrgParts.SObjects.SelectMany(NamesOf), cancellation).ConfigureAwait(false);
        var changes = new List<ChangedField>();
        var tracked = new HashSet<string>();
        var (views, actions) = (new List<(string, XElement)>(), new List<(string, XElement)>());
        foreach (var sobject in OrgParts.SObjects)
        {
            var existing = await descriptions.GetAsync(sobject, null, cancellation).ConfigureAwait(false);
            var history = await org.HistoryAsync(sobject, cancellation).ConfigureAwait(false);
            foreach (var field in fields)
            {
                var name = $"{sobject}.{LeadFieldNames.Of(field.Field)}";
                var change = new ChangedField(sobject, field, existing.GetValueOrDefault(LeadFieldNames.Of(field.Field)), present.Fields.GetValueOrDefault(name));
                RefuseOtherType(name, change);

                // What the plan could not see (there was no room, or history cannot be read) is tried along with what is deployed anyway.
                if (Tracked.Contains(field.Field) && (history is null || history.Contains(LeadFieldNames.Of(field.Field)) || history.Count < MostTracked))
                {
                    tracked.Add(name);
                }

                if (IsWanted(name) || IsWanted(History(sobject, field.Field)))
                {
                    changes.Add(change);
                }
            }

            // Those that are there may have been changed by an admin: an export has them as they are.
            var known = targets is null ? await org.ListViewsAsync(sobject, cancellation).ConfigureAwait(false) : null;
            views.AddRange(ListView.Of(sobject, fields).Select(view => (Name: $"{sobject}.{view.FullName}", View: view)).Where(view => IsWanted(view.Name))
                .Select(view => (sobject, Content: present.ListViews.GetValueOrDefault(view.Name) ?? (known?.Contains(view.View.FullName) == true ? null : view.View.ToXml(fields))))
                .Where(view => view.Content is not null).Select(view => (view.sobject, view.Content!)));
            var action = QuickAction.FullName(sobject);
            var isThere = targets is null && await org.HasQuickActionAsync(sobject, cancellation).ConfigureAwait(false) == true;
            if (IsWanted(action) && QuickAction.IsOf(fields) && (present.QuickActions.GetValueOrDefault(action) ?? (isThere ? null : QuickAction.ToXml(sobject, fields))) is { } content)
            {
                actions.Add((action, content));
            }
        }

        if (present.HiddenSets.Count > 0 && changes.FirstOrDefault(change => change.Described is null) is { } hidden)
        {
            throw new FatalCrmException(
                $"The permission sets {string.Join(", ", present.HiddenSets)} are there and must show {hidden.SObject}.{LeadFieldNames.Of(hidden.Field.Field)}, but our user may not read them: "
                + "deploying them would take from them what others have added.",
                "Give the integration user the permission Modify Metadata Through Metadata API Functions, then run the same command again.");
        }

        return new MetadataPackage(apiVersion, OrgParts.SObjects)
        {
            Changes = changes,
            ListViews = views,
            QuickActions = actions,
            RecordTypes = [.. RecordTypesOf(present, fields).Where(one => IsWanted(RecordTypeTarget(one)))],
            PermissionSets = [.. PermissionSet.All.Where(set => !present.HiddenSets.Contains(set.FullName)).Select(set => (set.FullName, Content: Content(set)))
                .Where(set => set.Content is not null).Select(set => (set.FullName, set.Content!))],
            Tracked = tracked,
        };

        bool IsWanted(string target) => targets?.Contains(target) != false;

        IEnumerable<(string, string)> NamesOf(string sobject) =>
        [
            .. fields.Select(field => (Name: $"{sobject}.{LeadFieldNames.Of(field.Field)}", History: History(sobject, field.Field)))
                .Where(field => IsWanted(field.Name) || IsWanted(field.History)).Select(field => ("CustomField", field.Name)),
            .. ListView.Of(sobject, fields).Where(_ => targets is null).Select(view => ("ListView", $"{sobject}.{view.FullName}")),
            .. targets is null ? [("QuickAction", QuickAction.FullName(sobject))] : Array.Empty<(string, string)>(),
        ];

        // An export has them in any case: an org may lack them by the time it is deployed.
        XElement? Content(PermissionSet set) => !present.PermissionSets.TryGetValue(set.FullName, out var whole) ? set.ToXml(OrgParts.SObjects, fields)
            : set.WithOurs(whole, OrgParts.SObjects, fields) ?? (targets is null ? whole : null);
    }

    private static void RefuseOtherType(string name, ChangedField change)
    {
        var type = change.Field.Field.Type;
        var isOther = (change.Described is { } described && !FieldMetadata.IsOfType(described, type))
            || (change.Present is { } present && Metadata.Text(present, "type") is { } known && known != FieldMetadata.TypeOf(type));
        if (isOther)
        {
            throw new FatalCrmException($"The field {name} exists with type {change.Described?.Type ?? Metadata.Text(change.Present!, "type")}.",
                $"Delete {name} in Salesforce's Setup, then run provision again.");
        }
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
        var isMissing = await org.IsAssignedAsync(cancellation).ConfigureAwait(false) == false;
        if (!isMissing || await transport.GetUserIdAsync(cancellation).ConfigureAwait(false) is not { } user)
        {
            return;
        }

        var sets = await queries.ReadAllAsync(
            _read, $"SELECT Id, Name FROM PermissionSet WHERE Name IN ({PermissionSet.QuotedNames})", withDeleted: false, cancellation).ConfigureAwait(false);
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
            foreach (var sobject in OrgParts.SObjects)
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
        if (await org.HistoryAsync(sobject, cancellation).ConfigureAwait(false) is not { } history)
        {
            return [];
        }

        return Tracked.Where(field => fields.Any(wanted => wanted.Field == field) && !history.Contains(LeadFieldNames.Of(field)))
            .Take(Math.Max(0, MostTracked - history.Count));
    }

    private static string History(string sobject, LeadField field) => $"history of {sobject}.{LeadFieldNames.Of(field)}";
}
