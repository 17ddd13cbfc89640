using System.Globalization;
using System.Runtime.CompilerServices;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Http;
using CrmLeadQualifier.HubSpot.Mapping;
using CrmLeadQualifier.HubSpot.Provisioning;
using CrmLeadQualifier.HubSpot.Streams;

namespace CrmLeadQualifier.HubSpot.Checks;

/// <summary>The properties that are mapped, ours, and the room for them.</summary>
internal sealed class PropertyCheck(HubSpotTransport transport, ContactProperties properties, ContactReader contacts, CompanyReader companies, PropertyRoom room)
{
    public async IAsyncEnumerable<CheckFinding> RunAsync(IReadOnlyList<FieldDefinition> fields, [EnumeratorCancellation] CancellationToken cancellation)
    {
        IReadOnlyDictionary<string, PropertyDescription>? known = null;
        yield return await Attempt.AtAsync("properties", async () =>
        {
            known = await properties.GetAsync(cancellation).ConfigureAwait(false);
            return new CheckFinding("properties", CheckResult.Passed, $"{known.Count} contact properties described");
        }).ConfigureAwait(false);
        if (known is null)
        {
            yield break;
        }

        foreach (var finding in OfContacts(known))
        {
            yield return finding;
        }

        await foreach (var finding in OfCompaniesAsync(cancellation).ConfigureAwait(false))
        {
            yield return finding;
        }

        foreach (var finding in Ours(fields, known))
        {
            yield return finding;
        }

        var missing = fields.Count(field => !known.ContainsKey(LeadProperties.Of(field.Field)));
        yield return await Attempt.AtAsync("property limit", async () => await RoomAsync(missing, cancellation).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private IEnumerable<CheckFinding> OfContacts(IReadOnlyDictionary<string, PropertyDescription> known)
    {
        foreach (var property in contacts.MappedProperties)
        {
            if (!known.TryGetValue(property, out var description))
            {
                yield return new CheckFinding($"property {property}", CheckResult.Notice, "mapped, but the portal has no such contact property",
                    $"In HubSpot: Settings, Properties, Create property, internal name {property}; or map another (Connections:NAME:Mapping in appsettings.json), or do without.");
            }
            else if (description.Calculated == true)
            {
                yield return new CheckFinding($"property {property}", CheckResult.Notice,
                    "calculated by HubSpot: it changes without moving the contact's modification time", "What it says is read again every night; map a property that is entered where that is too late.");
            }
        }
    }

    private async IAsyncEnumerable<CheckFinding> OfCompaniesAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var path = transport.Paths.Properties("companies");
        IReadOnlySet<string?>? ofCompanies = null;
        yield return await Attempt.AtAsync("company properties", async () =>
        {
            var answer = await transport.CallAsync(
                new CallContext("the company properties", "companies"), t => transport.Properties.ListAsync(path, t), cancellation).ConfigureAwait(false);
            ofCompanies = (answer.Body.Results ?? []).Select(property => property?.Name).ToHashSet();
            return new CheckFinding("company properties", CheckResult.Passed, $"{ofCompanies.Count} company properties described");
        }).ConfigureAwait(false);
        foreach (var property in companies.MappedProperties.Where(property => ofCompanies?.Contains(property) == false))
        {
            yield return new CheckFinding($"property {HubSpotMapping.CompanyPrefix}{property}", CheckResult.Notice, "mapped, but the portal has no such company property",
                $"In HubSpot: Settings, Properties, Company properties, Create property, internal name {property}; or map another, or do without.");
        }
    }

    private static IEnumerable<CheckFinding> Ours(IReadOnlyList<FieldDefinition> fields, IReadOnlyDictionary<string, PropertyDescription> known)
    {
        foreach (var wanted in fields.Select(PropertyShape.Of))
        {
            var subject = $"property {wanted.Name}";
            if (!known.TryGetValue(wanted.Name!, out var present))
            {
                yield return new CheckFinding(subject, CheckResult.Failed, "missing", "Run provision.");
            }
            else if (present.Type != wanted.Type)
            {
                yield return new CheckFinding(subject, CheckResult.Failed, $"of type {present.Type} instead of {wanted.Type}",
                    $"Type cannot be changed: in HubSpot, Settings, Properties, archive {wanted.Name} (or rename what made it), then run provision.");
            }
            else
            {
                yield return PropertyShape.Differences(present, wanted) is { Count: > 0 } differences
                    ? new CheckFinding(subject, CheckResult.Notice, $"there, with another {string.Join(", ", differences)}", "Run provision.")
                    : new CheckFinding(subject, CheckResult.Passed, "there");
            }
        }
    }

    private async Task<CheckFinding> RoomAsync(int missing, CancellationToken cancellation)
    {
        const string Subject = "property limit";
        return await room.ReadAsync(cancellation).ConfigureAwait(false) switch
        {
            null => new CheckFinding(Subject, CheckResult.Passed, "HubSpot does not tell how many properties the portal may have"),
            { } free when free < missing => new CheckFinding(Subject, CheckResult.Failed, string.Create(CultureInfo.InvariantCulture, $"room for {free} more contact properties, and {missing} of ours are missing"),
                "Run provision --minimal (nine properties), or in HubSpot: Settings, Properties, archive custom properties that nothing uses."),
            { } free => new CheckFinding(Subject, CheckResult.Passed, string.Create(CultureInfo.InvariantCulture, $"room for {free} more contact properties")),
        };
    }
}
