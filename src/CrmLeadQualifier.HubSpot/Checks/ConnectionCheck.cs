using System.Runtime.CompilerServices;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.HubSpot.Http;
using CrmLeadQualifier.HubSpot.Mapping;
using CrmLeadQualifier.HubSpot.Streams;

namespace CrmLeadQualifier.HubSpot.Checks;

/// <summary>Tests what a connection needs by using it: the token, each stream, mapped properties, our fields, the clock, what is left of the day's calls.</summary>
internal sealed class ConnectionCheck(
    ICrm crm, IReadOnlyList<IHubSpotStream> streams, HubSpotTransport transport, ContactProperties properties, ContactReader contacts, CompanyReader companies,
    TimeProvider clock)
{
    /// <summary>More than this, and windows by HubSpot's clock surprise whoever compares them with the machine's.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(30);

    public async IAsyncEnumerable<CheckFinding> RunAsync(IReadOnlyList<FieldDefinition> fields, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var account = await TryAsync("token", async () =>
        {
            var found = await crm.GetAccountAsync(cancellation).ConfigureAwait(false);
            return new CheckFinding("token", CheckResult.Passed, $"accepted by portal {found.Id}, time zone {found.TimeZone ?? "unknown"}");
        }).ConfigureAwait(false);
        yield return account;
        if (account.Result == CheckResult.Failed)
        {
            yield break;
        }

        Instant? date = null;
        foreach (var stream in streams)
        {
            var subject = $"stream {stream.Description.Name}";
            yield return await TryAsync(subject, async () =>
            {
                // An empty window of the present: as cheap as asking can be.
                var now = Instant.Now(clock);
                var window = stream.Description.Tracking == ChangeTracking.FullRead ? default(ChangeWindow?) : new ChangeWindow(now, now + TimeSpan.FromSeconds(1));
                date = (await stream.ReadPageAsync(window, position: null, cancellation).ConfigureAwait(false)).Date;
                return new CheckFinding(subject, CheckResult.Passed, "readable");
            }).ConfigureAwait(false);
        }

        if (date is { } theirs)
        {
            var skew = Instant.Now(clock) - theirs;
            yield return skew.Duration() <= ClockTolerance
                ? new CheckFinding("clock", CheckResult.Passed, "agrees with HubSpot's")
                : new CheckFinding("clock", CheckResult.Notice, $"{skew.Duration().TotalSeconds:0} s {(skew > TimeSpan.Zero ? "ahead of" : "behind")} HubSpot's",
                    "Let the machine's clock be set by NTP.");
        }

        await foreach (var finding in CheckPropertiesAsync(fields, cancellation).ConfigureAwait(false))
        {
            yield return finding;
        }

        if (transport.DailyRemaining is { } remaining && transport.Daily is { } daily and > 0)
        {
            yield return remaining * 100 >= daily * 20
                ? new CheckFinding("daily quota", CheckResult.Passed, $"{remaining} of {daily} calls left today")
                : new CheckFinding("daily quota", CheckResult.Notice, $"only {remaining} of {daily} calls left today",
                    "Other integrations share them: see Settings, Integrations in HubSpot for who uses most.");
        }
    }

    private async IAsyncEnumerable<CheckFinding> CheckPropertiesAsync(IReadOnlyList<FieldDefinition> fields, [EnumeratorCancellation] CancellationToken cancellation)
    {
        IReadOnlyDictionary<string, Api.PropertyDescription>? known = null;
        var reading = await TryAsync("properties", async () =>
        {
            known = await properties.GetAsync(cancellation).ConfigureAwait(false);
            return new CheckFinding("properties", CheckResult.Passed, $"{known.Count} contact properties described");
        }).ConfigureAwait(false);
        yield return reading;
        if (known is null)
        {
            yield break;
        }

        foreach (var property in contacts.MappedProperties)
        {
            if (!known.TryGetValue(property, out var description))
            {
                yield return new CheckFinding($"property {property}", CheckResult.Notice, "mapped, but the portal has no such contact property", "Create it, map another, or do without.");
            }
            else if (description.Calculated == true)
            {
                yield return new CheckFinding($"property {property}", CheckResult.Notice, "calculated by HubSpot: it changes without moving the contact's modification time");
            }
        }

        var path = transport.Paths.Properties("companies");
        IReadOnlySet<string?>? ofCompanies = null;
        var readingCompanies = await TryAsync("company properties", async () =>
        {
            var answer = await transport.CallAsync(
                new CallContext("the company properties", "companies"), t => transport.Properties.ListAsync(path, t), cancellation).ConfigureAwait(false);
            ofCompanies = (answer.Body.Results ?? []).Select(property => property?.Name).ToHashSet();
            return new CheckFinding("company properties", CheckResult.Passed, $"{ofCompanies.Count} company properties described");
        }).ConfigureAwait(false);
        yield return readingCompanies;
        foreach (var property in companies.MappedProperties.Where(property => ofCompanies?.Contains(property) == false))
        {
            yield return new CheckFinding($"property {HubSpotMapping.CompanyPrefix}{property}", CheckResult.Notice, "mapped, but the portal has no such company property",
                "Create it, map another, or do without.");
        }

        foreach (var field in fields.Select(field => LeadProperties.Of(field.Field)))
        {
            yield return known.ContainsKey(field)
                ? new CheckFinding($"property {field}", CheckResult.Passed, "there")
                : new CheckFinding($"property {field}", CheckResult.Failed, "missing", "Run provision.");
        }
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
