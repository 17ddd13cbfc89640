using System.Globalization;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Http;
using CrmLeadQualifier.Salesforce.Mapping;
using CrmLeadQualifier.Salesforce.Provisioning;
using CrmLeadQualifier.Salesforce.Queries;
using CrmLeadQualifier.Salesforce.Streams;

namespace CrmLeadQualifier.Salesforce.Checks;

/// <summary>
/// What else in the org decides how well this program works there: our user's permissions, field history, rows that it may not write, what runs with every write, person accounts,
/// currencies. What our user may not look up is said to be so, and is no failure.
/// </summary>
internal sealed class OrgCheck(SalesforceTransport transport, QueryReading queries, ObjectDescriptions descriptions)
{
    /// <summary>Salesforce's limit for one object.</summary>
    private const int MostTracked = 20;

    /// <summary>The most records whose access one query tells.</summary>
    private const int LookedAt = 200;

    private static readonly string[] People = ["Lead", "Contact"];
    private static readonly string[] Tracked = [LeadFieldNames.Of(LeadField.Verdict), LeadFieldNames.Of(LeadField.RejectionReason)];

    /// <param name="isProvisioned">Our fields are expected to be there.</param>
    public async Task<IReadOnlyList<CheckFinding>> RunAsync(bool isProvisioned, CancellationToken cancellation)
    {
        var findings = new List<CheckFinding>();
        var user = await transport.GetUserIdAsync(cancellation).ConfigureAwait(false);
        if (user is not null)
        {
            findings.Add(await ConvertedLeadsAsync(user, cancellation).ConfigureAwait(false));
            if (isProvisioned)
            {
                findings.Add(await PermissionSetAsync(user, cancellation).ConfigureAwait(false));
            }
        }

        if (isProvisioned)
        {
            findings.Add(await SalesSetAsync(cancellation).ConfigureAwait(false));
        }

        foreach (var sobject in People)
        {
            if (isProvisioned)
            {
                findings.Add(await HistoryAsync(sobject, cancellation).ConfigureAwait(false));
            }

            if (user is not null)
            {
                findings.Add(await WritableAsync(sobject, user, cancellation).ConfigureAwait(false));
            }

            findings.Add(await AutomationAsync(sobject, cancellation).ConfigureAwait(false));
        }

        if (await HasFieldAsync("Account", "IsPersonAccount", cancellation).ConfigureAwait(false))
        {
            findings.Add(new CheckFinding("person accounts", CheckResult.Notice, "the org has person accounts; they are read and written as their Contacts",
                "Try a pilot with a few person accounts in a sandbox org before going live: mode NAME pilot --only \"Contact: IsPersonAccount = true\". "
                + "Their record types choose what sales can enter: add our choices there (Setup, Person Account Record Types)."));
        }

        if (await HasFieldAsync("Opportunity", Currencies.CurrencyField, cancellation).ConfigureAwait(false))
        {
            findings.Add(await CurrenciesAsync(cancellation).ConfigureAwait(false));
        }

        return findings;
    }

    /// <summary>Without it a converted Lead only stops appearing. The permission is found by its label: its API name is not the same in all sources.</summary>
    private Task<CheckFinding> ConvertedLeadsAsync(string user, CancellationToken cancellation) => LookAsync("permission View and Edit Converted Leads", async subject =>
    {
        var permissions = await descriptions.GetAsync("PermissionSet", subject, cancellation).ConfigureAwait(false);
        var permission = permissions.Values.FirstOrDefault(field => field.Name?.StartsWith("Permissions", StringComparison.Ordinal) == true
            && field.Label?.Contains("Converted Leads", StringComparison.OrdinalIgnoreCase) == true);
        if (permission?.Name is not { } name)
        {
            return new CheckFinding(subject, CheckResult.Passed, "cannot be looked up by our user; give it where Leads are converted");
        }

        var granted = await RowsAsync(subject, $"SELECT Id FROM PermissionSetAssignment WHERE AssigneeId = '{user}' AND PermissionSet.{name} = true LIMIT 1", cancellation)
            .ConfigureAwait(false);
        return granted.Count > 0
            ? new CheckFinding(subject, CheckResult.Passed, "given")
            : new CheckFinding(subject, CheckResult.Failed, "missing: a converted Lead would only stop appearing, and its Contact would be somebody new",
                "In Setup, Permission Sets, one of the integration user's, System Permissions: View and Edit Converted Leads.");
    });

