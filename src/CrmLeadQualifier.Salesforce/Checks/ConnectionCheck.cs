using System.Runtime.CompilerServices;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Http;
using CrmLeadQualifier.Salesforce.Mapping;
using CrmLeadQualifier.Salesforce.Provisioning;
using CrmLeadQualifier.Salesforce.Streams;

namespace CrmLeadQualifier.Salesforce.Checks;

/// <summary>
/// Tests what a connection needs by using it: the token, the API version, each stream, mapped fields, our fields, connectors, the clock, what is left
/// of the day's calls.
/// </summary>
internal sealed class ConnectionCheck(
    ICrm crm, SalesforceConnection connection, StreamTable table, SalesforceTransport transport, ObjectDescriptions descriptions, UserDirectory users,
        OrgCheck org, LayoutCheck layouts, LimitCheck limits, TimeProvider clock)
{
    /// <summary>More than this, and windows by Salesforce's clock surprise whoever compares them with the machine's.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(30);

    /// <summary>Fields that an org has only with a feature of its own: several currencies, record types, person accounts.</summary>
    private static readonly string[] OfSomeOrgs = [Currencies.CurrencyField, "RecordType.DeveloperName", "IsPersonAccount", OpportunityReader.PersonOfAccount];

    public async IAsyncEnumerable<CheckFinding> RunAsync(IReadOnlyList<FieldDefinition> fields, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var account = await TryAsync("token", async () =>
        {
            var found = await crm.GetAccountAsync(cancellation).ConfigureAwait(false);
            return new CheckFinding("token", CheckResult.Passed, $"accepted by org {found.Id}, time zone {found.TimeZone ?? "unknown"}");
        }).ConfigureAwait(false);
        yield return account;
        if (account.Result == CheckResult.Failed)
        {
            yield break;
        }

        // An admin who has just given a permission is told by what is so now.
        descriptions.Forget();
        yield return await TryAsync("API version", () => CheckVersionAsync(cancellation)).ConfigureAwait(false);
        Instant? date = null;
        var streams = new List<StreamDescription>();
        foreach (var stream in table.All)
        {
            if (await IsOffAsync(stream, cancellation).ConfigureAwait(false))
            {
                continue;
            }

            streams.Add(stream.Description);
            var subject = $"stream {stream.Description.Name}";
            yield return await TryAsync(subject, async () =>
            {
                // An empty window of the present: as cheap as asking can be.
                var now = Instant.Now(clock);
                var window = stream.Description.Tracking == ChangeTracking.FullRead ? default(ChangeWindow?)
                    : new ChangeWindow(now, now + TimeSpan.FromSeconds(1));
                date = (await stream.ReadPageAsync(new PageRequest(stream.Description.Name, window, null), cancellation).ConfigureAwait(false)).Date;
                return new CheckFinding(subject, CheckResult.Passed, "readable");
            }).ConfigureAwait(false);
        }

        if (date is { } theirs)
        {
            var skew = Instant.Now(clock) - theirs;
            yield return skew.Duration() <= ClockTolerance
                ? new CheckFinding("clock", CheckResult.Passed, "agrees with Salesforce's")
                : new CheckFinding("clock", CheckResult.Notice,
                    $"{skew.Duration().TotalSeconds:0} s {(skew > TimeSpan.Zero ? "ahead of" : "behind")} Salesforce's",
                    "Let the machine's clock be set by NTP.");
        }

        foreach (var (sobject, mapped) in new[] { ("Lead", table.Leads.MappedFields), ("Contact", table.Contacts.MappedFields),
            ("Account", table.Accounts.MappedFields) })
        {
            foreach (var finding in await CheckMappedAsync(sobject, mapped, cancellation).ConfigureAwait(false))
            {
                yield return finding;
            }
        }

        foreach (var sobject in new[] { "Lead", "Contact" })
        {
            foreach (var finding in await CheckOwnAsync(sobject, fields, cancellation).ConfigureAwait(false))
            {
                yield return finding;
            }
        }

        foreach (var stream in table.All.OfType<ObjectStream>())
        {
            if (await CheckHiddenAsync(stream, cancellation).ConfigureAwait(false) is { } hidden)
            {
                yield return hidden;
            }
        }

        foreach (var sobject in OrgParts.SObjects.Where(_ => QuickAction.IsOf(fields)))
        {
            yield return await layouts.RunAsync(sobject, cancellation).ConfigureAwait(false);
        }

        foreach (var finding in await org.RunAsync(fields.Count > 0, cancellation).ConfigureAwait(false))
        {
            yield return finding;
        }

        yield return await TryAsync("connector", () => CheckConnectorAsync(cancellation)).ConfigureAwait(false);
        foreach (var finding in await limits.RunAsync(streams, cancellation).ConfigureAwait(false))
        {
            yield return finding;
        }
    }

    /// <summary>What cannot be told is met where the stream is read.</summary>
    private static async Task<bool> IsOffAsync(ISalesforceStream stream, CancellationToken cancellation)
    {
        try
        {
            return await stream.IsOffAsync(cancellation).ConfigureAwait(false);
        }
        catch (CrmException)
        {
            return false;
        }
    }

    private async Task<CheckFinding> CheckVersionAsync(CancellationToken cancellation)
    {
        var answer = await transport.CallAsync<List<ApiVersion>>(
            new CallContext("the API versions"), (api, token, t) => api.ListVersionsAsync(SalesforcePaths.Versions, token, t), cancellation)
                .ConfigureAwait(false);
        return answer.Body.Exists(version => version.Version == connection.ApiVersion)
            ? new CheckFinding("API version", CheckResult.Passed, connection.ApiVersion)
            : new CheckFinding("API version", CheckResult.Failed,
                $"the org does not have {connection.ApiVersion}; its last one is {answer.Body.LastOrDefault()?.Version ?? "unknown"}",
                "Set the connection's ApiVersion to one that the org has.");
    }

    private async Task<IReadOnlyList<CheckFinding>> CheckMappedAsync(string sobject, IEnumerable<string> mapped, CancellationToken cancellation)
    {
        var findings = new List<CheckFinding>();
        var reading = await TryAsync($"fields of {sobject}", async () =>
        {
            var known = await descriptions.GetAsync(sobject, sobject, cancellation).ConfigureAwait(false);
            foreach (var field in mapped)
            {
                if ((await descriptions.ExistingAsync(sobject, [field], sobject, cancellation).ConfigureAwait(false)).Count == 0)
                {
                    findings.Add(new CheckFinding($"field {sobject}.{field}", CheckResult.Notice,
                        "mapped, but the org has no such field, or hides it from our user",
                        "Create it, let the integration user see it, map another, or do without."));
                }
                else if (known.GetValueOrDefault(field)?.Calculated == true)
                {
                    findings.Add(new CheckFinding($"field {sobject}.{field}", CheckResult.Notice,
                        "a formula: it changes without moving the record's modification time"));
                }
            }

            return new CheckFinding($"fields of {sobject}", CheckResult.Passed, $"{known.Count} fields described");
        }).ConfigureAwait(false);
        return [reading, .. findings];
    }

    /// <summary>What a stream reads and our user does not see: a Task without its type is a task, an Opportunity without its amount counts nothing.</summary>
    private async Task<CheckFinding?> CheckHiddenAsync(ObjectStream stream, CancellationToken cancellation)
    {
        try
        {
            var ofPerson = (stream.Reader as PersonReader)?.MappedFields.Concat(LeadFieldNames.All).ToHashSet() ?? [];
            var ofAccount = (stream.Reader as AccountReader)?.MappedFields.ToHashSet() ?? [];
            var wanted = stream.Reader.Fields.Except(ofPerson).Except(ofAccount).Except(OfSomeOrgs).ToList();
            var seen = await descriptions.ExistingAsync(stream.Reader.SObject, wanted, stream.Description.Name, cancellation).ConfigureAwait(false);
            return wanted.Except(seen).ToList() is { Count: > 0 } hidden
                ? new CheckFinding($"hidden on {stream.Reader.SObject}", CheckResult.Notice, $"not seen: {string.Join(", ", hidden)}; what they say is missing",
                    "Let the integration user read them: Setup, Permission Sets, one of the user's, Object Settings.")
                : null;
        }
        catch (CrmException)
        {
            // Said already, with the stream.
            return null;
        }
    }

    private async Task<IReadOnlyList<CheckFinding>> CheckOwnAsync(string sobject, IReadOnlyList<FieldDefinition> fields, CancellationToken cancellation)
    {
        IReadOnlyDictionary<string, FieldDescription> known;
        try
        {
            known = await descriptions.GetAsync(sobject, sobject, cancellation).ConfigureAwait(false);
        }
        catch (CrmException)
        {
            // Said already, with the mapped fields of the object.
            return [];
        }

        if (fields.Count > 0 && !fields.Any(field => known.ContainsKey(LeadFieldNames.Of(field.Field))))
        {
            return [new CheckFinding($"our fields on {sobject}", CheckResult.Failed, $"none of the {fields.Count} is there yet, or all are hidden from our user", "Run provision.")];
        }

        return
        [
            .. fields.Select(field => LeadFieldNames.Of(field.Field))
                .Select(name => (Subject: $"field {sobject}.{name}", Field: known.GetValueOrDefault(name))).Select(own => own.Field switch
            {
                null => new CheckFinding(own.Subject, CheckResult.Failed, "missing, or hidden from our user", "Run provision."),
                { Updateable: false } => new CheckFinding(own.Subject, CheckResult.Failed, "our user may not write it",
                    $"Assign the permission set {PermissionSet.Worker.Label} to the integration user."),
                _ => new CheckFinding(own.Subject, CheckResult.Passed, "there"),
            }),
        ];
    }

    /// <summary>What another CRM's connector makes must not count; whose it is, an admin should confirm.</summary>
    private async Task<CheckFinding> CheckConnectorAsync(CancellationToken cancellation)
    {
        var known = await users.GetAsync(cancellation).ConfigureAwait(false);
        var named = string.Join(", ", known.Owners.Where(user => known.Connectors.Contains(user.Id)).Select(user => $"{user.Name} ({user.Id})").Order(StringComparer.Ordinal));
        return known.Connectors.Count == 0 ? new CheckFinding("connector", CheckResult.Passed, "no user of another CRM's connector")
            : connection.Mapping.ConnectorUsers.Count > 0
                ? new CheckFinding("connector", CheckResult.Passed, $"{named}: what it creates is a copy")
            : new CheckFinding("connector", CheckResult.Notice,
                $"the user {named} is taken for another CRM's connector: what it creates is a copy",
                "If it is none, or others are too, name the connector's users in the mapping's ConnectorUsers. Map no LQ_ field in the connector. See docs/beside-the-connector.md.");
    }

    private static async Task<CheckFinding> TryAsync(string subject, Func<Task<CheckFinding>> test)
    {
        try
        {
            return await test().ConfigureAwait(false);
        }
        catch (StreamRefusedException refused)
        {
            return new CheckFinding(subject, CheckResult.Notice, refused.Message, refused.Advice);
        }
        catch (FatalCrmException fatal)
        {
            return new CheckFinding(subject, CheckResult.Failed, fatal.Message, fatal.Advice);
        }
        catch (CrmException other)
        {
            return new CheckFinding(subject, CheckResult.Failed, other.Message, "Try again in a minute.");
        }
    }
}