    private Task<CheckFinding> PermissionSetAsync(string user, CancellationToken cancellation) => LookAsync($"permission set {PermissionSet.Worker.Label}", async subject =>
    {
        var rows = await RowsAsync(
            subject, $"SELECT Id FROM PermissionSetAssignment WHERE AssigneeId = '{user}' AND PermissionSet.Name = {Soql.Quote(PermissionSet.Worker.FullName)} LIMIT 1", cancellation)
                .ConfigureAwait(false);
        return rows.Count > 0
            ? new CheckFinding(subject, CheckResult.Passed, "assigned to our user")
            : new CheckFinding(subject, CheckResult.Notice, "not assigned to our user: what it sees and writes, it does by other permissions",
                $"In Setup, Permission Sets, {PermissionSet.Worker.Label}, Manage Assignments: add the integration user.");
    });

    private Task<CheckFinding> SalesSetAsync(CancellationToken cancellation) => LookAsync($"permission set {PermissionSet.Sales.Label}", async subject =>
    {
        var named = Soql.Quote(PermissionSet.Sales.FullName);
        if ((await RowsAsync(subject, $"SELECT Id FROM PermissionSet WHERE Name = {named}", cancellation).ConfigureAwait(false)).Count == 0)
        {
            return new CheckFinding(subject, CheckResult.Notice, "not there yet", "Run provision.");
        }

        var given = await RowsAsync(subject, $"SELECT Id FROM PermissionSetAssignment WHERE PermissionSet.Name = {named} LIMIT 1", cancellation).ConfigureAwait(false);
        return given.Count > 0
            ? new CheckFinding(subject, CheckResult.Passed, "given to sales")
            : new CheckFinding(subject, CheckResult.Notice, "given to nobody: sales sees none of our fields and can give no verdict",
                $"In Setup, Permission Sets, {PermissionSet.Sales.Label}, Manage Assignments: add the users of sales.");
    });

    /// <summary>By field history a verdict has an author and an instant; an object tracks few fields.</summary>
    private Task<CheckFinding> HistoryAsync(string sobject, CancellationToken cancellation) => LookAsync($"field history of {sobject}", async subject =>
    {
        var rows = await RowsAsync(
            subject, $"SELECT QualifiedApiName, IsFieldHistoryTracked FROM FieldDefinition WHERE EntityDefinition.QualifiedApiName = {Soql.Quote(sobject)}", cancellation).ConfigureAwait(false);
        var tracked = rows.Where(row => row.Is("IsFieldHistoryTracked")).Select(row => row.Get("QualifiedApiName")).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        var missing = Tracked.Where(field => !tracked.Contains(field)).ToList();
        return missing.Count == 0
            ? new CheckFinding(subject, CheckResult.Passed, "tracks verdict and reason")
            : new CheckFinding(subject, CheckResult.Notice,
                Invariant($"does not track {string.Join(", ", missing)}: who gave a verdict and when is approximate; {tracked.Count} of {MostTracked} fields are tracked"),
                tracked.Count + missing.Count <= MostTracked
                    ? $"Run provision; or in Setup, Object Manager, {sobject}, Fields & Relationships, Set History Tracking."
                    : $"In Setup, Object Manager, {sobject}, Fields & Relationships, Set History Tracking: give up a tracked field for it, or do without.");
    });

    /// <summary>Rows that sharing keeps from being written, among the latest.</summary>
    private Task<CheckFinding> WritableAsync(string sobject, string user, CancellationToken cancellation) => LookAsync($"rows of {sobject}", async subject =>
    {
        var condition = sobject == "Lead" ? " WHERE IsConverted = false" : "";
        var latest = await RowsAsync(subject, $"SELECT Id FROM {sobject}{condition} ORDER BY SystemModstamp DESC LIMIT {LookedAt}", cancellation).ConfigureAwait(false);
        var ids = latest.Select(row => row.Id).OfType<string>().Where(SalesforceId.IsId).ToList();
        if (ids.Count == 0)
        {
            return new CheckFinding(subject, CheckResult.Passed, "there are none yet that our user sees");
        }

        var access = await RowsAsync(
            subject, $"SELECT RecordId, HasEditAccess FROM UserRecordAccess WHERE UserId = '{user}' AND RecordId IN ({string.Join(", ", ids.Select(id => $"'{id}'"))})", cancellation)
                .ConfigureAwait(false);
        var closed = access.Count(row => !row.Is("HasEditAccess"));
        return closed == 0
            ? new CheckFinding(subject, CheckResult.Passed, Invariant($"the latest {access.Count} may be written"))
            : new CheckFinding(subject, CheckResult.Notice, Invariant($"{closed} of the latest {access.Count} may not be written by our user"),
                $"They go to quarantine when their turn comes. In Setup, Sharing Settings, let the integration user edit all {sobject}s, or limit the connection by Scope.");
    });

    /// <summary>What runs with every write of ours, and may refuse or answer it.</summary>
    private async Task<CheckFinding> AutomationAsync(string sobject, CancellationToken cancellation)
    {
        var subject = $"automation on {sobject}";
        var of = Soql.Quote(sobject);
        var kinds = new[]
        {
            ("active triggers", "Name", $"SELECT Id, Name FROM ApexTrigger WHERE Status = 'Active' AND TableEnumOrId = {of}", true),
            ("active validation rules", "ValidationName", $"SELECT Id, ValidationName FROM ValidationRule WHERE Active = true AND EntityDefinition.QualifiedApiName = {of}", true),
            ("active flows", "Label", $"SELECT Id, Label FROM FlowDefinitionView WHERE IsActive = true AND TriggerObjectOrEvent.QualifiedApiName = {of}", false),
        };
        var (found, closed) = (new List<string>(), new List<string>());
        foreach (var (kind, name, soql, isTooling) in kinds)
        {
            try
            {
                var rows = await RowsAsync(subject, soql, cancellation, isTooling).ConfigureAwait(false);
                if (rows.Count > 0)
                {
                    found.Add(Invariant($"{rows.Count} {kind} ({string.Join(", ", rows.Take(5).Select(row => row.Get(name)).OfType<string>())}{(rows.Count > 5 ? ", …" : "")})"));
                }
            }
            catch (CrmException)
            {
                closed.Add(kind);
            }
        }

        var unknown = closed.Count > 0 ? $"; our user may not look up {string.Join(", ", closed)}" : "";
        return found.Count == 0
            ? new CheckFinding(subject, CheckResult.Passed, (closed.Count < kinds.Length ? "none that is known" : "not known") + unknown)
            : new CheckFinding(subject, CheckResult.Notice, string.Join("; ", found) + unknown,
                "They run with every write of ours. Let them leave LQ_ fields alone, and let validation rules pass records that they refuse today, or those go to quarantine.");
    }

    private async Task<CheckFinding> CurrenciesAsync(CancellationToken cancellation)
    {
        const string subject = "currencies";
        try
        {
            if ((await RowsAsync(subject, "SELECT Id FROM CurrencyType WHERE IsCorporate = true", cancellation).ConfigureAwait(false)).Count > 0)
            {
                return new CheckFinding(subject, CheckResult.Passed, "several: amounts of opportunities and of mapped fields are converted to the corporate currency at the rate of the reading");
            }
        }
        catch (CrmException)
        {
            // Without rates amounts cannot be compared, for whatever reason.
        }

        return new CheckFinding(subject, CheckResult.Notice, "several, and their rates cannot be read: amounts are left out", "Let the integration user read the object CurrencyType.");
    }

    private async Task<bool> HasFieldAsync(string sobject, string field, CancellationToken cancellation)
    {
        try
        {
            return (await descriptions.GetAsync(sobject, sobject, cancellation).ConfigureAwait(false)).ContainsKey(field);
        }
        catch (CrmException)
        {
            // Said already, with the mapped fields of the object.
            return false;
        }
    }

    private async Task<IReadOnlyList<SalesforceRow>> RowsAsync(string subject, string soql, CancellationToken cancellation, bool isTooling = false)
    {
        var call = new CallContext(subject, Stream: subject);
        if (!isTooling)
        {
            return await queries.ReadAllAsync(call, soql, withDeleted: false, cancellation).ConfigureAwait(false);
        }

        var answer = await transport.CallAsync<QueryPage>(call, (api, token, t) => api.QueryAsync(transport.Paths.ToolingQuery, soql, token, t), cancellation).ConfigureAwait(false);
        return [.. (answer.Body.Records ?? []).OfType<SalesforceRow>()];
    }

    /// <summary>A look that our user may be refused, which is no failure.</summary>
    public static async Task<CheckFinding> LookAsync(string subject, Func<string, Task<CheckFinding>> look)
    {
        try
        {
            return await look(subject).ConfigureAwait(false);
        }
        catch (Exception refused) when (refused is StreamRefusedException or StaleDescriptionException)
        {
            return new CheckFinding(subject, CheckResult.Passed, "cannot be looked up by our user");
        }
        catch (CrmException other)
        {
            return new CheckFinding(subject, CheckResult.Notice, other.Message, "Try again in a minute.");
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
